"""The runner: side by side, in order where it matters, resumable, and never ended by a probe."""

import asyncio
import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.effect import Effect, Mode
from scanner.model.facts.run import ContractInForce, ScanTime
from scanner.model.intent import HttpIntent
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.party import Contract, Identity, Party
from scanner.model.secret import Secret
from scanner.model.subject import EndpointSubject, EnvironmentSubject
from scanner.model.target import EnvironmentTarget, Limits
from scanner.model.witness import Witness
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.scanner.run.stopping import has_finished, stopped_when
from tests.targets.byte_server import byte_server, ok, self_signed

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class StubProbe:
    """Records one ScanTime (a fact type that the journal knows) about one endpoint."""

    name: str
    doing: str = "look"
    after: frozenset[str] = frozenset()
    witness: Witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset({ScanTime})
    ran: list[str] = field(default_factory=list)

    def plan(self, target):
        return ()

    async def run(self, context):
        self.ran.append(context.target.name)
        if self.doing == "raise":
            raise ZeroDivisionError("a bug of ours")
        if self.doing == "hang":
            await asyncio.sleep(60)
        if self.doing == "say nothing":
            return
        earlier = context.record.earlier(ScanTime)
        evidence = context.evidence.store_document(self.name, self.witness, {"earlier": len(earlier)})
        subject = EndpointSubject(environment=context.target.name, endpoint=self.name)
        context.record.seen(subject, ScanTime(now=START), evidence)


def plan(folder, *probes, targets=None, **changes):
    fields = {
        "run_id": "run-1",
        "folder": folder,
        "started_at": START,
        "targets": targets or (EnvironmentTarget(name="test"),),
        "probes": probes,
        "tokens": {},
    }
    return ScanPlan(**{**fields, **changes})


def results(result, kind=ScanTime):
    return {o.key.subject.label(): o.result for o in result.facts.of(kind, Witness.PROTOCOL)}


@pytest.mark.asyncio
async def test_every_probe_looks_at_every_environment(tmp_path):
    probe = StubProbe("a")
    targets = (EnvironmentTarget(name="test"), EnvironmentTarget(name="prod"))
    await run_scan(plan(tmp_path, probe, targets=targets))
    assert sorted(probe.ran) == ["prod", "test"]


@pytest.mark.asyncio
async def test_a_probe_runs_after_those_whose_facts_it_reads(tmp_path):
    second, first = StubProbe("second", after=frozenset({"first", "not in this run"})), StubProbe("first")
    result = await run_scan(plan(tmp_path, second, first))
    stored = {p.name: json.loads(p.read_text()) for p in tmp_path.glob("evidence/*/*.json")}
    seen_before = {d["title"]: d["artefact"] for d in stored.values()}
    assert seen_before["second"]["earlier"] > seen_before["first"]["earlier"]
    assert all(isinstance(r, Seen) for r in results(result).values())


@dataclass
class Yielding(StubProbe):
    """Waits for `first` where it is to."""

    waits: bool = True
    yields_to: frozenset[str] = frozenset({"first", "not in this run"})
    asked: list[int] = field(default_factory=list)

    def yields(self, context):
        self.asked.append(len(context.record.earlier(ScanTime)))
        return self.waits


@pytest.mark.asyncio
@pytest.mark.parametrize("waits", [True, False])
async def test_a_probe_that_yields_waits_only_where_there_is_too_little_for_all(tmp_path, waits):
    begun, ended = asyncio.Event(), []

    class First(StubProbe):
        async def run(self, context):
            if not waits:
                await begun.wait()
            await super().run(context)
            ended.append(self.name)

    class Second(Yielding):
        async def run(self, context):
            begun.set()
            assert ended == (["first"] if waits else [])
            await super().run(context)

    second = Second("second", after=frozenset({"ground"}), waits=waits)
    result = await run_scan(plan(tmp_path, second, First("first"), StubProbe("ground")))
    assert all(isinstance(seen, Seen) for seen in results(result).values())
    assert second.asked[0] > 0  # what it runs after had been seen
    assert result.bugs == ()


@pytest.mark.asyncio
async def test_a_probe_that_cannot_tell_whether_it_is_to_wait_waits_and_looks(tmp_path):
    class Second(Yielding):
        def yields(self, context):
            raise ZeroDivisionError("a bug of ours")

    second, first = Second("second"), StubProbe("first")
    result = await run_scan(plan(tmp_path, second, first))
    assert [type(seen) for seen in results(result).values()] == [Seen] * len(results(result))
    stored = {p.name: json.loads(p.read_text()) for p in tmp_path.glob("evidence/*/*.json")}
    seen_before = {d["title"]: d["artefact"] for d in stored.values()}
    assert seen_before["second"]["earlier"] > seen_before["first"]["earlier"]
    (bug,) = result.bugs
    assert bug.startswith("test/second: ZeroDivisionError")
    assert (tmp_path / bug.partition("(")[2].rstrip(")")).read_text().strip()


@pytest.mark.asyncio
async def test_probes_that_may_wait_for_each_other_are_refused(tmp_path):
    with pytest.raises(ValueError, match="wait for each other"):
        await run_scan(plan(tmp_path, Yielding("second"), StubProbe("first", after=frozenset({"second"}))))


@pytest.mark.asyncio
async def test_probes_that_take_long_to_load_are_loaded_while_the_others_look(tmp_path):
    loaded = threading.Event()
    later = StubProbe("later"), StubProbe("last", after=frozenset({"later"}))

    class Waiting(StubProbe):
        async def run(self, context):
            assert await asyncio.to_thread(loaded.wait, 60)
            await super().run(context)

    def load():
        loaded.set()
        return later

    result = await run_scan(plan(tmp_path, Waiting("first"), later=load))
    assert set(results(result)) == {"first", "later", "last"}
    assert all(isinstance(seen, Seen) for seen in results(result).values())
    assert result.bugs == ()


@pytest.mark.asyncio
async def test_a_run_that_is_cancelled_leaves_no_probe_at_work(tmp_path):
    began = asyncio.Event()

    class Hanging(StubProbe):
        async def run(self, context):
            began.set()
            await super().run(context)

    running = asyncio.create_task(run_scan(plan(tmp_path, Hanging("first", "hang"), later=tuple)))
    await began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.asyncio
@pytest.mark.parametrize("doing, reason", [("raise", Reason.PROBE_BUG), ("say nothing", Reason.PROBE_BUG)])
async def test_a_probe_that_fails_or_is_silent_is_our_bug_and_ends_nothing(tmp_path, doing, reason):
    target = loopback_target("https://127.0.0.1:9/ocpi/versions")
    result = await run_scan(plan(tmp_path, StubProbe("bad", doing), StubProbe("good"), targets=(target,)))
    seen = results(result)
    assert isinstance(seen["test"], Unavailable)
    assert seen["test"].reason is reason
    assert isinstance(seen["good"], Seen)
    assert len(result.bugs) == (doing == "raise")


@pytest.mark.asyncio
async def test_a_probe_that_fails_has_not_seen_what_it_sees_beside_another_either(tmp_path):
    class Beside(StubProbe):
        also = frozenset({ScanTime})

    both = StubProbe("good"), Beside("bad", "raise", provides=frozenset({ContractInForce}))
    result = await run_scan(plan(tmp_path, *both))
    assert isinstance(results(result)["good"], Seen)
    missing = {o.key.fact for o in result.facts if isinstance(o.result, Unavailable)}
    assert missing == {ContractInForce, ScanTime}


@pytest.mark.asyncio
async def test_where_there_is_no_endpoint_a_probe_of_endpoints_has_nothing_to_say(tmp_path):
    seen = results(await run_scan(plan(tmp_path, StubProbe("silent", "say nothing"))))
    assert seen["test"].reason is Reason.NOT_CONFIGURED


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["raise", "time out"])
async def test_a_probe_that_ends_early_is_not_believed_to_have_seen_everything(tmp_path, end, monkeypatch):
    monkeypatch.setattr("scanner.run.one_probe._SLACK_S", 1.0)

    class HalfWay(StubProbe):
        async def run(self, context):
            await super().run(context)
            if end == "raise":
                raise RuntimeError("in the middle")
            await asyncio.sleep(30)

    target = EnvironmentTarget(name="test", limits=Limits(max_seconds=0.1))
    result = await run_scan(plan(tmp_path, HalfWay("half"), targets=(target,)))
    seen = results(result)
    assert isinstance(seen["half"], Seen)
    assert isinstance(seen["test"], Unavailable)
    monkeypatch.setattr("scanner.run.one_probe._SLACK_S", 60.0)
    again = StubProbe("half")
    resumed = await run_scan(plan(tmp_path, again, targets=(target,), resume=True))
    assert again.ran == ["test"]
    assert list(results(resumed)) == ["half"]


@pytest.mark.asyncio
async def test_two_probes_that_contradict_each_other_end_nothing(tmp_path):
    class Other(StubProbe):
        async def run(self, context):
            evidence = context.evidence.store_document("other", self.witness, {})
            subject = EndpointSubject(environment="test", endpoint="a")
            context.record.seen(subject, ScanTime(now=datetime.now(UTC)), evidence)

    result = await run_scan(plan(tmp_path, StubProbe("a"), Other("b"), StubProbe("c")))
    seen = results(result)
    assert isinstance(seen["a"], Unavailable)
    assert isinstance(seen["c"], Seen)
    assert len(result.bugs) == 1


@pytest.mark.asyncio
async def test_a_disk_that_is_full_loses_the_traceback_and_nothing_else(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    class Broken(StubProbe):
        async def run(self, context):
            monkeypatch.setattr(type(context.evidence), "store_text", full)
            raise ValueError("a bug")

    result = await run_scan(plan(tmp_path, Broken("broken"), StubProbe("good")))
    assert isinstance(results(result)["good"], Seen)
    assert "No space left" in result.bugs[0]


@pytest.mark.asyncio
@pytest.mark.parametrize("beside,bugs", [((), 0), ((ValueError("a bug"),), 1)])
async def test_a_disk_that_is_full_is_no_bug_of_ours(tmp_path, beside, bugs):
    full = OSError(errno.ENOSPC, "No space left on device")

    class Keeping(StubProbe):
        async def run(self, context):
            raise ExceptionGroup("tasks", [full, ExceptionGroup("inner", [full, *beside])])

    result = await run_scan(plan(tmp_path, Keeping("keeping"), StubProbe("good")))
    assert len(result.bugs) == bugs
    seen = results(result)
    assert isinstance(seen["good"], Seen)
    assert isinstance(seen["test"], Unavailable)
    assert seen["test"].reason is (Reason.PROBE_BUG if bugs else Reason.STOPPED)
    assert bugs or seen["test"].detail.endswith("No space left on device")


@pytest.mark.asyncio
async def test_probes_that_wait_for_each_other_are_refused(tmp_path):
    one, two = StubProbe("one", after=frozenset({"two"})), StubProbe("two", after=frozenset({"one"}))
    with pytest.raises(ValueError, match="wait for each other"):
        await run_scan(plan(tmp_path, one, two))


@pytest.mark.asyncio
async def test_a_stopped_run_still_says_what_was_seen_and_what_was_not(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.run.runner._GRACE_S", 0.1)
    waiting = StubProbe("waiting", after=frozenset({"slow"}))
    async with stopped_when(lambda: has_finished(tmp_path, "quick")) as stop:
        result = await run_scan(plan(tmp_path, StubProbe("quick"), StubProbe("slow", "hang"), waiting), stop=stop)
    seen = results(result)
    assert isinstance(seen["quick"], Seen)
    assert result.stopped
    assert isinstance(seen["test"], Unavailable)
    assert seen["test"].reason is Reason.STOPPED


@pytest.mark.asyncio
async def test_a_resumed_run_keeps_finished_probes_and_runs_the_others(tmp_path):
    done, broken = StubProbe("done"), StubProbe("later", "hang")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scanner.run.runner._GRACE_S", 0.05)
        async with stopped_when(lambda: has_finished(tmp_path, "done")) as stop:
            await run_scan(plan(tmp_path, done, broken), stop=stop)
    again, later = StubProbe("done"), StubProbe("later")
    result = await run_scan(plan(tmp_path, again, later, resume=True))
    assert (again.ran, later.ran) == ([], ["test"])
    whole = await run_scan(plan(tmp_path / "whole", StubProbe("done"), StubProbe("later")))
    assert results(result).keys() == results(whole).keys()
    assert all(isinstance(r, Seen) for r in results(result).values())


@pytest.mark.asyncio
async def test_time_and_contracts_are_facts_with_the_configuration_as_evidence(tmp_path):
    contract = Contract(partner="x", party=Party(country_code="NL", party_id="TST"), roles=(), grants=())
    target = EnvironmentTarget(name="test", identities=(Identity(name="me", partner="x"),), contracts=(contract,))
    result = await run_scan(plan(tmp_path, targets=(target,), configuration={"partners": {"x": {}}}))
    (time_fact,) = result.facts.of(ScanTime)
    (contract_fact,) = result.facts.of(ContractInForce)
    assert time_fact.key.subject == EnvironmentSubject(environment="test")
    assert isinstance(contract_fact.result, Seen)
    assert contract_fact.result.fact.contract == contract


@pytest.mark.asyncio
async def test_no_secret_reaches_the_run_folder(tmp_path):
    secret = Secret("canary-3f9a77c1")

    class Careless(StubProbe):
        async def run(self, context):
            context.evidence.store_text("said canary-3f9a77c1", self.witness, "the token is canary-3f9a77c1")
            raise ValueError("canary-3f9a77c1")

    await run_scan(plan(tmp_path, Careless("careless"), tokens={("test", "me"): secret}))
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"canary" not in everything
    assert b"redacted" in everything


OURS = Party(country_code="NL", party_id="TST")


def write_intent(url, method, **changes):
    fields = {
        "effect": Effect.WRITE, "environment": "test", "probe": "scenario", "purpose": "try", "identity": "burn",
        "owners": frozenset({OURS}), "module": "locations", "method": method, "url": url,
    }  # fmt: skip
    return HttpIntent(**{**fields, **changes})


def location_left(url):
    return Leftover(
        what="location 1",
        environment="test",
        identity="burn",
        undo_method="DELETE",
        undo_url=url,
        owner="NL-TST",
        module="locations",
    )


def exercise(url, ca_file=None):
    target = loopback_target(url, ca_file=ca_file, identities=(Identity(name="burn", disposable=True, party=OURS),))
    return EnvironmentTarget(
        name="test", endpoints=target.endpoints, identities=target.identities, mode=Mode.EXERCISE, limits=target.limits
    )


@pytest.mark.asyncio
async def test_cleanup_takes_back_what_an_interrupted_run_left(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/locations/1"
        left = location_left(url)
        async with open_gate(exercise(url, ca), tmp_path, {"burn": "token-of-burn"}) as opened:
            await opened.gate.http(write_intent(url, "PUT", body=b"{}", leaves=(left,)))
            cleaned = await clean_up(read_journal(tmp_path / FILE_NAME), opened.gate)
            assert [left.what for left in cleaned.removed] == ["location 1"]
            assert not cleaned.remaining
            nothing_left = await clean_up(read_journal(tmp_path / FILE_NAME), opened.gate)
            assert not nothing_left.removed
        assert [request.split()[0] for request in server.requests] == [b"PUT", b"DELETE"]


@pytest.mark.asyncio
async def test_cleanup_says_what_cannot_be_taken_back(tmp_path):
    left = Leftover(what="CDR 7", environment="test", identity="burn")
    entries = [{"kind": "intent", "number": 1, "probe": "p", "leaves": [_as_json(left)]}]
    async with open_gate(exercise("https://localhost:9/versions"), tmp_path) as opened:
        cleaned = await clean_up(entries, opened.gate)
    assert cleaned.remaining == ((left, "OCPI has no request that takes it back"),)


@pytest.mark.asyncio
async def test_cleanup_speaks_as_the_identity_that_left_it(tmp_path):
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/locations/1"
        left = location_left(url)
        entries = [{"kind": "intent", "number": 1, "probe": "p", "leaves": [_as_json(left)]}]
        async with open_gate(exercise(url), tmp_path, {"burn": "token-of-burn"}) as opened:
            cleaned = await clean_up(entries, opened.gate)
        # plaintext: the gate rather leaves the object than sends a real token in clear
        assert not cleaned.removed
        assert "verified TLS" in cleaned.remaining[0][1]
        assert server.requests == []


def _as_json(left):
    return {name: getattr(left, name) for name in left.__dataclass_fields__}


@pytest.mark.asyncio
async def test_a_refusal_with_http_200_takes_nothing_back(tmp_path):
    refusal = ok(b'{"status_code": 2001, "status_message": "no", "timestamp": "2026-11-21T12:00:00Z"}')
    tls, ca = self_signed(tmp_path)
    async with byte_server(refusal, tls=tls) as server:
        url = f"https://localhost:{server.port}/locations/1"
        async with open_gate(exercise(url, ca), tmp_path, {"burn": "token-of-burn"}) as opened:
            await opened.gate.http(write_intent(url, "PUT", body=b"{}", leaves=(location_left(url),)))
            cleaned = await clean_up(read_journal(tmp_path / FILE_NAME), opened.gate)
        assert [request.split()[0] for request in server.requests] == [b"PUT", b"DELETE"]
    assert not cleaned.removed
    assert [left.leftover.what for left in left_behind(read_journal(tmp_path / FILE_NAME))] == ["location 1"]


@pytest.mark.asyncio
async def test_after_a_stop_nothing_is_sent_but_what_takes_back(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/locations/1"
        async with open_gate(exercise(url, ca), tmp_path, {"burn": "token-of-burn"}) as opened:
            await opened.gate.http(write_intent(url, "PUT", body=b"{}", leaves=(location_left(url),)))
            opened.gate.stop("stopped by the user")
            await opened.gate.http(write_intent(url, "PUT", body=b"{}"))
            cleaned = await clean_up(read_journal(tmp_path / FILE_NAME), opened.gate)
        assert [request.split()[0] for request in server.requests] == [b"PUT", b"DELETE"]
    assert [left.what for left in cleaned.removed] == ["location 1"]
    assert left_behind(read_journal(tmp_path / FILE_NAME)) == ()


def test_objects_of_one_name_at_two_platforms_are_two_leftovers():
    def left(url):
        return Leftover(what="location 1", environment="test", identity="burn", undo_method="DELETE", undo_url=url)

    first, second = _as_json(left("https://a/1")), _as_json(left("https://b/1"))
    entries = [
        {"kind": "intent", "number": 1, "probe": "p", "leaves": [first]},
        {"kind": "intent", "number": 2, "probe": "p", "leaves": [second]},
        {"kind": "removed", **first},
    ]
    assert [behind.leftover.undo_url for behind in left_behind(entries)] == ["https://b/1"]


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.scanner.run.test_runner import StubProbe, plan
from scanner.run.runner import run_scan

class Slow(StubProbe):
    async def run(self, context):
        await asyncio.sleep(0.05 * (1 + int(self.name[1:])))
        await super().run(context)

probes = [Slow(f"p{n}") for n in range(8)]
asyncio.run(run_scan(plan(Path(sys.argv[1]), *probes, resume=True)))
print("done", flush=True)
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_loses_no_finished_probe(tmp_path, seed):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", CHILD, str(tmp_path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        _wait_for(tmp_path / FILE_NAME)
        time.sleep(random.Random(seed).uniform(0.0, 0.45))
        child.send_signal(signal.SIGKILL)
    before = [e["probe"] for e in read_journal(tmp_path / FILE_NAME) if e["kind"] == "probe"]
    probes = [StubProbe(f"p{n}") for n in range(8)]
    result = asyncio.run(run_scan(plan(tmp_path, *probes, resume=True)))
    assert [p.name for p in probes if not p.ran] == sorted(before)
    assert len([r for r in results(result).values() if isinstance(r, Seen)]) == 8


def _wait_for(path: Path) -> None:
    for _ in range(3000):
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never appeared")
