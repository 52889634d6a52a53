"""What the steps of lifecycles are about: each kind is a check of its own."""

from collections.abc import Callable
from typing import Final

from scanner.model.facts.ocpi.transitions import StepTaken, TransitionsTried
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """The illegal steps that `about` picks, in words `what`; `note` is added to a pass."""

    id: str
    title: str
    about: About
    what: str
    controls: tuple[str, ...]
    severity: Severity
    source: str
    remediation: str
    note: str = ""


KINDS: Final = (
    StepKind(
        id="ocpi-transition-ended-session",
        title="A completed session does not change any more",
        about=_of_ended_session,
        what="changes of a completed session",
        controls=("OCPI-TST-15", "OCPI-COM-04", "OCPI-TST-10"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: sessions, SessionStatus enum",
        remediation="Refuse every PUT and PATCH of a session whose status is COMPLETED, and answer 2001.",
    ),
    StepKind(
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
    StepKind(
        id="ocpi-transition-credit",
        title="A credit CDR gives back what its original charged, and no more",
        about=_of_credit,
        what="credit CDRs that charge, give back too much, or credit nothing",
        controls=("OCPI-EXT-22", "OCPI-TST-15", "OCPI-COM-04"),
        severity=Severity.HIGH,
        source="OCPI 2.2.1, 2.3.0: cdrs, Credit CDRs",
        remediation="Hold a credit CDR against the one it references: own id, total below zero, no more than charged.",
    ),
    StepKind(
        id="ocpi-transition-unknown-object",
        title="An update of an object that is not known is refused",
        about=_of_unknown,
        what="PATCH before PUT",
        controls=("OCPI-TST-15", "OCPI-TST-12"),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: transport and format, PATCH",
        remediation="Answer a PATCH of an unknown object with 404, so that its owner sends it whole.",
    ),
    StepKind(
        id="ocpi-transition-older-update",
        title="An older version of an object does not replace a newer one",
        about=_of_older,
        what="updates with an older last_updated",
        controls=("OCPI-INT-02", "OCPI-TST-15", "OCPI-TST-12"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: last_updated of the objects; transport and format, push",
        remediation="Compare last_updated with the stored one in one transaction, and refuse what is older.",
    ),
    StepKind(
        id="ocpi-transition-identity",
        title="An object keeps its id, its owner and its type",
        about=_of_identity,
        what="objects that get another id, owner or type",
        controls=("OCPI-TST-15",),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: client owned objects; tokens, Token object",
        remediation="Take id, owner and type from the URL, and refuse an object that says otherwise.",
    ),
    StepKind(
        id="ocpi-transition-removal",
        title="What has no DELETE cannot be deleted",
        about=_of_removal,
        what="DELETE of objects that OCPI does not delete",
        controls=("OCPI-EXT-22", "OCPI-TST-15"),
        severity=Severity.HIGH,
        source="OCPI 2.1.1, 2.2.1, 2.3.0: receiver interfaces of locations, sessions, tokens",
        remediation="Answer DELETE with 405; locations are set to REMOVED, tokens are made invalid.",
    ),
    StepKind(
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
