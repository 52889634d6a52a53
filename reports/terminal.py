"""The summary for people at a terminal.

Text from a target is shown without control characters and is never read as markup. Colour only underlines what the
words say. The same posture, width and colour give the same text: neither environment variables nor the terminal are
asked here.
"""

from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.text import Text

from checks.model.verdict import Outcome
from reports.model.access import AccessState
from reports.model.control_status import ControlStatus
from reports.model.posture import Disagreement, Posture
from reports.terminal_lines import heading, indented, line_of, style_of
from reports.terminal_problems import SHOWN_SUBJECTS, problem_lines, undecided_lines
from reports.text import one_line, visible
from reports.view.access import access_tables
from reports.view.answer import answer, coverage_hint, plural
from reports.view.left_behind import left_behind
from reports.view.place import in_environment
from reports.view.problem import about_the_run, hygiene, problems
from reports.view.unseen import unjudged_rows, unseen

MIN_WIDTH: Final = 60
MAX_WIDTH: Final = 200
SHOWN_ALARMS: Final = 8

_ACCESS: Final = {
    AccessState.OPEN: "open beyond the contract",
    AccessState.BROKEN: "broken",
    AccessState.WORKS: "work as agreed",
    AccessState.REFUSED: "refused rightly",
    AccessState.ANSWERS: "answer, without a contract to judge them",
    AccessState.CLOSED: "refused, without a contract to judge them",
    AccessState.UNSEEN: "not seen",
}


def _head(posture: Posture) -> Iterable[RenderableType]:
    said = answer(posture)
    yield line_of((said.word, style_of(said.kind)), " ", (said.headline, "bold"))
    yield Text(said.detail)
    counts = posture.summary.controls
    words = [f"{counts[status]} {status.replace('_', ' ')}" for status in ControlStatus if counts[status]]
    yield Text(f"{plural(sum(counts.values()), 'control')}: {', '.join(words) or 'none'}")
    score, coverage = posture.summary.score, posture.summary.coverage
    yield Text(
        f"score {'-' if score is None else f'{score} %'} (proven, of what the profile requires, weighted by severity), "
        f"coverage {'-' if coverage is None else f'{coverage} %'} ({coverage_hint(posture)})"
    )


def _disagreement(disagreement: Disagreement) -> Iterable[RenderableType]:
    yield indented(
        line_of((one_line(disagreement.claim, 100), "bold"), f" in {one_line(disagreement.environment, 60)}")
    )
    for statement in disagreement.statements:
        who = f"{statement.witness} says {statement.outcome}"
        yield indented(line_of((who, style_of(statement.outcome)), f": {one_line(statement.message, 300)}"), 4)


def _unseen(posture: Posture) -> Iterable[RenderableType]:
    groups, rows = unseen(posture), unjudged_rows(posture)
    if not groups and not rows:
        return
    yield heading("Not looked at")
    for group in groups:
        why = "by choice" if group.chosen else "could not"
        yield indented(line_of((f"{group.reason}", "bold"), f" ({why}, {plural(group.count, 'subject')})"))
        for cause in group.causes[:SHOWN_SUBJECTS]:
            of = f" ({plural(cause.count, 'subject')})" if cause.entries > 1 else ""
            yield indented(Text(f"- {one_line(f'{cause.witness}: {cause.detail}', 300)}{of}"), 4)
        if len(group.causes) > SHOWN_SUBJECTS:
            yield indented(Text(f"- and {plural(len(group.causes) - SHOWN_SUBJECTS, 'more reason')}"), 4)
    unjudged = sum(len(controls) for _, controls in rows)
    if unjudged:
        yield indented(Text(f"{plural(unjudged, 'row')} of the checklist that nobody judged; the report names each"))


def _hygiene(posture: Posture) -> Iterable[RenderableType]:
    failed = hygiene(posture, Outcome.FAIL)
    if failed:
        count = sum(len(entry.findings) for entry in failed)
        yield heading("General cloud hygiene")
        said = f"{plural(count, 'verdict')} of {plural(len(failed), 'rule')} outside the checklist failed"
        yield indented(Text(f"{said}; they decide nothing"))


def _access(posture: Posture) -> Iterable[RenderableType]:
    for table in access_tables(posture):
        at = f"{one_line(table.endpoint, 60)}{in_environment(posture, table.environment)}"
        yield heading(f"Who may do what, OCPI {one_line(table.version, 20)} at {at}")
        words = ", ".join(f"{count} {_ACCESS[state]}" for state, count in table.counts)
        speakers = ", ".join(one_line(identity, 60) for identity in table.identities)
        each = ", each" if len(table.identities) > 1 else ""
        yield indented(Text(f"{plural(len(table.rows), 'method')}{each} as {speakers}: {words}"))
        for entry in table.alarms[:SHOWN_ALARMS]:
            where = one_line(f"{entry.module} {entry.side} {entry.method} as {entry.identity}:", 160)
            style = style_of("fail" if entry.state is AccessState.OPEN else "inconclusive")
            said = one_line(entry.said, 200)
            yield indented(line_of("- ", (entry.state.upper(), style), f" {where} {said}"), 4)
        if len(table.alarms) > SHOWN_ALARMS:
            yield indented(Text(f"- and {len(table.alarms) - SHOWN_ALARMS} more in the report"), 4)


def _run(posture: Posture) -> Iterable[RenderableType]:
    run = posture.run
    seconds = (run.finished_at - run.started_at).total_seconds()
    yield heading("This run")
    yield indented(
        Text(
            f"{one_line(run.id, 80)}: {run.mode}, profile {one_line(run.profile, 60)}, "
            f"{plural(run.requests_sent, 'request')}, {seconds:.1f} s"
        )
    )
    if run.narrowed:
        yield indented(Text(f"narrowed to {one_line(' '.join(run.narrowed), 300)}"))
    for line in left_behind(run.left_behind):
        yield indented(Text(f"left behind: {line}"))


def _whole(posture: Posture) -> Iterable[RenderableType]:
    yield from _head(posture)
    if posture.disagreements:
        yield heading("Witnesses disagree")
        for disagreement in posture.disagreements:
            yield from _disagreement(disagreement)
    yield from problem_lines("Fails", problems(posture, Outcome.FAIL), posture)
    yield from undecided_lines(posture)
    yield from problem_lines("Waived", problems(posture, Outcome.WAIVED), posture)
    yield from problem_lines("Not in order in this run", about_the_run(posture), posture)
    yield from _access(posture)
    yield from _unseen(posture)
    yield from _hygiene(posture)
    yield from _run(posture)


def render_terminal(posture: Posture, *, width: int = 100, colour: bool = False, files: Sequence[Path] = ()) -> str:
    """The summary as text of at most `width` columns (kept within 60 to 200); `files` are the run's documents."""
    target = StringIO()
    console = Console(
        file=target,
        width=min(max(width, MIN_WIDTH), MAX_WIDTH),
        color_system="standard" if colour else None,
        force_terminal=colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    console.print(Group(*_whole(posture)))
    paths = (f"  {visible(str(file))}" for file in files)  # whole, so that they can be copied
    return "\n".join((*(line.rstrip() for line in target.getvalue().splitlines()), *paths)) + "\n"
