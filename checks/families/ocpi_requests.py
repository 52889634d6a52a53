"""Sessions, reservations and charging profiles by request: what cannot be is refused, and what can be is done."""

from collections.abc import Iterable
from typing import Final

from checks.families.ocpi_words import listed, where
from checks.model.check import Case, Check, Need
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.requests import RequestsWalked, StartedSessionSeen
from scanner.model.facts.ocpi.transitions import Became, StepTaken
from scanner.model.ocpi.machines.machine import Legality
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_REFUSED: Final = frozenset({Became.REFUSED, Became.CRASHED})
_ALL_THE_SAME: Final = frozenset({Became.DONE, Became.DONE_THOUGH_REFUSED})
_OVER: Final = frozenset({"COMPLETED", "INVALID"})


def _steps(fact: RequestsWalked, legality: Legality) -> tuple[StepTaken, ...]:
    return tuple(s for s in fact.steps if s.legality is legality and s.became is not Became.NOT_TRIED)


def _illegal_refused(case: Case[RequestsWalked]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = _steps(fact, Legality.ILLEGAL)
    population = Population(examined=len(steps), unit=f"illegal {fact.machine} step")
    wrong = [step for step in steps if step.became in _ALL_THE_SAME]
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
    population = Population(examined=len(steps), unit=f"legal {fact.machine} step")
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


def _as_started(case: Case[StartedSessionSeen]) -> Iterable[Verdict]:
    fact, at = case.driver.fact, where(case.driver)
    population = Population(examined=1, unit="session")
    for pointer in fact.differing:
        said = f"the session that a START_SESSION began is not the one that it asked for: {pointer} differs"
        yield case.fails(said, population=population, field_path=pointer, reproduce=fact.curl or None)
    is_over = fact.status_after in _OVER
    if fact.stopped and not is_over:
        said = f"{fact.after_s:g} s after a STOP_SESSION with the result ACCEPTED the session is {fact.status_after}"
        yield case.fails(said, population=population, field_path="/status", reproduce=fact.curl or None)
    elif not fact.differing and not fact.stopped:
        yield case.inconclusive(f"{at}: the session was not stopped by its own eMSP, so its end shows nothing")
    elif not fact.differing:
        said = f"the session was listed as it was started, and {fact.status_after} {fact.after_s:g} s after its stop"
        yield case.passes(f"{said} ({at})", population=population)


def _said(step: StepTaken) -> str:
    status = "" if step.http_status is None else f", HTTP {step.http_status}"
    inner = "" if step.ocpi_status is None else f", OCPI status {step.ocpi_status}"
    return f"{step.edge} ({step.by}): {step.became}{status}{inner}{f' ({step.why})' if step.why else ''}"


CHECKS: Final = (
    Check(
        id="ocpi-request-illegal-step",
        title="A session, reservation or charging profile that cannot be is refused",
        controls=("OCPI-TST-10", "OCPI-TST-13"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: commands, StartSession, StopSession, ReserveNow; charging profiles, receiver",
        looks_at=Need(fact=RequestsWalked),
        judge=_illegal_refused,
        remediation="Look whose the session or reservation is, and in which state, before anything is handed on.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-request-legal-step",
        title="Sessions, reservations and charging profiles of a partner are begun, replaced and taken back",
        controls=("OCPI-TST-10",),
        severity=Severity.LOW,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: commands, flow; charging profiles, flow",
        looks_at=Need(fact=RequestsWalked),
        judge=_legal_done,
        remediation="Take every step that the module has, and post the Charge Point's result to response_url.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-request-session-as-started",
        title="The session that a command begins is the one that was asked for, and ends when it is stopped",
        controls=("OCPI-TST-10",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: commands, StartSession and StopSession; sessions, Session object",
        looks_at=Need(fact=StartedSessionSeen),
        judge=_as_started,
        remediation="Keep token, EVSE and authorization_reference of the command with the session; end it by its id.",
        by_writing=True,
        witness=Witness.PROTOCOL,
    ),
)
