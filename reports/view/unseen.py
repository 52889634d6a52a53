"""What was not looked at, in groups that a person can read."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, NotLookedAt, Posture
from reports.view.cause import shared_endings
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.witness import Witness

ALIKE: Final = 3  # details that end alike are told once from here on
NAMED: Final = 8  # subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One cause, with what was not seen because of it: `subjects` names up to a few of the `count`.

    `detail` is what all `entries` of them say, or how they all end.
    """

    environments: tuple[str, ...]
    witness: Witness
    detail: str
    subjects: tuple[str, ...]
    count: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """One reason with everything that was not seen because of it."""

    reason: Reason
    chosen: bool
    entries: tuple[NotLookedAt, ...]

    @property
    def count(self) -> int:
        """How many subjects were not seen."""
        return sum(entry.count for entry in self.entries)

    @property
    def causes(self) -> tuple[Why, ...]:
        """Each cause once: "A was not asked for: no budget" and B and C likewise are one."""
        ends = shared_endings((entry.detail, f"{n}") for n, entry in enumerate(self.entries))
        alike = Counter((entry.witness, ends[entry.detail]) for entry in self.entries)
        found: dict[tuple[Witness, str], list[NotLookedAt]] = defaultdict(list)
        for entry in self.entries:
            ending = ends[entry.detail]
            found[entry.witness, ending if alike[entry.witness, ending] >= ALIKE else entry.detail].append(entry)
        return tuple(_why(witness, detail, entries) for (witness, detail), entries in found.items())


def _why(witness: Witness, detail: str, entries: Sequence[NotLookedAt]) -> Why:
    named = dict.fromkeys(subject for entry in entries for subject in entry.subjects)
    return Why(
        environments=tuple(sorted({entry.environment for entry in entries})),
        witness=witness,
        detail=detail,
        subjects=tuple(named)[:NAMED],
        count=sum(entry.count for entry in entries),
        entries=len(entries),
    )


def unseen(posture: Posture) -> tuple[Unseen, ...]:
    """Failed attempts first, then what was left out by choice; each reason once."""
    groups: dict[Reason, list[NotLookedAt]] = defaultdict(list)
    for entry in posture.not_looked_at:
        groups[entry.reason].append(entry)
    entries = (Unseen(reason=r, chosen=r.was_chosen, entries=tuple(groups[r])) for r in Reason if r in groups)
    return tuple(sorted(entries, key=lambda group: group.chosen))


def unjudged_rows(posture: Posture) -> tuple[tuple[str, tuple[ControlPosture, ...]], ...]:
    """The rows that nobody judged, by why, in the order of the checklist."""
    groups: dict[str, list[ControlPosture]] = defaultdict(list)
    for control in posture.controls:
        if control.status is ControlStatus.NOT_TESTED:
            groups[control.note].append(control)
    return tuple(
        (note, tuple(rows)) for note, rows in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    )


def untested(posture: Posture, outcome: Outcome) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Findings of that outcome (`not_tested`, `not_applicable`) by their message, most frequent first."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in posture.findings:
        if finding.outcome is outcome:
            groups[finding.message].append(finding)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((message, tuple(found)) for message, found in ordered)
