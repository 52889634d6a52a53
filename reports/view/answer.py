"""The answer to "are we secure?" in one sentence, from the posture alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.exit_code import open_requirements
from reports.model.posture import Audience, ControlPosture, Posture
from reports.text import one_line
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

_EDITION: Final = (
    "This is the edition for partners: what is internal is left out; every row has the status that it has."
)


class AnswerKind(StrEnum):
    """What the answer comes to."""

    NO = "no"
    NOT_PROVEN = "not proven"  # also what a narrowed run can say at best
    YES = "yes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`word` is the answer, `headline` the reason in one sentence, `detail` how far it reaches."""

    kind: AnswerKind
    word: str
    headline: str
    detail: str


def plural(count: int, noun: str) -> str:
    """`1 control`, `2 controls`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def coverage_hint(posture: Posture) -> str:
    """What coverage counts: rows that fold others do not, though they stand among all rows."""
    rows = sum(not control.rolled_up for control in posture.controls)
    return f"judged, of {plural(rows, 'control')}; {len(posture.controls) - rows} more sum these up"


def _severities(controls: Sequence[ControlPosture]) -> str:
    counts = Counter(control.severity for control in controls)
    return ", ".join(f"{counts[severity]} {severity}" for severity in reversed(Severity) if counts[severity])


def _gravest(posture: Posture, failing: Sequence[ControlPosture]) -> str:
    """How grave the gravest finding is, where the rows are graver or less grave: findings decide the exit code."""
    seen = (posture.finding_by_fingerprint[fingerprint] for row in failing for fingerprint in row.findings)
    fails = [finding.severity for finding in seen if finding.outcome is Outcome.FAIL]
    if not fails or _worst(fails) is _worst([row.severity for row in failing]):
        return ""
    return f"; the gravest finding is {_worst(fails)}"


def _worst(severities: Iterable[Severity]) -> Severity:
    return max(severities, key=lambda severity: severity.rank)


def _reach(posture: Posture) -> str:
    rows = [control for control in posture.controls if not control.rolled_up]
    required = [control for control in rows if control.required]
    held = sum(control.status is ControlStatus.PASS for control in required)
    proven = (
        f"{held} of the {plural(len(required), 'control')} that the profile “{posture.run.profile}” requires "
        f"{'is' if held == 1 else 'are'} proven to hold."
    )
    silent = posture.summary.controls[ControlStatus.NOT_TESTED]
    unjudged = f"Nobody judged {silent} of all {plural(len(posture.controls), 'control')}." if silent else ""
    edition = _EDITION if posture.audience is Audience.PARTNER else ""
    asked = proven if required else f"The profile “{posture.run.profile}” requires no control."
    return " ".join(sentence for sentence in (asked, unjudged, edition) if sentence)


def _open_ended(posture: Posture) -> str | None:
    """Why nothing fails, and still nothing is proven; None where it is."""
    still_open = open_requirements(posture)
    if still_open:
        return f"Nothing fails, but {plural(len(still_open), 'required control')} could not be judged."
    if not posture.summary.controls[ControlStatus.PASS]:
        return "Nothing fails, but nothing was shown to hold either."
    return None


def _narrowed(posture: Posture, reach: str) -> Answer:
    """A run that was told to leave something out answers for the rest alone, and says so before anything else."""
    options = one_line(" ".join(posture.run.narrowed), 300)
    undecided = posture.summary.controls[ControlStatus.INCONCLUSIVE]
    held = any(f.outcome is Outcome.PASS and f.controls for f in posture.findings)
    detail = f"This run was narrowed to {options}; what it left out is not judged. {reach}"
    if undecided:
        headline = f"Nothing of what was asked for fails, but {plural(undecided, 'control')} could not be decided."
        return Answer(kind=AnswerKind.NOT_PROVEN, word="Not proven.", headline=headline, detail=detail)
    if not held:
        headline = "Nothing of what was asked for fails, but nothing was shown to hold either."
        return Answer(kind=AnswerKind.NOT_PROVEN, word="Not proven.", headline=headline, detail=detail)
    headline = f"Nothing fails among what was asked for: {options}."
    return Answer(kind=AnswerKind.NOT_PROVEN, word="Only in part.", headline=headline, detail=detail)


def answer(posture: Posture) -> Answer:
    """`no` where a control fails; `not proven` where something required is open, nothing passed, or the run was
    narrowed; else `yes`, which holds so far where a required row holds in part or is waived.
    """
    reach = _reach(posture)
    failing = [control for control in posture.controls if control.status is ControlStatus.FAIL]
    if failing:
        fails = "fails" if len(failing) == 1 else "fail"
        headline = f"{plural(len(failing), 'control')} {fails}: {_severities(failing)}{_gravest(posture, failing)}."
        if posture.run.narrowed:
            reach = f"This run was narrowed to {one_line(' '.join(posture.run.narrowed), 300)}. {reach}"
        return Answer(kind=AnswerKind.NO, word="No.", headline=headline, detail=reach)
    if posture.run.narrowed:
        return _narrowed(posture, reach)
    why = _open_ended(posture)
    if why:
        return Answer(kind=AnswerKind.NOT_PROVEN, word="Not proven.", headline=why, detail=reach)
    headline = "No control fails, as far as this run looked."
    word = "Yes." if _all_proven(posture) else "So far, yes."
    return Answer(kind=AnswerKind.YES, word=word, headline=headline, detail=reach)


def _all_proven(posture: Posture) -> bool:
    """Whether each row that the profile requires, and that applies, is shown to hold and not only in part."""
    required = (row for row in posture.controls if row.required and not row.rolled_up)
    return all(row.status in {ControlStatus.PASS, ControlStatus.NOT_APPLICABLE} for row in required)
