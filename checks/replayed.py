"""One fail, looked at again: is it still there? What was not seen again is never called gone."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from checks.model.finding import Finding, fingerprint
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.tool_verdict import ToolOutcome, ToolVerdict

_UNDECIDED: Final = frozenset({Outcome.INCONCLUSIVE, Outcome.NOT_TESTED})
_NOT_SEEN: Final = "what it is about was not seen again"
_MOST_REASONS: Final = 3


class Standing(StrEnum):
    """What came of looking again."""

    STILL_THERE = "still there"
    GONE = "gone"
    UNKNOWN = "cannot be said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How it stands, in one sentence why; the findings of now and the evidence that this rests on."""

    standing: Standing
    why: str
    findings: tuple[Finding, ...] = ()
    evidence: tuple[EvidenceRef, ...] = ()


def replayed(before: Finding, after: Iterable[Finding]) -> Replayed:
    """How a fail stands; `after`: what its check says now."""
    now = tuple(after)
    for finding in now:
        if finding.fingerprint == before.fingerprint:
            return _same(finding)
    here = tuple(f for f in now if (f.subject, f.identity) == (before.subject, before.identity))
    if undecided := tuple(f for f in here if f.outcome in _UNDECIDED):
        return _unknown(undecided)
    if passed := tuple(f for f in here if f.outcome is Outcome.PASS):
        return _resting_on(passed, Standing.GONE, passed[0].message)
    if failed := tuple(f for f in here if f.outcome is Outcome.FAIL):
        return _elsewhere(before, failed)
    return _unknown(here or tuple(f for f in now if f.outcome in _UNDECIDED))


def tool_replayed(before: Finding, after: Iterable[ToolVerdict]) -> Replayed:
    """How a tool's fail stands; `after`: everything that its witness reports now."""
    name = f"{before.tool}:{before.check}"
    now = [v for v in after if fingerprint(f"{v.tool}:{v.rule}", v.subject) == before.fingerprint]
    said = {v.outcome: _statement(v) for v in now}
    evidence = tuple(sorted({ref for verdict in now for ref in verdict.evidence}))
    if ToolOutcome.FAIL in said:
        return Replayed(standing=Standing.STILL_THERE, why=said[ToolOutcome.FAIL], evidence=evidence)
    if ToolOutcome.NO_ANSWER in said or not said:
        why = said.get(ToolOutcome.NO_ANSWER, f"{name} said nothing about {before.subject.label()}")
        return Replayed(standing=Standing.UNKNOWN, why=why, evidence=evidence)
    return Replayed(standing=Standing.GONE, why=said[ToolOutcome.PASS], evidence=evidence)


def _statement(verdict: ToolVerdict) -> str:
    says = f"{verdict.tool} says {verdict.outcome.replace('_', ' ')}: {verdict.title}"
    return f"{says} ({verdict.detail})" if verdict.detail else says


def _same(finding: Finding) -> Replayed:
    match finding.outcome:
        case Outcome.FAIL | Outcome.WAIVED:
            standing = Standing.STILL_THERE
        case Outcome.PASS:
            standing = Standing.GONE
        case _:
            standing = Standing.UNKNOWN
    return _resting_on((finding,), standing, finding.message)


def _resting_on(findings: Sequence[Finding], standing: Standing, why: str) -> Replayed:
    evidence = tuple(sorted({ref for finding in findings for ref in finding.evidence}))
    return Replayed(standing=standing, why=why, findings=tuple(findings), evidence=evidence)


def _unknown(findings: Sequence[Finding]) -> Replayed:
    reasons = dict.fromkeys(finding.message for finding in findings)
    why = "; ".join([*reasons][:_MOST_REASONS]) or _NOT_SEEN
    return _resting_on(findings, Standing.UNKNOWN, why)


def _elsewhere(before: Finding, failed: Sequence[Finding]) -> Replayed:
    """The check found other places wrong; this one is gone only where no less was examined than before."""
    examined = max(finding.population.examined for finding in failed)
    if examined < before.population.examined:
        why = f"fewer were examined than in the run: {examined} instead of {before.population}"
        return _resting_on(failed, Standing.UNKNOWN, why)
    paths = ", ".join(finding.field_path or "the whole" for finding in failed[:_MOST_REASONS])
    why = f"this place is not among those that fail now ({paths})"
    return _resting_on(failed, Standing.GONE, why)
