"""What could not be decided, by its cause: a host that never answers is one thing to repair, not one for each check."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.posture import Posture
from reports.text import one_line
from reports.view.problem import Problem, problems
from scanner.model.late_dataclass import dataclass

FEWEST_CHECKS: Final = 3
_SHORTEST: Final = 12  # characters: shorter endings ("HTTP 404") are no explanation
_SEPARATOR: Final = ": "
_QUOTE: Final = "`"
_REQUEST: Final = re.compile(r" \([A-Z]+ \S+\)$")  # which request it was, after why


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Checks that are open for the same reason: `why` is one text a host or so, `problems` at least `FEWEST_CHECKS`."""

    environment: str
    why: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def findings(self) -> int:
        """How many findings are open because of it."""
        return sum(len(problem.findings) for problem in self.problems)


def undecided(posture: Posture) -> tuple[tuple[Cause, ...], tuple[Problem, ...]]:
    """The causes that keep several checks open, the widest first, and what is open for a reason of its own."""
    entries = problems(posture, Outcome.INCONCLUSIVE)
    groups: dict[tuple[str, tuple[str, ...]], list[Problem]] = defaultdict(list)
    why = _why(finding for entry in entries for finding in entry.findings)
    for entry in entries:
        reasons = tuple(sorted({why[finding.fingerprint] for finding in entry.findings}))
        groups[entry.environment, reasons].append(entry)
    causes = [
        Cause(environment=environment, why=reasons, problems=tuple(found))
        for (environment, reasons), found in groups.items()
        if len(found) >= FEWEST_CHECKS
    ]
    shared = {entry.anchor for cause in causes for entry in cause.problems}
    widest_first = sorted(causes, key=lambda cause: (-len(cause.problems), cause.environment, cause.why))
    return tuple(widest_first), tuple(entry for entry in entries if entry.anchor not in shared)


def _why(findings: Iterable[Finding]) -> Mapping[str, str]:
    """For each fingerprint the end of its message that it shares with the most checks; of several, the longest."""
    known = tuple(findings)
    endings = shared_endings((finding.message, finding.check) for finding in known)
    return {finding.fingerprint: endings[finding.message] for finding in known}


def shared_endings(said: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """For each message the end of it that most others say; of several, the longest. With each message who says it."""
    known = tuple(said)
    sayers: dict[str, set[str]] = defaultdict(set)
    for message, sayer in known:
        for ending in _endings(message):
            sayers[ending].add(sayer)
    return {message: max(_endings(message), key=lambda end: (len(sayers[end]), len(end))) for message, _ in known}


def _endings(message: str) -> Iterator[str]:
    """The message, and what remains of it after each colon outside of a quotation; without the request it was about."""
    parts = _REQUEST.sub("", one_line(message)).split(_SEPARATOR)
    for number in range(len(parts)):
        ending = _SEPARATOR.join(parts[number:])
        if not number or (len(ending) >= _SHORTEST and ending.count(_QUOTE) % 2 == 0):
            yield ending
