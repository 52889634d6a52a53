"""What changed from one run to another. Only what was judged again can be fixed; what nobody looked at is named."""

from collections.abc import Iterator
from enum import StrEnum

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.run_state import FindingState, RunState
from reports.model.status import JUDGED
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity


class Change(StrEnum):
    """What became of a fail; the order of the members is that in which they are shown."""

    NEW = "new"  # fails, and did not before: passed, was waived, was not looked at, or failed less gravely
    STILL_THERE = "still_there"
    NOT_LOOKED_AT = "no_longer_looked_at"  # failed or was waived, and was not judged this time: never called fixed
    ACCEPTED = "accepted"  # a waiver stands on it that did not before
    NO_LONGER_APPLIES = "no_longer_applies"
    FIXED = "fixed"  # was judged again, and passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One finding that fails or is waived in one of the runs; `was`: its outcome before, None where it had none."""

    change: Change
    finding: FindingState
    was: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChange:
    """A row that has another status than before in one environment; None: the run did not have the row."""

    environment: str
    control: str
    before: ControlStatus | None
    after: ControlStatus | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """From run `before` to run `after`; `cautions` say in what the two looked differently."""

    before: str
    after: str
    findings: tuple[Changed, ...]
    controls: tuple[ControlChange, ...]
    cautions: tuple[str, ...]
    judged: bool  # something of the later run was judged

    def of(self, change: Change) -> tuple[Changed, ...]:
        """The findings of one kind of change, gravest first."""
        return tuple(changed for changed in self.findings if changed.change is change)

    def counts(self, change: Change, fail_on: Severity) -> int:
        """How many of them can decide, at or above a severity."""
        return sum(changed.finding.counts_from(fail_on) for changed in self.of(change))


def difference(before: RunState, after: RunState) -> Difference:
    """Compare two runs by fingerprint; gravest first, then by environment, check and subject."""
    return Difference(
        before=before.run_id,
        after=after.run_id,
        findings=tuple(sorted(_findings(before, after), key=_order)),
        controls=tuple(_controls(before, after)),
        cautions=tuple(_cautions(before, after)),
        judged=any(finding.decides and finding.outcome in JUDGED for finding in after.findings.values()),
    )


def known_fails(before: RunState, after: RunState) -> frozenset[str]:
    """Fingerprints of the fails of `after` that `before` had, no less grave: what a baseline accepts."""
    return frozenset(
        changed.finding.fingerprint for changed in _findings(before, after) if changed.change is Change.STILL_THERE
    )


def _order(changed: Changed) -> tuple[object, ...]:
    finding = changed.finding
    members = tuple(Change)
    place = (finding.environment, finding.check, finding.subject, finding.fingerprint)
    return (members.index(changed.change), -finding.severity.rank, *place)


def _findings(before: RunState, after: RunState) -> Iterator[Changed]:
    for fingerprint, now in after.findings.items():
        was = before.findings.get(fingerprint)
        change = _change(was, now)
        if change is not None:
            yield Changed(change=change, finding=now, was=was.outcome if was else None)
    for fingerprint, was in before.findings.items():
        if fingerprint not in after.findings and was.outcome in {Outcome.FAIL, Outcome.WAIVED}:
            yield Changed(change=Change.NOT_LOOKED_AT, finding=was, was=was.outcome)


def _change(was: FindingState | None, now: FindingState) -> Change | None:
    before = was.outcome if was else None
    if now.outcome is Outcome.FAIL:
        old = was is not None and before is Outcome.FAIL and was.severity.rank >= now.severity.rank
        return Change.STILL_THERE if old else Change.NEW
    if now.outcome is Outcome.WAIVED:
        return None if before is Outcome.WAIVED else Change.ACCEPTED
    if before not in {Outcome.FAIL, Outcome.WAIVED}:
        return None
    if now.outcome is Outcome.PASS:
        return Change.FIXED
    return Change.NO_LONGER_APPLIES if now.outcome is Outcome.NOT_APPLICABLE else Change.NOT_LOOKED_AT


def _controls(before: RunState, after: RunState) -> Iterator[ControlChange]:
    for environment, control in sorted({*before.controls, *after.controls}):
        old, new = before.controls.get((environment, control)), after.controls.get((environment, control))
        if old is not new:
            yield ControlChange(environment=environment, control=control, before=old, after=new)


def _cautions(before: RunState, after: RunState) -> Iterator[str]:
    for what, old, new in (("mode", before.mode, after.mode), ("profile", before.profile, after.profile)):
        if old != new:
            yield f"the {what} differs: {old} before, {new} after"
    if before.narrowed != after.narrowed:
        old, new = (" ".join(narrowed) or "everything" for narrowed in (before.narrowed, after.narrowed))
        yield f"the choice of checks differs: {old} before, {new} after"
    for environment in sorted(set(before.environments) - set(after.environments)):
        yield f"environment {environment} was not scanned in the later run"
    for environment in sorted(set(after.environments) - set(before.environments)):
        yield f"environment {environment} was not scanned in the earlier run"
    if after.started_at < before.started_at:
        yield "the later run of the two is the first one given: mind the order"
