"""Parties, roles and what the roaming contract gives each partner."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from scanner.model.late_dataclass import dataclass
from scanner.model.subject import Side

_COUNTRY: Final = 2
_PARTY: Final = 3


class Role(StrEnum):
    """OCPI 2.2.1 types, Role enum."""

    CPO = "CPO"
    EMSP = "EMSP"
    HUB = "HUB"
    NAP = "NAP"
    NSP = "NSP"
    SCSP = "SCSP"
    OTHER = "OTHER"


class Right(StrEnum):
    """What a contract allows on one side of a module."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """`country_code` ISO 3166-1 alpha-2 and `party_id` (three characters, ISO 15118); compared as CiString."""

    country_code: str
    party_id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "country_code", self.country_code.upper())
        object.__setattr__(self, "party_id", self.party_id.upper())

    def __str__(self) -> str:
        return f"{self.country_code}-{self.party_id}"

    @classmethod
    def parse(cls, text: str) -> "Party":
        """The party that `str()` wrote: `NL-TNM`.

        Raises: ValueError if the text is not two letters, a hyphen and three letters or digits.
        """
        country_code, hyphen, party_id = text.partition("-")
        if not (hyphen and len(country_code) == _COUNTRY and len(party_id) == _PARTY and party_id.isalnum()):
            raise ValueError(f"not a party like NL-TNM: {text!r}")
        return cls(country_code=country_code, party_id=party_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One module and side that the partner may use at the platform, with the rights on it.

    `side` is the interface of the *platform* (a partner that pulls locations from a CPO uses its `sender` side).
    `starts` and `ends` are those of the clause, both inclusive; `None`: those of the contract.
    """

    module: str
    side: Side
    rights: frozenset[Right]
    starts: date | None = None
    ends: date | None = None

    def in_force(self, day: date) -> bool:
        """True on each day from `starts` to `ends`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What one partner may do, and between which dates (both inclusive; `None`: open).

    `requests_per_second`: the rate that was agreed. `kept_at_least_days`, `kept_at_most_days`: how long logs and data
    of the partner stay. `None` of each: nothing was agreed. `shows_certificate`: it calls with a client certificate.
    """

    partner: str
    party: Party
    roles: tuple[Role, ...]
    grants: tuple[Grant, ...]
    starts: date | None = None
    ends: date | None = None
    requests_per_second: int | None = None
    kept_at_least_days: int | None = None
    kept_at_most_days: int | None = None
    shows_certificate: bool = False

    def in_force(self, day: date) -> bool:
        """True on each day from `starts` to `ends`."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def on(self, day: date) -> Self:
        """The contract without the clauses that are not in force on that day."""
        return replace(self, grants=tuple(grant for grant in self.grants if grant.in_force(day)))

    def allows(self, module: str, side: Side, right: Right) -> bool:
        """True where a grant names the module and side with that right."""
        return any(g.module == module and g.side is side and right in g.rights for g in self.grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A registration that the platform starts, because its operator tells it to, from `at` on and `starts` times.

    `path`: what stands behind the origin of our `partner_server`, in front of `/versions`; nobody can guess it.
    """

    path: str
    at: datetime
    starts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded:
    """Commands that the platform sends us, because its operator tells it to, from `at` on and `count` of them."""

    at: datetime
    count: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the scanner speaks as; its credentials token stays with the gate.

    `disposable`: made for tests, may be burnt. `partner` names the contract that it is judged against.
    `has_sink`: a durable place for new tokens is configured. `endpoints` names the platforms that issued the token and
    may see it; empty: the only one there is. `bootstrap`: the token is a CREDENTIALS_TOKEN_A, for one registration.
    `unregister`: a scan may end the registration, after which every token of the identity is of no use.
    `revoked_at`: when the platform's operator revokes the token, so that a scan can watch it (None: nobody does).
    `invited`: the platform registers with us, `commanded`: it sends us commands (None: it never does).
    """

    name: str
    party: Party | None = None
    role: Role | None = None
    partner: str | None = None
    disposable: bool = False
    has_sink: bool = False
    endpoints: frozenset[str] = frozenset()
    bootstrap: bool = False
    unregister: bool = False
    revoked_at: datetime | None = None
    invited: Invitation | None = None
    commanded: Commanded | None = None
