"""Run every probe of every environment, side by side; nothing that a target or a probe does ends the run."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from graphlib import CycleError, TopologicalSorter
from typing import Final

from scanner.evidence_store import EvidenceFolder
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal, read_journal
from scanner.gate.vault import TokenVault
from scanner.model.facts.run import ContractInForce, ContractsAgreed, ScanTime
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import Probe, Recorder, brought_by, waits_for
from scanner.run.leftovers import TELLING, left_behind
from scanner.run.one_probe import finished, not_seen, run_probe, yields
from scanner.run.plan import ScanPlan, ScanResult
from scanner.run.progress import Progress, Silent
from scanner.run.resume import Journalled, journalled
from scanner.run.scratch import scratch_folder
from scanner.run.shared import Run
from scanner.run.turns import Turn, turns_of

_GRACE_S: Final = 5.0
_HEAD_START_S: Final = 0.05  # of probes that start processes: whoever loads modules takes the interpreter from them


async def run_scan(plan: ScanPlan, progress: Progress | None = None, stop: asyncio.Event | None = None) -> ScanResult:
    """Run the plan to its end, or until `stop` is set; what was seen by then is always returned.

    With `plan.resume`, probes that had finished in the folder's journal are not run again.

    Raises: OSError if the run folder cannot be written, JournalBroken if a resumed journal is damaged, ValueError where
    probes wait for each other.
    """
    _refuse_cycles(plan.probes)
    plan = replace(plan, targets=tuple(target.on(plan.started_at.date()) for target in plan.targets))
    before = _load_journal(plan)
    with _open_run(plan, before, progress or Silent()) as run:
        try:
            await _run_probes(run, before, stop or asyncio.Event())
        finally:
            await run.gate.close()
        return ScanResult(
            facts=run.facts,
            tool_verdicts=tuple(run.tool_verdicts),
            tool_versions=dict(sorted(run.tool_versions.items())),
            requests_sent=run.gate.requests_sent,
            left_behind=left_behind(read_journal(run.journal.path, TELLING)),
            finished_at=datetime.now(UTC),
            stopped=run.stopped,
            bugs=tuple(run.bugs),
        )


@contextmanager
def _open_run(plan: ScanPlan, before: Journalled, progress: Progress) -> Iterator[Run]:
    plan.folder.mkdir(parents=True, exist_ok=True)
    redactor, former = plan.redactor, [token for tokens in plan.former.values() for token in tokens]
    redactor.learn_all([*plan.tokens.values(), *former, *plan.agreed.values(), *plan.secrets])
    journal = Journal(plan.folder / FILE_NAME, redactor)
    with scratch_folder() as scratch:
        try:
            journal.write("run", {"run_id": plan.run_id, "resumed": plan.resume})
            gate = Gate(
                plan.targets,
                vault=TokenVault(plan.tokens, former=plan.former, sinks=plan.sinks, agreed=plan.agreed),
                journal=journal,
                redactor=redactor,
                scratch=scratch,
                already_spent=before.spent,
                stress_spent=before.stress,
                first_number=before.last_number + 1,
            )
            yield Run(
                plan=plan,
                gate=gate,
                evidence=EvidenceFolder(plan.folder, redactor),
                journal=journal,
                scratch=scratch,
                progress=progress,
                checkpoints=before.checkpoints,
            )
        finally:
            journal.close()


def _load_journal(plan: ScanPlan) -> Journalled:
    path = plan.folder / FILE_NAME
    return journalled(read_journal(path) if plan.resume and path.exists() else ())


async def _run_probes(run: Run, before: Journalled, stop: asyncio.Event) -> None:
    _record_what_was_given(run)
    turns = _Turns(run, before)
    tasks = turns.tasks
    watcher = asyncio.create_task(_stop_when_asked(run, tasks, stop))
    turns.begin(run.plan.probes)
    try:
        if run.plan.later is not None:
            await asyncio.sleep(_HEAD_START_S)
            turns.begin(await asyncio.to_thread(run.plan.later))
        for task, ended in zip(tasks, await asyncio.gather(*tasks, return_exceptions=True), strict=True):
            if isinstance(ended, BaseException):
                run.bugs.append(f"{task.get_name()}: {type(ended).__name__}: {ended}")
    finally:
        watcher.cancel()
        await _end(tasks)


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    """All have ended but where the run itself was cancelled: what they use must outlast them."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


class _Turns:
    """The turns that have begun: a task each, which those that come after it wait for."""

    def __init__(self, run: Run, before: Journalled) -> None:
        self.tasks: list[asyncio.Task[None]] = []
        self._run = run
        self._before = before
        self._done: dict[tuple[str, str], asyncio.Event] = {}

    def begin(self, probes: Sequence[Probe]) -> None:
        """Let these look at every environment, as soon as what they wait for has ended.

        Raises: ValueError where they wait for each other.
        """
        _refuse_cycles(probes)
        targets = self._run.plan.targets
        self._done |= {(target.name, probe.name): asyncio.Event() for target in targets for probe in probes}
        self._run.progress.probes_expected(len(self._done))
        self.tasks += [
            asyncio.create_task(_take_turn(self._run, turn, self._done, self._before), name=turn.label)
            for turn in turns_of(probes, targets)
        ]


async def _stop_when_asked(run: Run, tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    await stop.wait()
    run.stopped = "stopped by the user"
    run.gate.stop(run.stopped)
    run.progress.note("stopping", grace_s=_GRACE_S)
    await asyncio.sleep(_GRACE_S)
    for task in tasks:
        task.cancel()


async def _take_turn(run: Run, turn: Turn, done: Mapping[tuple[str, str], asyncio.Event], before: Journalled) -> None:
    """What a resumed journal holds of it is kept; the rest is looked at, once what it waits for has ended there."""
    probe, open_ones = turn.probe, []
    for target in turn.targets:
        if (target.name, probe.name) in before.finished:
            run.keep(before.finished[(target.name, probe.name)])
            done[(target.name, probe.name)].set()
        else:
            open_ones.append(target)
    try:
        await _all_ended(done, open_ones, probe.after)
        for target in open_ones:
            if yields(run, probe, target):
                await _all_ended(done, [target], waits_for(probe))
        if open_ones:
            await run_probe(run, probe, open_ones)
    except asyncio.CancelledError:
        for target in open_ones:
            recorder = Recorder(probe.witness, run.facts)
            detail = "the run was stopped before this was looked at"
            not_seen(recorder, brought_by(probe), target, Reason.STOPPED, detail)
            run.keep(finished(recorder))
    finally:
        for target in open_ones:
            done[(target.name, probe.name)].set()


async def _all_ended(
    done: Mapping[tuple[str, str], asyncio.Event], targets: Iterable[EnvironmentTarget], names: frozenset[str]
) -> None:
    """Wait until these probes, as far as they are in this run, have ended at the targets."""
    for target in targets:
        for name in sorted(names):
            if (target.name, name) in done:
                await done[(target.name, name)].wait()


def _refuse_cycles(probes: Iterable[Probe]) -> None:
    """Probes that wait for each other would wait forever.

    Raises: ValueError naming them.
    """
    try:
        TopologicalSorter({probe.name: waits_for(probe) for probe in probes}).prepare()
    except CycleError as cycle:
        raise ValueError(f"probes wait for each other: {' -> '.join(cycle.args[1])}") from None


def _record_what_was_given(run: Run) -> None:
    """The time of the run and the contracts in force are facts, with the configuration as their evidence."""
    configuration = run.evidence.store_document("configuration", Witness.ATTESTATION, run.plan.configuration)
    for target in run.plan.targets:
        recorder = Recorder(Witness.ATTESTATION, run.facts)
        subject = EnvironmentSubject(environment=target.name)
        recorder.seen(subject, ScanTime(now=run.plan.started_at), configuration)
        agreed = ContractsAgreed(contracts=target.contracts, elsewhere=target.elsewhere, told=target.told)
        recorder.seen(subject, agreed, configuration)
        for identity in target.identities:
            contract = target.contract_of(identity)
            if contract is not None:
                fact = ContractInForce(identity=identity, contract=contract)
                recorder.seen(subject, fact, configuration, identity=identity.name)
        run.keep(finished(recorder))
