"""Run every probe of every environment, side by side; nothing that a target or a probe does ends the run."""

import asyncio
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scanner.evidence_store import EvidenceFolder
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal, read_journal
from scanner.gate.redaction import Redactor
from scanner.gate.vault import TokenVault
from scanner.model.codec import observation_to_json, tool_verdict_to_json
from scanner.model.evidence import EvidenceStore
from scanner.model.fact_store import FactStore
from scanner.model.facts.run import ContractInForce, ScanTime
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.tool_verdict import ToolVerdict
from scanner.model.witness import Witness
from scanner.probe import Probe, ProbeContext, Recorder
from scanner.run.leftovers import left_behind
from scanner.run.plan import ScanPlan, ScanResult
from scanner.run.progress import Progress, Silent
from scanner.run.resume import FinishedProbe, Journalled, journalled

_GRACE_S: Final = 5.0
_SLACK_S: Final = 60.0


@dataclass(slots=True)
class _Run:
    """What the probes of one run share."""

    plan: ScanPlan
    gate: Gate
    evidence: EvidenceStore
    journal: Journal
    scratch: Path
    progress: Progress
    facts: FactStore = field(default_factory=FactStore)
    tool_verdicts: list[ToolVerdict] = field(default_factory=list)
    tool_versions: dict[str, str] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    stopped: str | None = None


async def run_scan(plan: ScanPlan, progress: Progress | None = None, stop: asyncio.Event | None = None) -> ScanResult:
    """Run the plan to its end, or until `stop` is set; what was seen by then is always returned.

    With `plan.resume`, probes that had finished in the folder's journal are not run again.

    Raises: OSError if the run folder cannot be written, JournalBroken if a resumed journal is damaged.
    """
    with _open_run(plan, progress or Silent()) as run:
        before = _load_journal(plan)
        await _run_probes(run, before, stop or asyncio.Event())
        await run.gate.close()
        return ScanResult(
            facts=run.facts,
            tool_verdicts=tuple(run.tool_verdicts),
            tool_versions=dict(sorted(run.tool_versions.items())),
            requests_sent=run.gate.requests_sent,
            left_behind=left_behind(read_journal(run.journal.path)),
            finished_at=datetime.now(UTC),
            stopped=run.stopped,
            bugs=tuple(run.bugs),
        )


@contextmanager
def _open_run(plan: ScanPlan, progress: Progress) -> Iterator[_Run]:
    plan.folder.mkdir(parents=True, exist_ok=True)
    redactor = Redactor([*plan.tokens.values(), *plan.secrets])
    journal = Journal(plan.folder / FILE_NAME, redactor)
    scratch = Path(tempfile.mkdtemp(prefix="ocpi-posture-"))
    before = _load_journal(plan)
    try:
        journal.write("run", {"run_id": plan.run_id, "resumed": plan.resume})
        gate = Gate(
            plan.targets,
            vault=TokenVault(plan.tokens),
            journal=journal,
            redactor=redactor,
            scratch=scratch,
            already_spent=before.requests_by_host,
            first_number=before.last_number + 1,
        )
        yield _Run(
            plan=plan,
            gate=gate,
            evidence=EvidenceFolder(plan.folder, redactor),
            journal=journal,
            scratch=scratch,
            progress=progress,
        )
    finally:
        journal.close()
        shutil.rmtree(scratch, ignore_errors=True)


def _load_journal(plan: ScanPlan) -> Journalled:
    path = plan.folder / FILE_NAME
    return journalled(read_journal(path) if plan.resume and path.exists() else ())


async def _run_probes(run: _Run, before: Journalled, stop: asyncio.Event) -> None:
    _record_what_was_given(run)
    done = {(t.name, p.name): asyncio.Event() for t in run.plan.targets for p in run.plan.probes}
    tasks = [
        asyncio.create_task(_take_turn(run, probe, target, done, before.finished), name=f"{target.name}/{probe.name}")
        for target in run.plan.targets
        for probe in run.plan.probes
    ]
    watcher = asyncio.create_task(_stop_when_asked(run, tasks, stop))
    await asyncio.gather(*tasks)
    watcher.cancel()


async def _stop_when_asked(run: _Run, tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    await stop.wait()
    run.stopped = "stopped by the user"
    run.gate.stop(run.stopped)
    run.progress.note("stopping", grace_s=_GRACE_S)
    await asyncio.sleep(_GRACE_S)
    for task in tasks:
        task.cancel()


async def _take_turn(
    run: _Run,
    probe: Probe,
    target: EnvironmentTarget,
    done: Mapping[tuple[str, str], asyncio.Event],
    finished: Mapping[tuple[str, str], FinishedProbe],
) -> None:
    try:
        if (target.name, probe.name) in finished:
            _keep(run, finished[(target.name, probe.name)])
            return
        for name in sorted(probe.after):
            if (target.name, name) in done:
                await done[(target.name, name)].wait()
        await _run_probe(run, probe, target)
    except asyncio.CancelledError:
        recorder = Recorder(probe.witness, run.facts)
        _explain_gaps(recorder, probe, target, Reason.STOPPED, "the run was stopped before this was looked at")
        _keep(run, _finished(recorder))
    finally:
        done[(target.name, probe.name)].set()


async def _run_probe(run: _Run, probe: Probe, target: EnvironmentTarget) -> None:
    run.progress.probe_started(target.name, probe.name)
    started = time.monotonic()
    recorder = Recorder(probe.witness, run.facts)
    reason, detail = Reason.PROBE_BUG, f"probe {probe.name} said nothing about it"
    complete = True
    try:
        async with asyncio.timeout(target.limits.max_seconds + _SLACK_S):
            await probe.run(_context(run, target, recorder))
    except asyncio.CancelledError:
        reason, detail, complete = Reason.STOPPED, "the run was stopped while this was looked at", False
    except TimeoutError:
        reason, detail = Reason.TIMED_OUT, f"probe {probe.name} did not end within {target.limits.max_seconds:g} s"
    except Exception:  # noqa: BLE001 - the one place where a bug of a probe becomes an observation
        trace = traceback.format_exc()
        stored = run.evidence.store_text(f"traceback of probe {probe.name}", probe.witness, trace)
        run.bugs.append(f"{target.name}/{probe.name}: {trace.strip().splitlines()[-1]} ({stored.path})")
        detail = f"probe {probe.name} failed; the traceback is in {stored.path}"
    if run.stopped:
        reason, detail, complete = Reason.STOPPED, "the run was stopped while this was looked at", False
    _explain_gaps(recorder, probe, target, reason, detail)
    seen = _finished(recorder)
    _keep(run, seen)
    if complete:
        _journal_probe(run, probe, target, seen)
    run.progress.probe_finished(target.name, probe.name, len(seen.observations), time.monotonic() - started)


def _context(run: _Run, target: EnvironmentTarget, recorder: Recorder) -> ProbeContext:
    return ProbeContext(
        gate=run.gate,
        evidence=run.evidence,
        record=recorder,
        target=target,
        scratch=run.scratch,
        now=run.plan.started_at,
        seed=run.plan.seed,
    )


def _explain_gaps(recorder: Recorder, probe: Probe, target: EnvironmentTarget, reason: Reason, detail: str) -> None:
    """What a probe answers for and did not mention is recorded as not seen, never left out."""
    mentioned = {observation.key.fact for observation in recorder.observations}
    for kind in sorted(probe.provides - mentioned, key=lambda kind: kind.__name__):
        recorder.unavailable(EnvironmentSubject(environment=target.name), kind, reason, detail)


def _finished(recorder: Recorder) -> FinishedProbe:
    return FinishedProbe(
        observations=tuple(recorder.observations),
        tool_verdicts=tuple(recorder.tool_verdicts),
        tool_versions=dict(recorder.tool_versions),
    )


def _keep(run: _Run, seen: FinishedProbe) -> None:
    for observation in seen.observations:
        run.facts.record(observation)
    run.tool_verdicts += seen.tool_verdicts
    run.tool_versions |= seen.tool_versions


def _journal_probe(run: _Run, probe: Probe, target: EnvironmentTarget, seen: FinishedProbe) -> None:
    entry: dict[str, JsonValue] = {
        "environment": target.name,
        "probe": probe.name,
        "observations": [observation_to_json(observation) for observation in seen.observations],
        "tool_verdicts": [tool_verdict_to_json(verdict) for verdict in seen.tool_verdicts],
        "tool_versions": dict(seen.tool_versions),
    }
    run.journal.write("probe", entry, durable=True)


def _record_what_was_given(run: _Run) -> None:
    """The time of the run and the contracts in force are facts, with the configuration as their evidence."""
    configuration = run.evidence.store_document("configuration", Witness.ATTESTATION, run.plan.configuration)
    for target in run.plan.targets:
        recorder = Recorder(Witness.ATTESTATION, run.facts)
        subject = EnvironmentSubject(environment=target.name)
        recorder.seen(subject, ScanTime(now=run.plan.started_at), configuration)
        for identity in target.identities:
            contract = target.contract_of(identity)
            if contract is not None:
                fact = ContractInForce(identity=identity, contract=contract)
                recorder.seen(subject, fact, configuration, identity=identity.name)
        _keep(run, _finished(recorder))
