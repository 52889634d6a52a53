"""Who speaks with this platform: parties, roles, and what a contract lets a partner do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

RAW_VERSION: Final = "2.1.1"  # transport_and_format: the token as it is; Base64 came with 2.2


class Role(StrEnum):
    """OCPI 2.2.1, types: Role."""

    CPO = "CPO"
    EMSP = "EMSP"
    HUB = "HUB"
    NAP = "NAP"
    NSP = "NSP"
    OTHER = "OTHER"
    SCSP = "SCSP"


class InterfaceRole(StrEnum):
    """OCPI 2.2.1, version_information_endpoint: the side of a module that this platform implements."""

    SENDER = "SENDER"
    RECEIVER = "RECEIVER"


class Right(StrEnum):
    """What a contract allows on one side of one module."""

    READ = "read"
    WRITE = "write"


class TokenEncoding(StrEnum):
    """How a partner writes its credentials token into the Authorization header; each partner has exactly one."""

    BASE64 = "base64"  # OCPI 2.2-d2 and later
    RAW = "raw"  # OCPI 2.1.1 and older 2.2 platforms


@dataclass(frozen=True, slots=True, order=True)
class Party:
    """`country_code` and `party_id`, compared without case (both are CiString) and so kept in upper case."""

    country_code: str
    party_id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "country_code", self.country_code.upper())
        object.__setattr__(self, "party_id", self.party_id.upper())


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRole:
    """One credentials role: a party, what it is, and the name it does business under."""

    party: Party
    role: Role
    name: str
    website: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One side of one module that is in the contract; a clause may begin later and end sooner than that."""

    module: str
    side: InterfaceRole
    rights: frozenset[Right]
    begins: datetime | None = None  # inclusive
    ends: datetime | None = None  # exclusive

    def in_force(self, moment: datetime) -> bool:
        """True within the clause's own dates; without any, always."""
        return (self.begins is None or self.begins <= moment) and (self.ends is None or moment < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The contract with one partner platform. What the handshake adds is a `Registration`."""

    id: str
    roles: tuple[PartyRole, ...]
    scopes: tuple[Scope, ...]
    token_encoding: TokenEncoding = TokenEncoding.BASE64
    contract_from: datetime
    contract_until: datetime
    token_hash: str | None = field(default=None, repr=False)
    token_is_bootstrap: bool = False

    def parties(self, *roles: Role) -> frozenset[Party]:
        """The partner's parties that have one of `roles`; all of them when none is named."""
        return parties_of(self.roles, *roles)

    def may(self, module: str, side: InterfaceRole, right: Right) -> bool:
        """True when the contract covers it."""
        return any(s.module == module and s.side is side and right in s.rights for s in self.scopes)

    def offers(self, module: str, side: InterfaceRole) -> bool:
        """True when the contract has any right on that side of the module."""
        return any(s.module == module and s.side is side and s.rights for s in self.scopes)

    def on(self, moment: datetime) -> Partner:
        """The same without the clauses that are not in force."""
        in_force = tuple(scope for scope in self.scopes if scope.in_force(moment))
        return self if in_force == self.scopes else replace(self, scopes=in_force)

    def encoding_of(self, version: str) -> TokenEncoding:
        """How tokens travel between this partner and us in a version: 2.1.1 knows raw tokens only."""
        return TokenEncoding.RAW if version == RAW_VERSION else self.token_encoding

    def in_force(self, moment: datetime) -> bool:
        """True within the contract's dates: from inclusive, until exclusive."""
        return self.contract_from <= moment < self.contract_until


def parties_of(roles: Iterable[PartyRole], *wanted: Role) -> frozenset[Party]:
    """The parties among `roles` that have one of the `wanted` roles; all of them when none is named."""
    return frozenset(r.party for r in roles if not wanted or r.role in wanted)
