"""Repetition: a message that comes twice does nothing twice. A finding stands for one way of sending it again."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from checks.families.ocpi_words import listed, where
from checks.model.by_writing import check_by_writing
from checks.model.check import Case
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.transitions import Repeated, RepeatEffect, RepetitionsTried
from scanner.model.severity import Severity

_UNSURE: Final = frozenset({RepeatEffect.UNREAD, RepeatEffect.NOT_TRIED, RepeatEffect.CRASHED})


def _judge_repeats(
    case: Case[RepetitionsTried], *, same_message: bool, wrong: frozenset[RepeatEffect], right: str
) -> Iterable[Verdict]:
    fact = case.driver.fact
    ones = [one for one in fact.repeated if one.repetition.same_message is same_message]
    population = Population(
        examined=sum(one.effect is not RepeatEffect.NOT_TRIED for one in ones), unit="repeated message"
    )
    bad = [one for one in ones if one.effect in wrong]
    for one in bad:
        yield case.fails(
            f"{fact.object_type}: {_told(one)}",
            population=population,
            field_path=one.repetition.slug,
            reproduce=one.curl or None,
        )
    if bad:
        return
    unsure = [one for one in ones if one.effect in _UNSURE]
    if unsure:
        yield case.inconclusive(f"{where(case.driver)}: {_told(unsure[0])}", population=population)
    elif not ones:
        yield case.inconclusive(
            f"{where(case.driver)}: {fact.cut_short or 'nothing was repeated'}", population=population
        )
    else:
        yield case.passes(f"{right} ({where(case.driver)})", population=population)


def _told(one: Repeated) -> str:
    answered = "" if one.http_status is None else f", HTTP {one.http_status}"
    changed = f" at {listed(one.changed)}" if any(one.changed) else ""
    return f"{one.repetition}: {one.effect}{changed}{answered}{f' ({one.why})' if one.why else ''}"


CHECKS: Final = (
    check_by_writing(
        id="ocpi-repetition-once",
        title="A message that comes twice has one effect",
        controls=("OCPI-INT-02",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: cdrs, POST method; transport and format, push; RFC 9110, 9.2.2",
        fact=RepetitionsTried,
        judge=partial(
            _judge_repeats,
            same_message=True,
            wrong=frozenset({RepeatEffect.TWICE, RepeatEffect.CHANGED}),
            right="a repeated message changed nothing",
        ),
        do="Keep one CDR for each owner and id; answer a repeated one with the same Location.",
    ),
    check_by_writing(
        id="ocpi-repetition-other-message",
        title="A message whose ids were used before is taken or refused, not swallowed",
        controls=("OCPI-INT-02",),
        severity=Severity.LOW,
        source="OCPI 2.2.1, 2.3.0: transport and format, unique message ids",
        fact=RepetitionsTried,
        judge=partial(
            _judge_repeats,
            same_message=False,
            wrong=frozenset({RepeatEffect.SWALLOWED, RepeatEffect.CHANGED}),
            right="no message was lost for its ids",
        ),
        do="Tell repetitions by owner, id and content of the object, not by X-Request-ID alone.",
    ),
)
