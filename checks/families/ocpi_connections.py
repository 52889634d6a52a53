"""Connections that break, and messages that meet: no half objects, no lost updates, one bill.

A finding stands for one disturbance, or one race, at one receiver interface.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from checks.families.ocpi_words import listed, where
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.connections import (
    DisturbancesTried,
    Disturbed,
    Ended,
    Left,
    Race,
    Raced,
    RacesTried,
    Returned,
)
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

_NOT_BACK: Final = frozenset({Returned.REFUSED, Returned.OTHER, Returned.TWICE, Returned.FAILED})
_UNSURE_BACK: Final = frozenset({Returned.UNREAD, Returned.REFUSED_UNREAD, Returned.NOT_TRIED})


def _half_message(case: Case[DisturbancesTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    halves = [one for one in fact.disturbed if not one.disturbance.whole]
    tried = [one for one in halves if one.left is not Left.NOT_TRIED]
    population = Population(examined=len(tried), unit="cut-off message")
    bad = [one for one in tried if one.left is Left.OBJECT]
    for one in bad:
        said = f"{fact.object_type}, {one.disturbance}: there is an object all the same"
        yield case.fails(said, population=population, field_path=one.disturbance.slug)
    if bad:
        return
    unsure = [one for one in tried if one.left is Left.UNREAD]
    if fact.disturbed and not halves:
        yield case.not_applicable(
            f"looked for a URL under which a half {fact.object_type} could be found: it is POSTed"
        )
    elif not fact.read_back:
        yield case.inconclusive(
            f"{where(case.driver)}: not even a whole object can be read back", population=population
        )
    elif unsure or not tried or fact.cut_short:
        why = fact.cut_short or (f"{unsure[0].disturbance}: {unsure[0].left}" if unsure else _untried(halves))
        yield case.inconclusive(f"{where(case.driver)}: {why}", population=population)
    else:
        yield case.passes(
            f"nothing is left of messages that were cut off ({where(case.driver)})", population=population
        )


def _return(case: Case[DisturbancesTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    tried = [one for one in fact.disturbed if one.returned is not Returned.NOT_TRIED]
    population = Population(examined=len(tried), unit="resumed message")
    bad = [one for one in tried if one.returned in _NOT_BACK]
    for one in bad:
        said = f"{fact.object_type}, {one.disturbance}, then sent whole: {one.returned}{_answered(one)}"
        yield case.fails(said, population=population, field_path=one.disturbance.slug)
    if bad:
        return
    unsure = [one for one in tried if one.returned in _UNSURE_BACK]
    if unsure or not tried or fact.cut_short:
        why = fact.cut_short or (
            f"{unsure[0].disturbance}: {unsure[0].returned}" if unsure else _untried(fact.disturbed)
        )
        yield case.inconclusive(f"{where(case.driver)}: {why}", population=population)
    else:
        yield case.passes(f"who comes back is taken up where it was ({where(case.driver)})", population=population)


def _untried(ones: Iterable[Disturbed]) -> str:
    return next((one.why for one in ones if one.why), "nothing was disturbed")


def _answered(one: Disturbed) -> str:
    answered = "" if one.http_status is None else f", HTTP {one.http_status}"
    inner = "" if one.ocpi_status is None else f", OCPI status {one.ocpi_status}"
    changed = f" at {listed(one.changed)}" if any(one.changed) else ""
    return f"{changed}{answered}{inner}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a check of races looks for: in which race, and which endings are its fault."""

    races: frozenset[Race]
    wrong: frozenset[Ended]
    right: str


def _race(case: Case[RacesTried], *, looked_for: _Outcome) -> Iterable[Verdict]:
    fact = case.driver.fact
    ones = [one for one in fact.raced if one.race in looked_for.races]
    tried = [one for one in ones if one.ended is not Ended.NOT_TRIED]
    population = Population(examined=sum(one.sent for one in tried), unit="simultaneous message")
    bad = [one for one in tried if one.ended in looked_for.wrong]
    for one in bad:
        said = f"{fact.object_type}, {one.race} ({one.accepted} of {one.sent} accepted): {one.ended}"
        changed = f", at {listed(one.changed)}" if any(one.changed) else ""
        yield case.fails(f"{said}{changed}", population=population, field_path=one.race.slug)
    if bad:
        return
    other = [one for one in ones if one.ended not in {Ended.SERIAL, *looked_for.wrong}]
    if other:
        yield case.inconclusive(f"{where(case.driver)}, {_told(other[0])}", population=population)
    elif fact.cut_short and not ones:
        yield case.inconclusive(f"{where(case.driver)}: {fact.cut_short}", population=population)
    elif not ones:
        kinds = " and ".join(sorted(race.value for race in looked_for.races))
        yield case.not_applicable(f"looked for {kinds}: {fact.object_type} objects have none here")
    else:
        yield case.passes(f"{looked_for.right} ({where(case.driver)})", population=population)


def _told(one: Raced) -> str:
    return f"{one.race}: {one.ended}{f' ({one.why})' if one.why else ''}"


_OCPI_PUSH: Final = "OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, push"


def _of_races(
    *,
    check: str,
    title: str,
    outcome: _Outcome,
    severity: Severity,
    source: str,
    remediation: str,
    controls: tuple[str, ...] = ("OCPI-VUL-12", "OCPI-INT-02"),
) -> Check[RacesTried]:
    return check_by_writing(
        id=check,
        title=title,
        controls=controls,
        severity=severity,
        source=source,
        fact=RacesTried,
        judge=partial(_race, looked_for=outcome),
        do=remediation,
    )


CHECKS: Final = (
    check_by_writing(
        id="ocpi-connection-half-message",
        title="A message that does not arrive whole leaves nothing behind",
        controls=("OCPI-TST-11", "OCPI-VUL-10", "OCPI-TST-08"),
        severity=Severity.HIGH,
        source="RFC 9112, 6.3 and 8",
        fact=DisturbancesTried,
        judge=_half_message,
        do="Handle a request only once as many bytes of its body came as Content-Length says, and no more.",
    ),
    check_by_writing(
        id="ocpi-connection-return",
        title="A sender whose connection broke is taken up where it was",
        controls=("OCPI-TST-11", "OCPI-VUL-10", "OCPI-VUL-11", "OCPI-INT-02"),
        severity=Severity.MEDIUM,
        source=f"{_OCPI_PUSH}; RFC 9110, 9.2.2",
        fact=DisturbancesTried,
        judge=_return,
        do="Remember a message id only together with what the message did, in one transaction.",
    ),
    _of_races(
        check="ocpi-race-lost-update",
        title="Of updates that meet, none that was accepted is lost",
        outcome=_Outcome(
            races=frozenset({Race.PATCHES}),
            wrong=frozenset({Ended.LOST, Ended.GONE}),
            right="every accepted PATCH is in the object",
        ),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, PATCH",
        remediation="Read, change and write in one transaction, or write only if the revision that was read still is.",
    ),
    _of_races(
        check="ocpi-race-mixed-object",
        title="Of objects that meet, one is kept whole",
        outcome=_Outcome(
            races=frozenset({Race.PUTS}),
            wrong=frozenset({Ended.MIXED, Ended.GONE}),
            right="the object is one that was sent and accepted",
        ),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, PUT; RFC 9110, 9.3.4",
        remediation="Replace an object in one transaction, with everything that belongs to it.",
    ),
    _of_races(
        check="ocpi-race-newest-stays",
        title="Of versions of an object that meet, the newest stays",
        outcome=_Outcome(
            races=frozenset({Race.PUTS}), wrong=frozenset({Ended.OLDER}), right="the newest accepted version stays"
        ),
        severity=Severity.HIGH,
        source=f"{_OCPI_PUSH}; last_updated of the objects",
        remediation="Compare last_updated in the same transaction that writes.",
    ),
    _of_races(
        check="ocpi-race-one-bill",
        title="A CDR that comes several times at one moment is one bill",
        outcome=_Outcome(races=frozenset({Race.POSTS}), wrong=frozenset({Ended.TWICE}), right="there is one CDR"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: cdrs, POST method",
        remediation="Let the storage keep owner and id of a CDR unique; do not look first and write later.",
    ),
    _of_races(
        check="ocpi-race-sessions-kept-apart",
        title="Sessions that begin and change at the same time stay apart",
        outcome=_Outcome(
            races=frozenset({Race.CHURN}),
            wrong=frozenset({Ended.CROSSED, Ended.GONE, Ended.OLDER, Ended.MIXED}),
            right="each session is as it was sent last",
        ),
        severity=Severity.HIGH,
        source=f"{_OCPI_PUSH}; sessions, PUT method",
        remediation="Keep nothing of a message beside the object that it is about, and write each in one transaction.",
        controls=("OCPI-TST-25", "OCPI-VUL-12"),
    ),
)
