"""Run one probe to whatever end it comes to, and turn that end into observations of each environment."""

import asyncio
import errno
import time
import traceback
from collections.abc import Sequence
from typing import Final

from scanner.model.codec import observation_to_json, tool_verdict_to_json
from scanner.model.effect import Mode
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.subject import EnvironmentSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import Probe, ProbeContext, Recorder, RunWideProbe, YieldingProbe, brought_by
from scanner.run.checkpoints import JournalledCheckpoints
from scanner.run.resume import FinishedProbe
from scanner.run.shared import Run

_SLACK_S: Final = 60.0
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_AT_ENDPOINTS: Final = frozenset({Witness.TLS, Witness.PROTOCOL})


@dataclass(frozen=True, slots=True, kw_only=True)
class _CutShort:
    """A probe did not come to its own end, and why."""

    reason: Reason
    detail: str


async def run_probe(run: Run, probe: Probe, targets: Sequence[EnvironmentTarget]) -> None:
    """Run one probe on these environments, several only where it is a `RunWideProbe`; nothing that it does is raised.

    A probe that came to its end is journalled, so that a resumed run need not look again. For one that did not, every
    fact type that it brings is recorded as not seen beside what it did see: how much is missing is not known.
    """
    started = time.monotonic()
    recorders = [(target, Recorder(probe.witness, run.facts)) for target in targets]
    for target in targets:
        run.progress.probe_started(target.name, probe.name)
    cut_short = await _attempt(run, probe, [_context(run, probe, target, recorder) for target, recorder in recorders])
    for target, recorder in recorders:
        _conclude(run, probe, target, recorder, cut_short)
        seen = len(recorder.observations)
        run.progress.probe_finished(target.name, probe.name, seen, time.monotonic() - started)


def yields(run: Run, probe: Probe, target: EnvironmentTarget) -> bool:
    """Whether it is to wait for those that it yields to; nothing is raised, and one that cannot tell waits."""
    if not isinstance(probe, YieldingProbe):
        return False
    try:
        return probe.yields(_context(run, probe, target, Recorder(probe.witness, run.facts)))
    except Exception as error:  # noqa: BLE001 - a bug of a probe must not cost what it would have seen
        run.bugs.append(f"{target.name}/{probe.name}: {type(error).__name__} ({_store_traceback(run, probe)})")
        return True


def _conclude(
    run: Run, probe: Probe, target: EnvironmentTarget, recorder: Recorder, cut_short: _CutShort | None
) -> None:
    if cut_short:
        not_seen(recorder, brought_by(probe), target, cut_short.reason, cut_short.detail)
    else:
        silent = probe.provides - {observation.key.fact for observation in recorder.observations}
        not_seen(recorder, silent, target, *_why_silent(probe, target))
    seen = finished(recorder)
    run.keep(seen)
    if not cut_short:
        _journal(run, probe, target, seen)


def _why_silent(probe: Probe, target: EnvironmentTarget) -> tuple[Reason, str]:
    """A probe that looks at endpoints has nothing to say where there is none; any other silence is a bug of ours."""
    if probe.witness in _AT_ENDPOINTS and not target.endpoints:
        return Reason.NOT_CONFIGURED, f"environment {target.name} has no endpoint"
    return Reason.PROBE_BUG, f"probe {probe.name} said nothing about it"


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


async def _attempt(run: Run, probe: Probe, contexts: Sequence[ProbeContext]) -> _CutShort | None:
    limit = max(context.target.limits.max_seconds for context in contexts) + _SLACK_S
    try:
        async with asyncio.timeout(limit):
            await _look(probe, contexts)
    except asyncio.CancelledError:
        return _CutShort(reason=Reason.STOPPED, detail="the run was stopped while this was looked at")
    except TimeoutError:
        return _CutShort(reason=Reason.TIMED_OUT, detail=f"probe {probe.name} did not end within {limit:g} s")
    except Exception as error:  # noqa: BLE001 - the one place where a bug of a probe becomes an observation
        if no_room := _no_room(error):
            return _CutShort(
                reason=Reason.STOPPED, detail=f"this machine could not keep what was to be written: {no_room}"
            )
        place = _store_traceback(run, probe)
        where = ", ".join(context.target.name for context in contexts)
        run.bugs.append(f"{where}/{probe.name}: {type(error).__name__} ({place})")
        return _CutShort(reason=Reason.PROBE_BUG, detail=f"probe {probe.name} failed; the traceback is in {place}")
    if run.stopped:
        return _CutShort(reason=Reason.STOPPED, detail="the run was stopped while this was looked at")
    return None


async def _look(probe: Probe, contexts: Sequence[ProbeContext]) -> None:
    if isinstance(probe, RunWideProbe):
        await probe.run_all(contexts)
        return
    for context in contexts:
        await probe.run(context)


def _no_room(error: Exception) -> str | None:
    """What the system said, where nothing but a full disk ended it: that is no bug of ours."""
    if isinstance(error, ExceptionGroup):
        said = [_no_room(one) for one in error.exceptions]
        return said[0] if all(said) else None
    return error.strerror if isinstance(error, OSError) and error.errno in _NO_ROOM else None


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
        checkpoints=JournalledCheckpoints(
            run.journal, target.name, probe.name, before, durable=_outlasts_power(target)
        ),
        focus=run.plan.focus,
    )


def _outlasts_power(target: EnvironmentTarget) -> bool:
    """What was only read may be read again; a disk takes milliseconds each time, while nothing else goes on."""
    return target.mode is not Mode.OBSERVE


def _journal(run: Run, probe: Probe, target: EnvironmentTarget, seen: FinishedProbe) -> None:
    entry: dict[str, JsonValue] = {
        "environment": target.name,
        "probe": probe.name,
        # Words of the target in facts may name a driver; equal words stay equal, so a resumed run judges alike.
        "observations": [
            run.plan.redactor.personal.strings(observation_to_json(observation)) for observation in seen.observations
        ],
        "tool_verdicts": [tool_verdict_to_json(verdict) for verdict in seen.tool_verdicts],
        "tool_versions": dict(seen.tool_versions),
    }
    try:
        run.journal.write("probe", entry, durable=_outlasts_power(target))
    except OSError as error:
        run.bugs.append(f"{target.name}/{probe.name}: not journalled, a resumed run looks again ({error.strerror})")
