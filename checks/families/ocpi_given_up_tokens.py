"""Tokens that were given up open nothing any more, at any door and address, when the agreed time is over."""

from collections.abc import Iterable
from typing import Any, Final

from checks.families.ocpi_words import where
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import (
    BootstrapTokenAfterUse,
    FormerTokenAfterHalfway,
    FormerTokenAfterRenewal,
    GivenUpToken,
    TokenAfterEnd,
    TokenAtAddress,
)
from scanner.model.severity import Severity

_IN_A_ROW: Final = 3
_OPEN: Final = frozenset({Access.DATA, Access.ACCEPTED})
_SOURCE: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, credentials: registration, POST, PUT and DELETE method"


def _given_up(case: Case[GivenUpToken]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, where(case.driver) or "the platform"
    late = [place for place in fact.at if any(at_s > fact.allowed_s for at_s in _open_at(place))]
    undecided = [place for place in fact.at if not _refused_at_last(place)]
    population = Population(examined=len(fact.at), of=len(fact.at) + len(fact.unreached), unit="address")
    if late:
        place = late[0]
        said = f"{at}{_named(place)} still opens to the token {max(_open_at(place)):g} s after it was given up"
        allowed = f"{said}, and {fact.allowed_s:g} s are allowed: {place.answer.said()}"
        yield case.fails(allowed, population=population, reproduce=place.answer.curl)
    elif undecided:
        place = undecided[0]
        said = f"{at}{_named(place)} with the token that was given up: {place.answer.said()}"
        looked = f"{said}, and it was not seen refused {_IN_A_ROW} times in a row after {fact.allowed_s:g} s"
        yield case.inconclusive(looked, reproduce=place.answer.curl)
    else:
        said = f"{at} refused the token {_grace(fact)}"
        yield case.passes(said, population=population, reproduce=fact.at[0].answer.curl)


def _open_at(place: TokenAtAddress) -> list[float]:
    """When the token was let in, in seconds after the exchange."""
    return [asked.after_s for asked in place.series if asked.access in _OPEN]


def _refused_at_last(place: TokenAtAddress) -> bool:
    """Refused from the first look on, or three times in a row in the end, because several nodes may answer."""
    refused = [asked.access is Access.REFUSED for asked in place.series]
    return all(refused) or (len(refused) > _IN_A_ROW and all(refused[-_IN_A_ROW:]))


def _named(place: TokenAtAddress) -> str:
    return f" at {place.address}" if place.address else ""


def _grace(fact: GivenUpToken) -> str:
    """At once, or the times that were measured at the address that heard of it last."""
    slowest = max(fact.at, key=lambda place: max(_open_at(place), default=0.0))
    opened = _open_at(slowest)
    everywhere = f" at {len(fact.at)} addresses" if len(fact.at) > 1 else ""
    if not opened:
        return f"at once{everywhere}"
    dead_s = slowest.series[-_IN_A_ROW].after_s
    return f"within {dead_s:g} s{everywhere}: let in {max(opened):g} s after, and {fact.allowed_s:g} s are allowed"


def token_dies(
    id: str, title: str, controls: tuple[str, ...], kind: type[GivenUpToken], do: str
) -> Check[GivenUpToken]:
    """The check that tokens of one kind die in time; a profile of runs that only look on leaves it out."""
    return check_by_writing(
        id=id,
        title=title,
        controls=controls,
        severity=Severity.HIGH,
        source=_SOURCE,
        fact=kind,
        judge=_given_up,
        do=do,
    )


CHECKS: Final[tuple[Check[Any], ...]] = (
    token_dies(
        "ocpi-registration-bootstrap-token-dies",
        "A bootstrap token opens nothing after it was registered with",
        ("OCPI-EXT-02", "OCPI-AUT-01", "OCPI-TST-06"),
        BootstrapTokenAfterUse,
        "Replace the CREDENTIALS_TOKEN_A in the same transaction that stores the token of the registration.",
    ),
    token_dies(
        "ocpi-registration-former-token-dies",
        "The token before a renewal opens nothing once the agreed overlap is over",
        ("OCPI-AUT-01", "OCPI-VUL-08", "OCPI-TST-06", "OCPI-TST-07"),
        FormerTokenAfterRenewal,
        "Give up the old token when PUT credentials is answered, on every node and in every cache.",
    ),
    token_dies(
        "ocpi-registration-end-is-final",
        "No token opens anything after DELETE credentials",
        ("OCPI-AUT-01", "OCPI-VUL-08", "OCPI-TST-06", "OCPI-TST-07"),
        TokenAfterEnd,
        "Give up every token of the partner when DELETE credentials is answered, on every node and in every cache.",
    ),
    token_dies(
        "ocpi-registration-halfway-one-token",
        "After renewals that failed half-way and one that did not, the token before it opens nothing",
        ("OCPI-VUL-08", "OCPI-VUL-10"),
        FormerTokenAfterHalfway,
        "Keep no token for a renewal that failed: when the next one is answered, every token but its own is void.",
    ),
)
