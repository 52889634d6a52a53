"""Lifecycles: what an object cannot become is refused. A finding stands for one step of one state machine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from checks.families import ocpi_transitions_left_open
from checks.families.ocpi_words import listed, where
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
_NO_DELETE: Final = "DELETE"
_OVER: Final = "COMPLETED"

About = Callable[[TransitionsTried, StepTaken], bool]


def _of_cdr(fact: TransitionsTried, step: StepTaken) -> bool:
    return fact.machine == "cdrs" and not step.edge.startswith("credit")


def _of_credit(_fact: TransitionsTried, step: StepTaken) -> bool:
    return step.edge.startswith("credit")


def _of_ended_session(fact: TransitionsTried, step: StepTaken) -> bool:
    return fact.machine == "sessions" and step.source == _OVER and step.by != _NO_DELETE


def _of_unknown(_fact: TransitionsTried, step: StepTaken) -> bool:
    return step.edge == "patch-before-put"


def _of_older(_fact: TransitionsTried, step: StepTaken) -> bool:
    return step.edge.endswith("-older")


def _of_identity(_fact: TransitionsTried, step: StepTaken) -> bool:
    return step.edge.endswith(("-other-type", "-other-owner")) or step.edge == "rename"


def _of_removal(fact: TransitionsTried, step: StepTaken) -> bool:
    return step.by == _NO_DELETE and fact.machine != "cdrs"


_NAMED: Final[tuple[About, ...]] = (
    _of_cdr,
    _of_credit,
    _of_ended_session,
    _of_unknown,
    _of_older,
    _of_identity,
    _of_removal,
)


def _of_form(fact: TransitionsTried, step: StepTaken) -> bool:
    """What none of the others is about: a method that the object does not have, an update without its date."""
    return not any(about(fact, step) for about in _NAMED)


def _illegal(fact: TransitionsTried, about: About) -> list[StepTaken]:
    return [step for step in fact.steps if step.legality is Legality.ILLEGAL and about(fact, step)]


def _not_taken(case: Case[TransitionsTried], *, about: About, what: str, note: str) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = _illegal(fact, about)
    population = Population(examined=sum(step.became is not Became.NOT_TRIED for step in steps), unit="illegal steps")
    wrong = [step for step in steps if step.became in _WRONG]
    for step in wrong:
        yield case.fails(
            f"{fact.object_type}: {_said(step)}",
            population=population,
            field_path=step.edge,
            reproduce=step.curl or None,
        )
    if wrong:
        return
    unsure = [step for step in steps if step.became in _UNSURE]
    unseen = [step for step in fact.steps if step.legality is Legality.LEGAL and step.became is Became.IGNORED]
    if unsure:
        yield case.inconclusive(f"{where(case.driver)}: {_said(unsure[0])}{_more(unsure)}", population=population)
    elif unseen and any(step.became is Became.IGNORED for step in steps):
        said = f"what is read does not even show a legal step that was accepted ({unseen[0].edge})"
        yield case.inconclusive(f"{where(case.driver)}: {said}", population=population)
    elif fact.cut_short:
        yield case.inconclusive(f"{where(case.driver)}: {fact.cut_short}", population=population)
    elif not steps:
        yield case.not_applicable(f"looked for {what} among the steps of {fact.machine}: OCPI forbids none")
    else:
        yield case.passes(
            f"{what}: every such step was refused or without effect ({where(case.driver)}){note}", population=population
        )


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
    population = Population(examined=len(steps), unit="illegal steps")
    untrue = [step for step in steps if step.became in _UNTRUE]
    for step in untrue:
        yield case.fails(
            f"{fact.object_type}: {_said(step)}",
            population=population,
            field_path=step.edge,
            reproduce=step.curl or None,
        )
    if untrue:
        return
    unread = [step for step in steps if step.became is Became.UNREAD]
    if fact.cut_short or unread or not steps:
        why = fact.cut_short or (_said(unread[0]) + _more(unread) if unread else "no illegal step was tried")
        yield case.inconclusive(f"{where(case.driver)}: {why}", population=population)
    else:
        yield case.passes(
            f"no step that was not taken was answered as a success ({where(case.driver)})", population=population
        )


def _legal_taken(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    fact = case.driver.fact
    steps = [step for step in fact.steps if step.legality is Legality.LEGAL]
    population = Population(examined=len(steps), unit="legal steps")
    refused = [step for step in steps if step.became not in {Became.DONE, Became.UNREAD, Became.NOT_TRIED}]
    for step in refused:
        yield case.fails(
            f"{fact.object_type}: {_said(step)}",
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
        yield case.passes(f"every legal step was taken ({where(case.driver)})", population=population)


def _alike(case: Case[TransitionsTried]) -> Iterable[Verdict]:
    """The same illegal step, refused through one version and taken through another."""
    seen: dict[tuple[str, str], dict[str, bool]] = {}
    for driver in case.drivers:
        for step in driver.fact.steps:
            if step.legality is Legality.ILLEGAL and step.became in {Became.REFUSED, *_WRONG}:
                seen.setdefault((driver.fact.machine, step.edge), {})[where(driver)] = step.became in _WRONG
    compared = {key: paths for key, paths in seen.items() if len(paths) > 1}
    population = Population(examined=len(compared), unit="illegal steps on more than one path")
    differing = {key: paths for key, paths in compared.items() if len(set(paths.values())) > 1}
    for (machine, edge), paths in differing.items():
        by_whom = ", ".join(sorted(name for name, taken in paths.items() if taken))
        said = f"{machine}, {edge}: taken by {by_whom}, and refused elsewhere"
        yield case.fails(said, population=population, field_path=f"{machine}/{edge}")
    if not compared:
        yield case.not_applicable("looked for a second version that takes the same kind of object")
    elif not differing:
        yield case.passes("each version treats the same illegal step alike", population=population)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    id: str
    title: str
    about: About
    what: str
    controls: tuple[str, ...]
    severity: Severity
    source: str
    remediation: str
    note: str = ""


_KINDS: Final = (
    _Kind(
        id="ocpi-transition-ended-session",
        title="A completed session does not change any more",
        about=_of_ended_session,
        what="changes of a completed session",
        controls=("OCPI-TST-15", "OCPI-COM-04", "OCPI-TST-10"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: sessions, SessionStatus enum",
        remediation="Refuse every PUT and PATCH of a session whose status is COMPLETED, and answer 2001.",
    ),
    _Kind(
        id="ocpi-transition-cdr",
        title="A CDR cannot be edited, replaced or deleted",
        about=_of_cdr,
        what="changes of a CDR that was sent",
        controls=("OCPI-EXT-22", "OCPI-TST-15", "OCPI-INT-02"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: cdrs, flow and lifecycle, and receiver interface",
        remediation="Answer PUT, PATCH and DELETE of CDRs with 405, and another CDR under a known id with 2001.",
        note="; methods in override headers were not tried, as the scanner sends none",
    ),
    _Kind(
        id="ocpi-transition-credit",
        title="A credit CDR gives back what its original charged, and no more",
        about=_of_credit,
        what="credit CDRs that charge, give back too much, or credit nothing",
        controls=("OCPI-EXT-22", "OCPI-TST-15", "OCPI-COM-04"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1, 2.3.0: cdrs, Credit CDRs",
        remediation="Hold a credit CDR against the one it references: own id, total below zero, no more than charged.",
    ),
    _Kind(
        id="ocpi-transition-unknown-object",
        title="An update of an object that is not known is refused",
        about=_of_unknown,
        what="PATCH before PUT",
        controls=("OCPI-TST-15", "OCPI-TST-12"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, PATCH",
        remediation="Answer a PATCH of an unknown object with 404, so that its owner sends it whole.",
    ),
    _Kind(
        id="ocpi-transition-older-update",
        title="An older version of an object does not replace a newer one",
        about=_of_older,
        what="updates with an older last_updated",
        controls=("OCPI-INT-02", "OCPI-TST-15", "OCPI-TST-12"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: last_updated of the objects; transport and format, push",
        remediation="Compare last_updated with the stored one in one transaction, and refuse what is older.",
    ),
    _Kind(
        id="ocpi-transition-identity",
        title="An object keeps its id, its owner and its type",
        about=_of_identity,
        what="objects that get another id, owner or type",
        controls=("OCPI-TST-15",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: client owned objects; tokens, Token object",
        remediation="Take id, owner and type from the URL, and refuse an object that says otherwise.",
    ),
    _Kind(
        id="ocpi-transition-removal",
        title="What has no DELETE cannot be deleted",
        about=_of_removal,
        what="DELETE of objects that OCPI does not delete",
        controls=("OCPI-EXT-22", "OCPI-TST-15"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: receiver interfaces of locations, sessions, tokens",
        remediation="Answer DELETE with 405; locations are set to REMOVED, tokens are made invalid.",
    ),
    _Kind(
        id="ocpi-transition-form",
        title="A change comes by the method that the object has, whole and dated",
        about=_of_form,
        what="changes by a method or in a form that OCPI does not have",
        controls=("OCPI-TST-15",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: methods of the receiver interfaces",
        remediation="Route only the methods that the specification gives an interface; refuse a PATCH without date.",
    ),
)


def _check(kind: _Kind) -> Check[TransitionsTried]:
    return check_by_writing(
        id=kind.id,
        title=kind.title,
        controls=kind.controls,
        severity=kind.severity,
        source=kind.source,
        fact=TransitionsTried,
        judge=partial(_not_taken, about=kind.about, what=kind.what, note=kind.note),
        do=kind.remediation,
    )


CHECKS: Final = (
    *(_check(kind) for kind in _KINDS),
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
