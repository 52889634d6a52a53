"""Run one probe to whatever end it comes to, and turn that end into observations."""

import asyncio
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scanner.gate.gate import Gate
from scanner.gate.journal import Journal
from scanner.model.codec import observation_to_json, tool_verdict_to_json
from scanner.model.evidence import EvidenceStore
from scanner.model.fact_store import ConflictingObservation, FactStore
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason, Unavailable
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.tool_verdict import ToolVerdict
from scanner.probe import Probe, ProbeContext, Recorder
from scanner.run.checkpoints import JournalledCheckpoints
from scanner.run.plan import ScanPlan
from scanner.run.progress import Progress
from scanner.run.resume import FinishedProbe

_SLACK_S: Final = 60.0


@dataclass(slots=True)
class Run:
    """What the probes of one run share, and what they have seen so far."""

    plan: ScanPlan
    gate: Gate
    evidence: EvidenceStore
    journal: Journal
    scratch: Path
    progress: Progress
    checkpoints: Mapping[tuple[str, str], Mapping[str, JsonValue]] = field(default_factory=dict)
    facts: FactStore = field(default_factory=FactStore)
    tool_verdicts: list[ToolVerdict] = field(default_factory=list)
    tool_versions: dict[str, str] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    stopped: str | None = None

    def keep(self, seen: FinishedProbe) -> None:
        """Add what a probe saw. Where two probes saw one thing differently, neither counts, and it is a bug of ours."""
        for observation in seen.observations:
            try:
                self.facts.record(observation)
            except ConflictingObservation as conflict:
                self.bugs.append(str(conflict))
                self.facts.contradicted(observation, Unavailable(reason=Reason.PROBE_BUG, detail=str(conflict)))
        self.tool_verdicts += seen.tool_verdicts
        self.tool_versions |= seen.tool_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class _CutShort:
    """A probe did not come to its own end, and why."""

    reason: Reason
    detail: str


async def run_probe(run: Run, probe: Probe, target: EnvironmentTarget) -> None:
    """Run one probe; nothing that it does is raised.

    A probe that came to its end is journalled, so that a resumed run need not look again. For one that did not, every
    fact type that it answers for is recorded as not seen beside what it did see: how much is missing is not known.
    """
    run.progress.probe_started(target.name, probe.name)
    started = time.monotonic()
    recorder = Recorder(probe.witness, run.facts)
    cut_short = await _attempt(run, probe, target, recorder)
    if cut_short:
        not_seen(recorder, probe.provides, target, cut_short.reason, cut_short.detail)
    else:
        silent = probe.provides - {observation.key.fact for observation in recorder.observations}
        not_seen(recorder, silent, target, Reason.PROBE_BUG, f"probe {probe.name} said nothing about it")
    seen = finished(recorder)
    run.keep(seen)
    if not cut_short:
        _journal(run, probe, target, seen)
    run.progress.probe_finished(target.name, probe.name, len(seen.observations), time.monotonic() - started)


def not_seen(
    recorder: Recorder, kinds: frozenset[type], target: EnvironmentTarget, reason: Reason, detail: str
) -> None:
    """Record each fact type as not seen in the environment: it is never just left out."""
    for kind in sorted(kinds, key=lambda kind: kind.__name__):
        recorder.unavailable(EnvironmentSubject(environment=target.name), kind, reason, detail)


def finished(recorder: Recorder) -> FinishedProbe:
    """What was recorded, as it is kept."""
    return FinishedProbe(
        observations=tuple(recorder.observations),
        tool_verdicts=tuple(recorder.tool_verdicts),
        tool_versions=dict(recorder.tool_versions),
    )


async def _attempt(run: Run, probe: Probe, target: EnvironmentTarget, recorder: Recorder) -> _CutShort | None:
    limit = target.limits.max_seconds + _SLACK_S
    try:
        async with asyncio.timeout(limit):
            await probe.run(_context(run, probe, target, recorder))
    except asyncio.CancelledError:
        return _CutShort(reason=Reason.STOPPED, detail="the run was stopped while this was looked at")
    except TimeoutError:
        return _CutShort(reason=Reason.TIMED_OUT, detail=f"probe {probe.name} did not end within {limit:g} s")
    except Exception as error:  # noqa: BLE001 - the one place where a bug of a probe becomes an observation
        place = _store_traceback(run, probe)
        run.bugs.append(f"{target.name}/{probe.name}: {type(error).__name__} ({place})")
        return _CutShort(reason=Reason.PROBE_BUG, detail=f"probe {probe.name} failed; the traceback is in {place}")
    if run.stopped:
        return _CutShort(reason=Reason.STOPPED, detail="the run was stopped while this was looked at")
    return None


def _store_traceback(run: Run, probe: Probe) -> str:
    try:
        return run.evidence.store_text(f"traceback of probe {probe.name}", probe.witness, traceback.format_exc()).path
    except OSError as error:
        return f"nowhere: {error.strerror}"


def _context(run: Run, probe: Probe, target: EnvironmentTarget, recorder: Recorder) -> ProbeContext:
    before = run.checkpoints.get((target.name, probe.name), {})
    return ProbeContext(
        gate=run.gate,
        evidence=run.evidence,
        record=recorder,
        target=target,
        scratch=run.scratch,
        now=run.plan.started_at,
        seed=run.plan.seed,
        checkpoints=JournalledCheckpoints(run.journal, target.name, probe.name, before),
        focus=run.plan.focus,
    )


def _journal(run: Run, probe: Probe, target: EnvironmentTarget, seen: FinishedProbe) -> None:
    entry: dict[str, JsonValue] = {
        "environment": target.name,
        "probe": probe.name,
        "observations": [observation_to_json(observation) for observation in seen.observations],
        "tool_verdicts": [tool_verdict_to_json(verdict) for verdict in seen.tool_verdicts],
        "tool_versions": dict(seen.tool_versions),
    }
    try:
        run.journal.write("probe", entry, durable=True)
    except OSError as error:
        run.bugs.append(f"{target.name}/{probe.name}: not journalled, a resumed run looks again ({error.strerror})")
