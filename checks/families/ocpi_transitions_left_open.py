"""Steps of a lifecycle that OCPI says nothing of: taken or refused, both are right, but not half of each."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.transitions import Became, StepTaken, TransitionsTried
from scanner.model.ocpi.machines.machine import Legality
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_HALF: Final = frozenset({Became.CRASHED, Became.DONE_THOUGH_REFUSED})
_TELLING: Final = frozenset({Became.DONE, Became.REFUSED, Became.IGNORED, *_HALF})
_SHOWN: Final = 4


def _taken_or_refused(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    tried = [step for step in fact.steps if step.legality is Legality.UNSPECIFIED]
    told = [step for step in tried if step.became in _TELLING]
    population = Population(examined=len(told), unit="unspecified step")
    half = [step for step in told if step.became in _HALF]
    for step in half:
        status = "" if step.http_status is None else f", HTTP {step.http_status}"
        message = f"{fact.object_type}: {step.edge} ({step.by}): {step.became}{status}"
        yield case.fails(message, population=population, field_path=step.edge, reproduce=step.curl or None)
    if half:
        return
    if not fact.unspecified:
        yield case.not_applicable(f"looked for steps of {fact.machine} that OCPI leaves open: there is none")
    elif not told:
        why = fact.cut_short or (tried[0].why or str(tried[0].became) if tried else "none was tried")
        yield case.inconclusive(f"{where(case.driver)}: {why}", population=population)
    else:
        yield case.passes(f"{_what_became(fact, told)} ({where(case.driver)})", population=population)


def _what_became(fact: TransitionsTried, told: list[StepTaken]) -> str:
    """`of 28 steps of sessions that OCPI leaves open 5 were tried; accepted and done: INVALID-put-ACTIVE, ..; ..`."""
    by_end: dict[Became, list[str]] = {}
    for step in told:
        by_end.setdefault(step.became, []).append(step.edge)
    ends = (f"{became}: {_listed(edges)}" for became, edges in by_end.items())
    number = f"of {fact.unspecified} steps of {fact.machine} that OCPI leaves open {len(told)} were tried"
    return "; ".join((number, *ends))


def _listed(edges: list[str]) -> str:
    more = len(edges) - _SHOWN
    return ", ".join(edges[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


CHECKS: Final = (
    Check(
        id="ocpi-transition-left-open",
        title="A step that OCPI leaves open is taken or refused, and not half of each",
        controls=("OCPI-TST-15", "OCPI-VUL-16"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: flow and lifecycle of the modules; status codes, 3xxx",
        looks_at=Need(fact=TransitionsTried),
        judge=_taken_or_refused,
        remediation="Decide for each change of state whether it is taken; store nothing that is answered as refused.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
