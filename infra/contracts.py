"""Partners as data: who they are, what their contract lets them do, where they call from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRole:
    """One credentials role (OCPI 2.2.1, credentials)."""

    country_code: str  # ISO 3166-1 alpha-2
    party_id: str  # three characters, ISO 15118
    role: str  # CPO, EMSP, ...
    name: str

    def as_json(self) -> Mapping[str, Any]:
        """For the functions."""
        return {"country_code": self.country_code, "party_id": self.party_id, "role": self.role, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleGrant:
    """What a partner may do on one side of one module that we implement; the days of the clause, if it has its own."""

    module: str
    side: str  # SENDER or RECEIVER
    rights: tuple[str, ...]  # read, write
    clause_from: date | None = None  # inclusive
    clause_until: date | None = None  # exclusive

    def as_json(self) -> Mapping[str, Any]:
        """For the functions."""
        days = {"clause_from": self.clause_from, "clause_until": self.clause_until}
        dated = {name: day.isoformat() for name, day in days.items() if day is not None}
        return {"module": self.module, "side": self.side, "rights": list(self.rights), **dated}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNames:
    """Whose client certificates are a partner's: names as API Gateway writes them, `CN=..,O=..`."""

    subject: str
    issuer: str

    def as_json(self) -> Mapping[str, Any]:
        """For the authoriser."""
        return {"subject": self.subject, "issuer": self.issuer}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One contract. `requests_per_second` is what the usage plan enforces."""

    id: str
    roles: tuple[PartyRole, ...]
    modules: tuple[ModuleGrant, ...]
    addresses: tuple[str, ...]  # IPv4 CIDRs the partner calls from
    contract_from: date  # inclusive
    contract_until: date  # exclusive
    requests_per_second: int
    token_encoding: str = "base64"  # or raw: how the partner writes its Authorization header
    contact: str | None = None  # whom to call
    certificate: ClientNames | None = None
    versions_url: str | None = None  # where the partner is called
    rotation: str = "by-hand"  # or handshake: it has agreed to renewals of its credentials by PUT

    def as_json(self) -> Mapping[str, Any]:
        """The contract as the functions read it; addresses and rate are enforced in front of them."""
        return {
            "id": self.id,
            "roles": [role.as_json() for role in self.roles],
            "modules": [grant.as_json() for grant in self.modules],
            "contract_from": self.contract_from.isoformat(),
            "contract_until": self.contract_until.isoformat(),
            "token_encoding": self.token_encoding,
            "rotation": self.rotation,
            **({"certificate": self.certificate.as_json()} if self.certificate else {}),
        }
