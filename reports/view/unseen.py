"""What was not looked at, in groups that a person can read."""

from collections import defaultdict
from dataclasses import dataclass

from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.posture import ControlPosture, NotLookedAt, Posture
from scanner.model.observation import Reason


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
