"""What fails, is open or is waived, as the terminal's summary tells it: a check, and the first of its subjects."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from checks.model.finding import AppliedWaiver, Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from reports.terminal_lines import heading, indented, line_of, marked, style_of
from reports.text import one_line
from reports.view.answer import plural
from reports.view.cause import Cause, undecided
from reports.view.place import in_environment, place
from reports.view.problem import Problem

SHOWN_SUBJECTS: Final = 3
SHOWN_PROBLEMS: Final = 40


def _subject(finding: Finding) -> RenderableType:
    said = one_line(finding.message, 300)
    return indented(line_of("- ", (f"{place(finding)}: ", "bold"), said, f" [{finding.fingerprint}]"), 4)


def _waiver(waiver: AppliedWaiver) -> RenderableType:
    kind = waiver.kind.replace("_", " ")
    accepted = "accepted" if kind == "accepted" else f"accepted ({one_line(kind, 40)})"
    by = f"{accepted} by {one_line(waiver.owner, 100)} until {one_line(waiver.until, 20)}"
    at = f" ({one_line(waiver.place, 200)})" if waiver.place else ""
    return indented(Text(f"{by}: {one_line(waiver.reason, 200)}{at}"), 6)


def _problem(problem: Problem, posture: Posture) -> Iterable[RenderableType]:
    marks = problem.severity.upper() if problem.outcome is Outcome.FAIL else problem.outcome.replace("_", " ")
    style = style_of(problem.severity if problem.outcome is Outcome.FAIL else problem.outcome)
    yield marked(marks, style, Text(one_line(problem.title, 200), style="bold"))
    seen_by = f"{problem.witness}{in_environment(posture, problem.environment)}"
    yield indented(Text(", ".join((one_line(problem.check, 100), seen_by, *problem.controls))), 4)
    for finding in problem.findings[:SHOWN_SUBJECTS]:
        yield _subject(finding)
        if finding.waiver:
            yield _waiver(finding.waiver)
    if len(problem.findings) > SHOWN_SUBJECTS:
        yield indented(Text(f"- and {plural(len(problem.findings) - SHOWN_SUBJECTS, 'more subject')}"), 4)
    if problem.outcome is Outcome.FAIL and problem.remediation:
        yield indented(line_of(("do: ", "bold"), one_line(problem.remediation, 400)), 4)


def problem_lines(title: str, entries: Sequence[Problem], posture: Posture) -> Iterable[RenderableType]:
    """The entries under their heading; nothing where there are none."""
    if not entries:
        return
    yield heading(f"{title} ({plural(len(entries), 'check')})")
    yield from _entries(entries, posture)


def _entries(entries: Sequence[Problem], posture: Posture) -> Iterable[RenderableType]:
    for entry in entries[:SHOWN_PROBLEMS]:
        yield from _problem(entry, posture)
    if len(entries) > SHOWN_PROBLEMS:
        yield indented(Text(f"and {plural(len(entries) - SHOWN_PROBLEMS, 'more check')} in the report"))


def _cause(cause: Cause, posture: Posture) -> Iterable[RenderableType]:
    causes = "one cause" if len(cause.why) == 1 else f"{len(cause.why)} causes"
    where = in_environment(posture, cause.environment)
    said = f"{plural(cause.findings, 'finding')} of {plural(len(cause.problems), 'check')}{where}, {causes}: "
    shown = "; ".join(one_line(why, 200) for why in cause.why[:SHOWN_SUBJECTS])
    more = f"; and {len(cause.why) - SHOWN_SUBJECTS} more" if len(cause.why) > SHOWN_SUBJECTS else ""
    yield marked("inconclusive", style_of(Outcome.INCONCLUSIVE), line_of(said, (f"{shown}{more}", "bold")))
    yield indented(Text(", ".join(one_line(problem.check, 100) for problem in cause.problems)), 4)


def undecided_lines(posture: Posture) -> Iterable[RenderableType]:
    """Checks that one cause keeps open are named in one line; the report has each of their findings."""
    causes, others = undecided(posture)
    if not causes:
        yield from problem_lines("Not decided", others, posture)
        return
    yield heading(f"Not decided ({plural(sum(len(c.problems) for c in causes) + len(others), 'check')})")
    for cause in causes:
        yield from _cause(cause, posture)
    yield from _entries(others, posture)
