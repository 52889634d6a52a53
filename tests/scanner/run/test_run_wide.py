"""A probe that looks at all environments in one go: everything but the going stays with the environment."""

import asyncio
from dataclasses import dataclass, field

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.run import ScanTime
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.subject import EndpointSubject
from scanner.model.target import EnvironmentTarget, Limits
from scanner.model.witness import Witness
from scanner.run.runner import run_scan
from tests.scanner.gate_fixtures import loopback_target
from tests.scanner.run.test_runner import StubProbe, plan

TARGETS = (EnvironmentTarget(name="prod"), EnvironmentTarget(name="test"))


@dataclass
class WideProbe(StubProbe):
    """Looks at every environment in one call; `calls` are the environments of each."""

    calls: list[tuple[str, ...]] = field(default_factory=list)

    async def run_all(self, contexts):
        self.calls.append(tuple(context.target.name for context in contexts))
        for context in contexts:
            await self.run(context)


def seen(result):
    observations = result.facts.of(ScanTime, Witness.PROTOCOL)
    return {(o.key.subject.environment, type(o.result).__name__) for o in observations}


@pytest.mark.asyncio
async def test_one_call_serves_all_environments_and_each_has_its_own_journal_entry(tmp_path):
    wide = WideProbe("wide")
    result = await run_scan(plan(tmp_path, wide, targets=TARGETS))
    assert wide.calls == [("prod", "test")]
    assert seen(result) == {("prod", "Seen"), ("test", "Seen")}
    finished = [e for e in read_journal(tmp_path / FILE_NAME) if e["kind"] == "probe"]
    assert [(e["environment"], len(e["observations"])) for e in finished] == [("prod", 1), ("test", 1)]


@pytest.mark.asyncio
async def test_a_resumed_run_looks_only_at_the_environments_that_had_not_ended(tmp_path):
    await run_scan(plan(tmp_path, WideProbe("wide"), targets=TARGETS[:1]))
    again = WideProbe("wide")
    result = await run_scan(plan(tmp_path, again, targets=TARGETS, resume=True))
    assert again.calls == [("test",)]
    assert seen(result) == {("prod", "Seen"), ("test", "Seen")}
    third = WideProbe("wide")
    await run_scan(plan(tmp_path, third, targets=TARGETS, resume=True))
    assert third.calls == []


@pytest.mark.asyncio
async def test_it_waits_for_what_it_reads_in_every_environment_and_is_waited_for_in_each(tmp_path):
    order = []

    class Noting(StubProbe):
        async def run(self, context):
            order.append((self.name, context.target.name))
            await super().run(context)

    class WideNoting(WideProbe):
        async def run(self, context):
            order.append((self.name, context.target.name))
            await super().run(context)

    first, last = Noting("first"), Noting("last", after=frozenset({"wide"}))
    wide = WideNoting("wide", after=frozenset({"first"}))
    await run_scan(plan(tmp_path, last, wide, first, targets=TARGETS))
    assert [name for name, _ in order] == ["first", "first", "wide", "wide", "last", "last"]


@pytest.mark.asyncio
@pytest.mark.parametrize("doing, reason", [("raise", Reason.PROBE_BUG), ("say nothing", Reason.PROBE_BUG)])
async def test_an_end_that_is_not_its_own_counts_for_every_environment(tmp_path, doing, reason):
    reachable = [loopback_target("https://127.0.0.1:9/ocpi/versions", environment=target.name) for target in TARGETS]
    result = await run_scan(plan(tmp_path, WideProbe("wide", doing), StubProbe("good"), targets=tuple(reachable)))
    observations = {
        o.key.subject.environment: o.result
        for o in result.facts.of(ScanTime, Witness.PROTOCOL)
        if not isinstance(o.key.subject, EndpointSubject)
    }
    assert {name: r.reason for name, r in observations.items() if isinstance(r, Unavailable)} == {
        "prod": reason,
        "test": reason,
    }
    assert [bug.partition(":")[0] for bug in result.bugs] == (["prod, test/wide"] if doing == "raise" else [])


@pytest.mark.asyncio
async def test_what_was_seen_of_one_environment_before_a_bug_in_the_next_is_kept(tmp_path):
    class Stumbling(WideProbe):
        async def run(self, context):
            if context.target.name == "test":
                raise ZeroDivisionError("a bug of ours")
            await super().run(context)

    result = await run_scan(plan(tmp_path, Stumbling("wide"), targets=TARGETS))
    assert ("prod", "Seen") in seen(result)
    assert ("test", "Unavailable") in seen(result)
    assert not [e for e in read_journal(tmp_path / FILE_NAME) if e["kind"] == "probe"]


@pytest.mark.asyncio
async def test_a_stop_while_it_looks_is_said_in_every_environment(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.run.runner._GRACE_S", 0.05)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    result = await run_scan(plan(tmp_path, WideProbe("wide", "hang"), targets=TARGETS), stop=stop)
    reasons = {
        (o.key.subject.environment, o.result.reason)
        for o in result.facts.of(ScanTime, Witness.PROTOCOL)
        if isinstance(o.result, Unavailable)
    }
    assert reasons == {("prod", Reason.STOPPED), ("test", Reason.STOPPED)}


@pytest.mark.asyncio
async def test_its_time_is_that_of_the_most_patient_environment(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.run.one_probe._SLACK_S", 0.0)
    hasty = EnvironmentTarget(name="hasty", limits=Limits(max_seconds=0.1))
    patient = EnvironmentTarget(name="patient", limits=Limits(max_seconds=0.4))
    result = await run_scan(plan(tmp_path, WideProbe("wide", "hang"), targets=(hasty, patient)))
    details = [o.result.detail for o in result.facts.of(ScanTime, Witness.PROTOCOL) if not isinstance(o.result, Seen)]
    assert details == ["probe wide did not end within 0.4 s"] * 2
