"""A long probe goes on where an interrupted run left it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from scanner.model.effect import Mode
from scanner.model.facts.run import ScanTime
from scanner.model.observation import Reason
from scanner.model.subject import EndpointSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from tests.scanner.run.stopping import stopped_when

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_BOTH = (EnvironmentTarget(name="test"), EnvironmentTarget(name="prod"))


@dataclass
class CountingProbe:
    """Counts to four, keeps each number, and hangs before `hangs_at`."""

    hangs_at: int | None = None
    name: str = "counting"
    after: frozenset[str] = frozenset()
    witness: Witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({ScanTime})
    counted: list[tuple[str, int]] = field(default_factory=list)

    def plan(self, target):
        return ()

    async def run(self, context):
        reached = context.checkpoints.kept("reached") or {"number": 0}
        for number in range(reached["number"] + 1, 5):
            if number == self.hangs_at:
                await asyncio.sleep(60)
            self.counted.append((context.target.name, number))
            context.checkpoints.keep("reached", {"number": number})
        subject = EndpointSubject(environment=context.target.name, endpoint="main")
        context.record.unavailable(subject, ScanTime, Reason.NOT_CONFIGURED, "counted to the end")


def _plan(folder, *probes, resume=False, targets=_BOTH):
    return ScanPlan(
        run_id="r", folder=folder, started_at=START, targets=targets, probes=probes, tokens={}, resume=resume
    )


@pytest.mark.asyncio
async def test_a_resumed_probe_goes_on_at_its_last_checkpoint_in_each_environment(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.run.runner._GRACE_S", 0.05)
    first, second = CountingProbe(hangs_at=3), CountingProbe()
    async with stopped_when(lambda: len(first.counted) == 2 * len(_BOTH)) as stop:
        await run_scan(_plan(tmp_path, first), stop=stop)
    await run_scan(_plan(tmp_path, second, resume=True))
    assert sorted(first.counted) == [("prod", 1), ("prod", 2), ("test", 1), ("test", 2)]
    assert sorted(second.counted) == [("prod", 3), ("prod", 4), ("test", 3), ("test", 4)]


@pytest.mark.asyncio
async def test_a_run_that_is_not_resumed_begins_anew(tmp_path):
    await run_scan(_plan(tmp_path, CountingProbe()))
    anew = CountingProbe()
    await run_scan(_plan(tmp_path, anew))
    assert len(anew.counted) == 8


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", list(Mode))
async def test_only_a_run_that_may_write_waits_for_the_disk(tmp_path, monkeypatch, mode):
    flushed: list[int] = []
    monkeypatch.setattr("scanner.gate.journal.os.fsync", flushed.append)
    await run_scan(_plan(tmp_path, CountingProbe(), targets=(EnvironmentTarget(name="test", mode=mode),)))
    assert len(flushed) == (0 if mode is Mode.OBSERVE else 5)
