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
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.access import AccessState
from reports.model.control_status import ControlStatus
from reports.model.posture import Disagreement, Posture
from reports.text import one_line, visible
from reports.view.access import access_tables
from reports.view.answer import AnswerKind, answer, plural
from reports.view.cause import Cause, undecided
from reports.view.left_behind import left_behind
from reports.view.problem import Problem, about_the_run, hygiene, problems
from reports.view.unseen import unjudged_rows, unseen
from scanner.model.severity import Severity

MIN_WIDTH: Final = 60
MAX_WIDTH: Final = 200
SHOWN_SUBJECTS: Final = 3
SHOWN_PROBLEMS: Final = 40
SHOWN_ALARMS: Final = 8
_STYLE: Final = {
    "fail": "red",
    "inconclusive": "yellow",
    "waived": "magenta",
    "partial": "cyan",
    "pass": "green",
    AnswerKind.NO: "bold red",
    AnswerKind.NOT_PROVEN: "bold yellow",
    AnswerKind.YES: "bold green",
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
}


_ACCESS: Final = {
    AccessState.OPEN: "open beyond the contract",
    AccessState.BROKEN: "broken",
    AccessState.WORKS: "work as agreed",
    AccessState.REFUSED: "refused rightly",
    AccessState.ANSWERS: "answer, without a contract to judge them",
    AccessState.CLOSED: "refused, without a contract to judge them",
    AccessState.UNSEEN: "not seen",
}


def _style(word: str) -> str:
    return _STYLE.get(word, "")


def _line(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*(part if isinstance(part, str) else (part[0], part[1]) for part in parts))


def _indented(renderable: RenderableType, by: int = 2) -> Padding:
    return Padding(renderable, (0, 0, 0, by))


def _marked(word: str, style: str, text: Text) -> Padding:
    """A mark, and beside it a text whose further lines keep clear of the mark."""
    line = Table.grid(padding=(0, 1), pad_edge=False)
    line.add_column(no_wrap=True)
    line.add_column(overflow="fold")
    line.add_row(Text(f" {word} ", style=style), text)
    return _indented(line, 1)


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _head(posture: Posture) -> Iterable[RenderableType]:
    said = answer(posture)
    yield _line((said.word, _style(said.kind)), " ", (said.headline, "bold"))
    yield Text(said.detail)
    counts = posture.summary.controls
    words = [f"{counts[status]} {status.replace('_', ' ')}" for status in ControlStatus if counts[status]]
    yield Text(f"{plural(sum(counts.values()), 'control')}: {', '.join(words) or 'none'}")
    score, coverage = posture.summary.score, posture.summary.coverage
    yield Text(
        f"score {'-' if score is None else f'{score} %'} (proven, of what the profile requires, weighted by severity), "
        f"coverage {'-' if coverage is None else f'{coverage} %'} (judged, of the whole checklist)"
    )


def _disagreement(disagreement: Disagreement) -> Iterable[RenderableType]:
    yield _indented(_line((one_line(disagreement.claim, 100), "bold"), f" in {one_line(disagreement.environment, 60)}"))
    for statement in disagreement.statements:
        who = f"{statement.witness} says {statement.outcome}"
        yield _indented(_line((who, _style(statement.outcome)), f": {one_line(statement.message, 300)}"), 4)


def _subject(finding: Finding) -> RenderableType:
    speaker = f" as {one_line(finding.identity, 60)}" if finding.identity else ""
    where = f"{one_line(finding.subject.label(), 200)}{speaker}: "
    return _indented(_line("- ", (where, "bold"), one_line(finding.message, 300), f" [{finding.fingerprint}]"), 4)


def _problem(problem: Problem) -> Iterable[RenderableType]:
    marks = problem.severity.upper() if problem.outcome is Outcome.FAIL else problem.outcome.replace("_", " ")
    style = _style(problem.severity if problem.outcome is Outcome.FAIL else problem.outcome)
    yield _marked(marks, style, Text(one_line(problem.title, 200), style="bold"))
    yield _indented(Text(f"{one_line(problem.check, 100)}, {problem.witness}, {', '.join(problem.controls)}"), 4)
    for finding in problem.findings[:SHOWN_SUBJECTS]:
        yield _subject(finding)
        if finding.waiver:
            by = f"accepted by {one_line(finding.waiver.owner, 100)} until {one_line(finding.waiver.until, 20)}"
            at = f" ({one_line(finding.waiver.place, 200)})" if finding.waiver.place else ""
            yield _indented(Text(f"{by}: {one_line(finding.waiver.reason, 200)}{at}"), 6)
    if len(problem.findings) > SHOWN_SUBJECTS:
        yield _indented(Text(f"- and {plural(len(problem.findings) - SHOWN_SUBJECTS, 'more subject')}"), 4)
    if problem.outcome is Outcome.FAIL and problem.remediation:
        yield _indented(_line(("do: ", "bold"), one_line(problem.remediation, 400)), 4)


def _problems(title: str, entries: Sequence[Problem]) -> Iterable[RenderableType]:
    if not entries:
        return
    yield _heading(f"{title} ({plural(len(entries), 'check')})")
    yield from _entries(entries)


def _entries(entries: Sequence[Problem]) -> Iterable[RenderableType]:
    for entry in entries[:SHOWN_PROBLEMS]:
        yield from _problem(entry)
    if len(entries) > SHOWN_PROBLEMS:
        yield _indented(Text(f"and {plural(len(entries) - SHOWN_PROBLEMS, 'more check')} in the report"))


def _cause(cause: Cause) -> Iterable[RenderableType]:
    causes = "one cause" if len(cause.why) == 1 else f"{len(cause.why)} causes"
    said = f"{plural(cause.findings, 'finding')} of {plural(len(cause.problems), 'check')}, {causes}: "
    shown = "; ".join(one_line(why, 200) for why in cause.why[:SHOWN_SUBJECTS])
    more = f"; and {len(cause.why) - SHOWN_SUBJECTS} more" if len(cause.why) > SHOWN_SUBJECTS else ""
    yield _marked("inconclusive", _style(Outcome.INCONCLUSIVE), _line(said, (f"{shown}{more}", "bold")))
    yield _indented(Text(", ".join(one_line(problem.check, 100) for problem in cause.problems)), 4)


def _undecided(posture: Posture) -> Iterable[RenderableType]:
    """Checks that one cause keeps open are named in one line; the report has each of their findings."""
    causes, others = undecided(posture)
    if not causes:
        yield from _problems("Not decided", others)
        return
    yield _heading(f"Not decided ({plural(sum(len(c.problems) for c in causes) + len(others), 'check')})")
    for cause in causes:
        yield from _cause(cause)
    yield from _entries(others)


def _unseen(posture: Posture) -> Iterable[RenderableType]:
    groups, rows = unseen(posture), unjudged_rows(posture)
    if not groups and not rows:
        return
    yield _heading("Not looked at")
    for group in groups:
        why = "by choice" if group.chosen else "could not"
        yield _indented(_line((f"{group.reason}", "bold"), f" ({why}, {plural(group.count, 'subject')})"))
        for cause in group.causes[:SHOWN_SUBJECTS]:
            of = f" ({plural(cause.count, 'subject')})" if cause.entries > 1 else ""
            yield _indented(Text(f"- {one_line(f'{cause.witness}: {cause.detail}', 300)}{of}"), 4)
        if len(group.causes) > SHOWN_SUBJECTS:
            yield _indented(Text(f"- and {plural(len(group.causes) - SHOWN_SUBJECTS, 'more reason')}"), 4)
    unjudged = sum(len(controls) for _, controls in rows)
    if unjudged:
        yield _indented(Text(f"{plural(unjudged, 'row')} of the checklist that nobody judged; the report names each"))


def _hygiene(posture: Posture) -> Iterable[RenderableType]:
    failed = hygiene(posture, Outcome.FAIL)
    if failed:
        count = sum(len(entry.findings) for entry in failed)
        yield _heading("General cloud hygiene")
        said = f"{plural(count, 'verdict')} of {plural(len(failed), 'rule')} outside the checklist failed"
        yield _indented(Text(f"{said}; they decide nothing"))


def _access(posture: Posture) -> Iterable[RenderableType]:
    for table in access_tables(posture):
        yield _heading(f"Who may do what, OCPI {one_line(table.version, 20)} at {one_line(table.endpoint, 60)}")
        words = ", ".join(f"{count} {_ACCESS[state]}" for state, count in table.counts)
        speakers = ", ".join(one_line(identity, 60) for identity in table.identities)
        yield _indented(Text(f"{plural(len(table.rows), 'method')} as {speakers}: {words}"))
        for entry in table.alarms[:SHOWN_ALARMS]:
            where = one_line(f"{entry.module} {entry.side} {entry.method} as {entry.identity}:", 160)
            style = _style("fail" if entry.state is AccessState.OPEN else "inconclusive")
            said = one_line(entry.said, 200)
            yield _indented(_line("- ", (entry.state.upper(), style), f" {where} {said}"), 4)
        if len(table.alarms) > SHOWN_ALARMS:
            yield _indented(Text(f"- and {len(table.alarms) - SHOWN_ALARMS} more in the report"), 4)


def _run(posture: Posture) -> Iterable[RenderableType]:
    run = posture.run
    seconds = (run.finished_at - run.started_at).total_seconds()
    yield _heading("This run")
    yield _indented(
        Text(
            f"{one_line(run.id, 80)}: {run.mode}, profile {one_line(run.profile, 60)}, "
            f"{plural(run.requests_sent, 'request')}, {seconds:.1f} s"
        )
    )
    if run.narrowed:
        yield _indented(Text(f"narrowed to {one_line(' '.join(run.narrowed), 300)}"))
    for line in left_behind(run.left_behind):
        yield _indented(Text(f"left behind: {line}"))


def _whole(posture: Posture) -> Iterable[RenderableType]:
    yield from _head(posture)
    if posture.disagreements:
        yield _heading("Witnesses disagree")
        for disagreement in posture.disagreements:
            yield from _disagreement(disagreement)
    yield from _problems("Fails", problems(posture, Outcome.FAIL))
    yield from _undecided(posture)
    yield from _problems("Waived", problems(posture, Outcome.WAIVED))
    yield from _problems("Not in order in this run", about_the_run(posture))
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
