"""What must not become of a malformed message, by what OCPI expects of it; no checks."""

from collections.abc import Callable
from typing import Final

from scanner.model.facts.ocpi.mutation import MutantGroup, Treatment
from scanner.model.ocpi.mutation.mutant import Expectation, Family
from scanner.model.ocpi.rules.catalog import RULES
from scanner.model.severity import Severity

TAKEN: Final = frozenset(
    {
        Treatment.STORED,
        Treatment.EVALUATED,
        Treatment.STORED_ELSEWHERE,
        Treatment.STORED_THOUGH_REFUSED,
        Treatment.SPOILED,
        Treatment.CHANGED_UNANSWERED,
        Treatment.UNREAD,
    }
)
CHANGED: Final = TAKEN - {Treatment.UNREAD}
SILENT: Final = frozenset({Treatment.IGNORED, Treatment.LEFT_OUT, Treatment.KEPT, Treatment.PUT_RIGHT})
CRASHED: Final = frozenset({Treatment.SERVER_ERROR, Treatment.DROPPED, Treatment.HUNG, Treatment.CHANGED_UNANSWERED})
_REFUSALS: Final = frozenset({Treatment.REFUSED, Treatment.OTHER_STATUS})
_EVERY: Final = frozenset(Treatment)

Wrong = Callable[[MutantGroup], frozenset[Treatment]]
Weighs = Callable[[str], bool]  # by rule
_SEVERITY: Final = {rule.id: rule.severity for rule in RULES}


def any_kind(_rule: str) -> bool:
    """Every rule."""
    return True


def heavy(rule: str) -> bool:
    """A contradiction that somebody can be charged, or sent astray, by."""
    return _SEVERITY.get(rule, Severity.HIGH).rank > Severity.LOW.rank


def light(rule: str) -> bool:
    """A contradiction that nobody is charged or led astray by."""
    return not heavy(rule)


def refusable(group: MutantGroup) -> frozenset[Treatment]:
    """What must not become of the group, where OCPI says that it is wrong or may not take effect."""
    match group.expectation:
        case Expectation.MUST_REFUSE:
            return TAKEN
        case Expectation.MUST_NOT_CHANGE:
            return CHANGED
        case _:
            return frozenset({Treatment.SPOILED, Treatment.EVALUATED})


def silently(group: MutantGroup) -> frozenset[Treatment]:
    """Answered as a success, though it must be refused and was not stored."""
    return SILENT if group.expectation is Expectation.MUST_REFUSE else frozenset()


def crash(_group: MutantGroup) -> frozenset[Treatment]:
    """Not answered as a platform that is well answers."""
    return CRASHED


def status(group: MutantGroup) -> frozenset[Treatment]:
    """Refused with a status that speaks of something else."""
    # Who names another party, another id or another owner may be told that it is not allowed or not there.
    speaks_of_access = group.family in {Family.PROTECTED, Family.CONTRADICTION}
    return frozenset() if speaks_of_access else frozenset({Treatment.OTHER_STATUS})


def any_answer(_group: MutantGroup) -> frozenset[Treatment]:
    """Whatever became of a message counts."""
    return _EVERY


def refused(group: MutantGroup) -> frozenset[Treatment]:
    """Refusals count, where their status is judged."""
    return _REFUSALS if status(group) else frozenset()


def not_stored(group: MutantGroup) -> frozenset[Treatment]:
    """What must be refused and was answered, and not stored, counts."""
    return _REFUSALS | SILENT if silently(group) else frozenset()
