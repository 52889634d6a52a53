"""Who may do what: how each module answered each identity, method by method, beside what the contract says."""

from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.party import Right


class UrlSource(StrEnum):
    """Where the URL of an interface was taken from."""

    ADVERTISED = "advertised to it"
    TO_OTHERS = "advertised to another identity"
    FORMED = "formed like its siblings"


class Conduct(StrEnum):
    """What a request came to, by the answer and what was read back."""

    WORKED = "worked"  # data was given, or what was written could be read back
    ACCEPTED = "accepted"  # answered as a success, with nothing to show for it
    TOOK_EFFECT = "refused, yet it took effect"  # or answered by an error
    REFUSED = "refused"  # HTTP 401, 403, 404 or 405, or an OCPI error, without data
    REFUSED_OTHERWISE = "refused with another status"
    NOTHING_THERE = "nothing there"  # said of a made-up id: no word about rights
    BROKEN = "failed"  # a server error, or no whole answer
    NOT_ASKED = "not asked"


OPEN: Final = frozenset({Conduct.WORKED, Conduct.ACCEPTED, Conduct.TOOK_EFFECT})
REFUSALS: Final = frozenset({Conduct.REFUSED, Conduct.REFUSED_OTHERWISE})
_UNKNOWN: Final = frozenset({2003, 2004})  # status_codes: Unknown Location, Unknown Token
_OF_THE_BODY: Final = frozenset({400, 409, 413, 415, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCell:
    """One kind of request: its method, what it is for, and the right that it takes.

    `granted`: what the contract says, None without one. `reason` and `why` stand where nothing was asked, or where no
    whole answer came. `sure`: a platform that lets the request in has what it asks for.
    """

    method: str
    what: str
    right: Right
    granted: bool | None
    conduct: Conduct
    sure: bool = True
    http_status: int | None = None
    ocpi_status: int | None = None
    reason: Reason | None = None
    why: str = ""
    curl: str = ""

    @property
    def names_unknown(self) -> bool:
        """True for a write that was refused because it refers to a location or token that is not known there."""
        return self.right is Right.WRITE and self.conduct in REFUSALS and self.ocpi_status in _UNKNOWN

    @property
    def decided(self) -> bool:
        """True for a refusal that may be for want of a right: of a write, one that does not speak of its body."""
        of_the_body = self.right is Right.WRITE and self.http_status in _OF_THE_BODY
        return self.conduct in REFUSALS and not of_the_body and not self.names_unknown

    def said(self) -> str:
        """The request and its answer as a phrase."""
        inner = f", OCPI status {self.ocpi_status}" if self.ocpi_status is not None else ""
        status = f" (HTTP {self.http_status}{inner})" if self.http_status is not None else ""
        return f"{self.method} {self.what} {self.conduct}{status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractMatrix:
    """One interface as one identity meets it. `in_force`: its contract is, today; None without one."""

    source: UrlSource
    in_force: bool | None
    cells: tuple[AccessCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCombination:
    """A write whose URL, OCPI-from headers and body each name the party of the token, or another one.

    None: there is no such place. `conduct` WORKED means that what was written could be read afterwards. `what`: the
    write, where there are several kinds of it.
    """

    url_agrees: bool
    headers_agree: bool | None
    body_agrees: bool | None
    conduct: Conduct
    http_status: int | None = None
    ocpi_status: int | None = None
    why: str = ""
    curl: str = ""
    what: str = ""

    @property
    def agrees(self) -> bool:
        """True where nobody else is named."""
        return False not in {self.url_agrees, self.headers_agree, self.body_agrees}

    def said(self) -> str:
        """The places that name another party, as a phrase."""
        places = {"URL": self.url_agrees, "OCPI-from": self.headers_agree, "body": self.body_agrees}
        named = [place for place, agrees in places.items() if agrees is False]
        said = f"another party in {' and '.join(named)}" if named else "the own party everywhere"
        return f"{self.what}, {said}" if self.what else said


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersCompared:
    """Every combination that was sent; `other` is the party that is not the token's."""

    other: str
    combinations: tuple[OwnerCombination, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOwnersCompared:
    """The same of writes of EVSEs and Connectors, which name no party; `other` is one of ours, whose parts exist."""

    other: str
    combinations: tuple[OwnerCombination, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderClaim:
    """One request under a claimed OCPI-from; `own`: the party of the token, which shows that the header is read."""

    claimed: str
    own: bool
    what: str
    conduct: Conduct
    http_status: int | None = None
    ocpi_status: int | None = None
    curl: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendersClaimed:
    """What became of claimed senders where a hub is involved. `hub` says which side of the connection it is."""

    hub: str
    claims: tuple[SenderClaim, ...]


CONTRACT_FACTS: Final[tuple[type, ...]] = (
    ContractMatrix,
    OwnersCompared,
    PartOwnersCompared,
    SendersClaimed,
)
