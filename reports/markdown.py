"""Markdown for a pull request: the answer, the fails with their lines, and what was not decided, folded.

GitHub cuts nothing, it refuses a comment above 65,536 characters: the text ends before that and says what is left out.
Whatever a target said is escaped; it formats nothing, links nowhere and mentions nobody.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import Posture
from reports.text import one_line
from reports.view.answer import answer, plural
from reports.view.left_behind import left_behind
from reports.view.place import in_environment, place
from reports.view.problem import Problem, about_the_run, hygiene, problems

LIMIT: Final = 60_000  # characters
_SHOWN_SUBJECTS: Final = 5
_FOLD: Final = "<details>"
_FOLD_END: Final = "\n</details>"
_CUT: Final = "\n**Cut here:** the rest is in the run's other reports."
# ASCII punctuation that Markdown may read (CommonMark, section 2.4); the rest by entities, `@` so that it calls nobody.
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:/])")
_ENTITIES: Final = (("&", "&amp;"), ("<", "&lt;"), ("@", "&#64;"))


def render_markdown(posture: Posture) -> bytes:
    """The text, UTF-8; the same posture gives the same bytes."""
    made_by, *_ = _run(posture)
    return f"{_within_limit(_lines(posture), made_by)}\n".encode()


def escaped(text: str, limit: int = 300) -> str:
    """The text as text, in one line."""
    plain = _SPECIAL.sub(r"\\\1", one_line(text, limit))
    for character, entity in _ENTITIES:
        plain = plain.replace(character, entity)
    return plain


def _within_limit(lines: Iterable[str], made_by: str) -> str:
    """The lines, or as many as fit; then in plain sight that more follow, and still the run that they are of."""
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line) + 1
        if size > LIMIT:
            opened = sum(_FOLD in line for line in kept) > sum(_FOLD_END in line for line in kept)
            kept += [*([_FOLD_END] if opened else []), _CUT, made_by]
            break
        kept.append(line)
    return "\n".join(kept)


def _lines(posture: Posture) -> Iterator[str]:
    said = answer(posture)
    yield f"## OCPI posture: {said.word} {escaped(said.headline)}"
    yield f"\n{escaped(said.detail, 1000)}\n"
    yield from _counts(posture)
    for disagreement in posture.disagreements:
        claims = "; ".join(f"{one.witness} says {one.outcome}" for one in disagreement.statements)
        about = escaped(f"{disagreement.claim}{in_environment(posture, disagreement.environment)}")
        yield f"- **Witnesses disagree** about {about}: {claims}"
    yield from _section("Fails", problems(posture, Outcome.FAIL), posture)
    yield from _folded("Waived", problems(posture, Outcome.WAIVED), posture)
    yield from _folded("Could not be decided", problems(posture, Outcome.INCONCLUSIVE), posture)
    yield from _folded("Not in order in this run", about_the_run(posture), posture)
    yield from _folded("General cloud hygiene, outside of the checklist", hygiene(posture, Outcome.FAIL), posture)
    yield from _run(posture)


def _counts(posture: Posture) -> Iterator[str]:
    counts = [(status, posture.summary.controls[status]) for status in ControlStatus]
    shown = [(status, count) for status, count in counts if count]
    yield f"| {' | '.join(status.replace('_', ' ') for status, _ in shown)} | score | coverage |"
    yield f"|{'---:|' * (len(shown) + 2)}"
    score, coverage = (_percent(number) for number in (posture.summary.score, posture.summary.coverage))
    yield f"| {' | '.join(str(count) for _, count in shown)} | {score} | {coverage} |"


def _percent(number: float | None) -> str:
    return "-" if number is None else f"{number} %"


def _section(title: str, entries: Sequence[Problem], posture: Posture) -> Iterator[str]:
    if entries:
        yield f"\n### {title}\n"
        for entry in entries:
            yield from _problem(entry, posture)


def _folded(title: str, entries: Sequence[Problem], posture: Posture) -> Iterator[str]:
    if entries:
        yield f"\n{_FOLD}<summary>{title} ({plural(len(entries), 'question')})</summary>\n"
        for entry in entries:
            yield from _problem(entry, posture)
        yield _FOLD_END


def _problem(problem: Problem, posture: Posture) -> Iterator[str]:
    mark = f"**{problem.severity}** " if problem.outcome is Outcome.FAIL else ""
    rows = f" ({', '.join(problem.controls)})" if problem.controls else ""
    title = f"{problem.title}{in_environment(posture, problem.environment)}"
    yield f"- {mark}{escaped(title)}{rows}"
    for finding in problem.findings[:_SHOWN_SUBJECTS]:
        yield f"  - {_where(finding)}: {escaped(finding.message)}{_waived(finding)} `{finding.fingerprint}`"
    if len(problem.findings) > _SHOWN_SUBJECTS:
        yield f"  - and {plural(len(problem.findings) - _SHOWN_SUBJECTS, 'more subject')}"
    if problem.outcome is Outcome.FAIL and problem.remediation:
        yield f"  - **do:** {escaped(problem.remediation, 500)}"


def _where(finding: Finding) -> str:
    if finding.position is None:
        return escaped(place(finding))
    return escaped(f"{finding.position.file}:{finding.position.line} {place(finding)}")


def _waived(finding: Finding) -> str:
    waiver = finding.waiver
    if not waiver:
        return ""
    at = f" ({waiver.place})" if waiver.place else ""
    return escaped(f" - {waiver.kind} by {waiver.owner} until {waiver.until}: {waiver.reason}{at}")


def _run(posture: Posture) -> Iterator[str]:
    run = posture.run
    environments = escaped(", ".join(run.environments))
    yield (
        f"\n<sub>{posture.tool.name} {escaped(posture.tool.version)}, run {escaped(run.id)}, {environments}, "
        f"{run.mode}, profile {escaped(run.profile)}, {plural(run.requests_sent, 'request')}</sub>"
    )
    for line in left_behind(run.left_behind):
        yield f"- left behind: {escaped(line)}"
