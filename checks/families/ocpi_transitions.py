"""Lifecycles: what an object cannot become is refused. A finding stands for one step of one state machine."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from checks.families import ocpi_transitions_left_open
from checks.families.ocpi_transition_kinds import KINDS, StepKind
from checks.families.ocpi_words import listed, where
from checks.families.one_by_one import Wrong, one_by_one
from checks.model.by_writing import check_by_writing
from checks.model.check import Case, Check
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.transitions import (
    Became,
    StepTaken,
    TransitionsTried,
)
from scanner.model.ocpi.machines.machine import Legality
from scanner.model.severity import Severity

_WRONG: Final = frozenset({Became.DONE, Became.DONE_THOUGH_REFUSED})
_UNSURE: Final = frozenset({Became.UNREAD, Became.REFUSED_UNREAD, Became.NOT_TRIED})
_UNTRUE: Final = frozenset({Became.IGNORED, Became.CRASHED})


def _not_taken(case: Case[TransitionsTried], *, kind: StepKind) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = [step for step in fact.steps if step.legality is Legality.ILLEGAL and kind.about(fact, step)]
    tried = sum(step.became is not Became.NOT_TRIED for step in steps)
    why = _untold(fact, steps)
    if not steps and why is None:
        yield case.not_applicable(f"looked for {kind.what} among the steps of {fact.machine}: OCPI forbids none")
        return
    yield from one_by_one(
        case,
        [_wrong(fact, step) for step in steps if step.became in _WRONG],
        Population(examined=tried, unit="illegal step"),
        unsure=f"{where(case.driver)}: {why}" if why else None,
        good=f"{kind.what}: every such step was refused or without effect ({where(case.driver)}){kind.note}",
    )


def _untold(fact: TransitionsTried, steps: list[StepTaken]) -> str | None:
    """Why steps that were not seen taken tell nothing; None where they do."""
    unsure = [step for step in steps if step.became in _UNSURE]
    unseen = [step for step in fact.steps if step.legality is Legality.LEGAL and step.became is Became.IGNORED]
    if unsure:
        return f"{_said(unsure[0])}{_more(unsure)}"
    if unseen and any(step.became is Became.IGNORED for step in steps):
        return f"what is read does not even show a legal step that was accepted ({unseen[0].edge})"
    return fact.cut_short or None


def _wrong(fact: TransitionsTried, step: StepTaken) -> Wrong:
    return Wrong(said=f"{fact.object_type}: {_said(step)}", path=step.edge, curl=step.curl)


def _said(step: StepTaken) -> str:
    """`COMPLETED-patch-ACTIVE (PATCH, COMPLETED to ACTIVE): accepted and done, HTTP 200, OCPI status 1000`."""
    way = f"{step.by}, from {step.source}" + (f" to {step.target}" if step.target != step.source else "")
    answered = "" if step.http_status is None else f", HTTP {step.http_status}"
    inner = "" if step.ocpi_status is None else f", OCPI status {step.ocpi_status}"
    changed = f"; reads otherwise at {listed(step.changed)}" if any(step.changed) else ""
    return f"{step.edge} ({way}): {step.became}{answered}{inner}{changed}{f' ({step.why})' if step.why else ''}"


def _more(steps: list[StepTaken]) -> str:
    return f" and {len(steps) - 1} more steps" if len(steps) > 1 else ""


def _answered_truly(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = [s for s in fact.steps if s.legality is Legality.ILLEGAL and s.became is not Became.NOT_TRIED]
    unread = [step for step in steps if step.became is Became.UNREAD]
    why = fact.cut_short or (_said(unread[0]) + _more(unread) if unread else None)
    why = why or (None if steps else "no illegal step was tried")
    held = [step for step in steps if step.became not in _WRONG]
    if not held and why is None:
        yield case.not_applicable("looked for illegal steps that were not taken: each was, which is judged by itself")
        return
    yield from one_by_one(
        case,
        [_wrong(fact, step) for step in steps if step.became in _UNTRUE],
        Population(examined=len(held), of=len(steps), unit="illegal step"),
        unsure=f"{where(case.driver)}: {why}" if why else None,
        good=f"no step that was not taken was answered as a success ({where(case.driver)})",
    )


def _legal_taken(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = [step for step in fact.steps if step.legality is Legality.LEGAL]
    unsure = [step for step in steps if step.became is not Became.DONE]
    why = _said(unsure[0]) if unsure else (None if steps else "no legal step was tried")
    yield from one_by_one(
        case,
        [_wrong(fact, s) for s in steps if s.became not in {Became.DONE, Became.UNREAD, Became.NOT_TRIED}],
        Population(examined=len(steps), unit="legal step"),
        unsure=f"{where(case.driver)}: {why}" if why else None,
        good=f"every legal step was taken ({where(case.driver)})",
    )


def _alike(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    """The same illegal step, refused through one version and taken through another."""
    seen: dict[tuple[str, str], dict[str, bool]] = {}
    for driver in case.drivers:
        for step in driver.fact.steps:
            if step.legality is Legality.ILLEGAL and step.became in {Became.REFUSED, *_WRONG}:
                seen.setdefault((driver.fact.machine, step.edge), {})[where(driver)] = step.became in _WRONG
    compared = {key: paths for key, paths in seen.items() if len(paths) > 1}
    population = Population(examined=len(compared), unit="compared illegal step")
    differing = {key: paths for key, paths in compared.items() if len(set(paths.values())) > 1}
    for (machine, edge), paths in differing.items():
        by_whom = ", ".join(sorted(name for name, taken in paths.items() if taken))
        said = f"{machine}, {edge}: taken by {by_whom}, and refused elsewhere"
        yield case.fails(said, population=population, field_path=f"{machine}/{edge}")
    if not compared:
        yield case.not_applicable("looked for a second version that takes the same kind of object")
    elif not differing:
        yield case.passes("each version treats the same illegal step alike", population=population)


def _check(kind: StepKind) -> Check[TransitionsTried]:
    return check_by_writing(
        id=kind.id,
        title=kind.title,
        controls=kind.controls,
        severity=kind.severity,
        source=kind.source,
        fact=TransitionsTried,
        judge=partial(_not_taken, kind=kind),
        do=kind.remediation,
    )


CHECKS: Final = (
    *(_check(kind) for kind in KINDS),
    check_by_writing(
        id="ocpi-transition-answered-truly",
        title="A step that is not taken is answered as a refusal",
        controls=("OCPI-VUL-16",),
        severity=Severity.LOW,
        source="OCPI status codes, 1000, 2xxx and 3xxx",
        fact=TransitionsTried,
        judge=_answered_truly,
        do="Answer 2001, 404 or 405 for what is not done, so that the sender knows.",
    ),
    check_by_writing(
        id="ocpi-transition-legal-step",
        title="The steps that a lifecycle has are taken",
        controls=("OCPI-TST-15",),
        severity=Severity.LOW,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: receiver interfaces of the modules",
        fact=TransitionsTried,
        judge=_legal_taken,
        do="Take every change of state that the specification has, by PUT and by PATCH.",
    ),
    check_by_writing(
        id="ocpi-transition-alike",
        title="The same illegal step is treated alike in every version",
        controls=("OCPI-VUL-15",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: receiver interfaces of the modules",
        fact=TransitionsTried,
        judge=_alike,
        do="Guard the lifecycle of an object in one place, behind every method and version.",
        group_by=("environment", "endpoint", "module"),
    ),
    *ocpi_transitions_left_open.CHECKS,
)
