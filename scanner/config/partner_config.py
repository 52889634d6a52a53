"""`partners`: who may do what, from when to when. The reference stack takes the same blocks."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from scanner.config.strict import Strict, Text
from scanner.config.written import Days, ModuleText, NetworkText, PartyText, UrlText
from scanner.model.party import Right, Role
from scanner.model.subject import Side


class ModuleConfig(Strict):
    """What a partner may do on which side (the platform's interface) of one module.

    First and last day of the clause, both included; left out: those of the contract.
    """

    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    rights: Annotated[tuple[Right, ...], Field(min_length=1)]
    starts: date | None = None
    ends: date | None = None


class ContractConfig(Strict):
    """First and last day of the contract, both included; left out: open.

    `kept_at_least_days`, `kept_at_most_days`: how long logs and data of the partner stay; left out: not agreed.
    """

    starts: date | None = None
    ends: date | None = None
    kept_at_least_days: Days | None = None
    kept_at_most_days: Days | None = None


class ClientNamesConfig(Strict):
    """Whose client certificates are a partner's, as API Gateway writes the names."""

    subject: Text
    issuer: Text


class PartnerConfig(Strict):
    """One roaming partner: who it is, and exactly what it needs.

    The reference stack takes the same block. It enforces what a scan does not look at: the IPv4 networks that the
    partner calls from, its rate, how it writes its Authorization header, its client certificates, how its credentials
    are renewed; `contact` is who gets a call.
    """

    party: PartyText
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    modules: Mapping[ModuleText, ModuleConfig] = Field(default_factory=dict)
    contract: ContractConfig = Field(default_factory=ContractConfig)
    name: Text | None = None
    addresses: tuple[NetworkText, ...] = ()
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] | None = None
    token_encoding: Literal["base64", "raw"] | None = None
    contact: Text | None = None
    certificate: ClientNamesConfig | None = None
    versions_url: UrlText | None = None
    rotation: Literal["by-hand", "handshake"] | None = None
