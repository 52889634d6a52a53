"""Reservations and charging profiles, whose results come later: what cannot be is refused, and what can be is done."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import listed, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.requests import RequestsWalked
from scanner.model.facts.ocpi.transitions import Became, StepTaken
from scanner.model.ocpi.machines.machine import Legality
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_REFUSED: Final = frozenset({Became.REFUSED, Became.CRASHED})


def _steps(fact: RequestsWalked, legality: Legality) -> tuple[StepTaken, ...]:
    return tuple(s for s in fact.steps if s.legality is legality and s.became is not Became.NOT_TRIED)


def _illegal_refused(case: Case[RequestsWalked]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = _steps(fact, Legality.ILLEGAL)
    population = Population(examined=len(steps), unit=f"illegal steps of {fact.machine}")
    wrong = [step for step in steps if step.became is Became.DONE]
    for step in wrong:
        yield case.fails(
            f"{fact.machine}: {_said(step)}",
            population=population,
            field_path=step.edge,
            reproduce=step.curl or None,
        )
    if wrong:
        return
    control = next(iter(_steps(fact, Legality.LEGAL)), None)
    unsure = [step for step in steps if step.became is not Became.REFUSED]
    if control is None or control.became is not Became.DONE:
        said = _said(control) if control else "no legal step was tried"
        yield case.inconclusive(f"{where(case.driver)}: {said}, so that refusals show nothing", population=population)
    elif unsure or not steps:
        said = _said(unsure[0]) if unsure else "no illegal step was tried"
        yield case.inconclusive(f"{where(case.driver)}: {said}", population=population)
    else:
        yield case.passes(
            f"{listed(tuple(s.edge for s in steps))} refused{_kept_back(fact)} ({where(case.driver)})",
            population=population,
        )


def _kept_back(fact: RequestsWalked) -> str:
    """What a pass does not speak of."""
    not_tried = [s for s in fact.steps if s.legality is Legality.ILLEGAL and s.became is Became.NOT_TRIED]
    return "".join(f"; not tried: {step.edge} ({step.why})" for step in not_tried)


def _legal_done(case: Case[RequestsWalked]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = _steps(fact, Legality.LEGAL)
    population = Population(examined=len(steps), unit=f"legal steps of {fact.machine}")
    refused = [step for step in steps if step.became in _REFUSED]
    for step in refused:
        yield case.fails(
            f"{fact.machine}: {_said(step)}",
            population=population,
            field_path=step.edge,
            reproduce=step.curl or None,
        )
    if refused:
        return
    unsure = [step for step in steps if step.became is not Became.DONE]
    if unsure or not steps:
        said = _said(unsure[0]) if unsure else "no legal step was tried"
        yield case.inconclusive(f"{where(case.driver)}: {said}", population=population)
    else:
        done = listed(tuple(step.edge for step in steps))
        yield case.passes(f"{done} done{_left_open(fact)} ({where(case.driver)})", population=population)


def _left_open(fact: RequestsWalked) -> str:
    """What became of steps that OCPI says nothing of: a fact beside the verdict."""
    told = [f"{step.edge} {step.became}" for step in _steps(fact, Legality.UNSPECIFIED)]
    return f"; what OCPI leaves open: {'; '.join(told)}" if told else ""


def _said(step: StepTaken) -> str:
    status = "" if step.http_status is None else f", HTTP {step.http_status}"
    inner = "" if step.ocpi_status is None else f", OCPI status {step.ocpi_status}"
    return f"{step.edge} ({step.by}): {step.became}{status}{inner}{f' ({step.why})' if step.why else ''}"


CHECKS: Final = (
    Check(
        id="ocpi-request-illegal-step",
        title="A reservation or charging profile that cannot be is refused",
        controls=("OCPI-TST-10", "OCPI-TST-13"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1, 2.3.0: commands, ReserveNow and CancelReservation; charging profiles, receiver interface",
        looks_at=Need(fact=RequestsWalked),
        judge=_illegal_refused,
        remediation="Look whose the session or reservation is, and in which state, before anything is handed on.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-request-legal-step",
        title="Reservations and charging profiles of a partner are made, replaced and taken back",
        controls=("OCPI-TST-10",),
        severity=Severity.LOW,
        source="OCPI 2.2.1, 2.3.0: commands, flow; charging profiles, flow",
        looks_at=Need(fact=RequestsWalked),
        judge=_legal_done,
        remediation="Take every step that the module has, and post the Charge Point's result to response_url.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
