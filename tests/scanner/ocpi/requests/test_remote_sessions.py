"""A session that the scan started is stopped, whatever ends the scan: a stop, a cancellation, or a kill -9."""

import asyncio
import signal
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from infra.service.modules.callbacks import send_result
from infra.service.modules.remote_sessions import begin, finish
from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.facts.ocpi.requests import RequestsWalked, StartedSessionSeen
from scanner.model.facts.ocpi.transitions import Became
from scanner.model.observation import Unavailable
from scanner.ocpi.callbacks.commands import Commanding
from scanner.ocpi.callbacks.named_evse import NamedEvse
from scanner.ocpi.callbacks.probe import CallbacksProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.requests.remote_sessions import LEAST_REQUESTS
from scanner.ocpi.requests.standing_sessions import LEAST_S
from scanner.ocpi.requests.walking import STARTS, Walking
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.requests.killed_child import unwatch, watch
from tests.targets.called_back import COMMANDING, able_evse, calling_service, commanded_at, look
from tests.targets.killed_scanners import scanners
from tests.targets.walked_requests import requested_service, requested_target

BEGUN, OVER = "begin", "finish"


@pytest.fixture
def fresh():
    with calling_service() as running:
        yield running


def target_of(service, evse=None):
    chain, key = service.folder.server
    return commanded_at(service.versions_url, service.ca_path, chain, key, evse or able_evse(service))


def changes(service):
    """Sessions that began and ended, in order."""
    return [e["operation"] for e in service.events if e["event"] == "data_change" and e["operation"] in {BEGUN, OVER}]


def sessions_left(folder):
    return [left for left in left_behind(read_journal(folder / FILE_NAME)) if left.leftover.session_mark]


def ended_early(service, folder, ending):
    """Scans until START_SESSION is answered, and ends it then: `ending` gets the gate and the task."""

    async def run():
        async with open_gate(
            target_of(service), folder, tokens={COMMANDING.name: service.tokens[COMMANDING.name]}
        ) as gate:
            await gate.run(DiscoveryProbe())
            probe = CallbacksProbe(after=(), patience_s=20.0)
            task = asyncio.create_task(gate.run(probe))
            watch(lambda gate, moment: ending(gate, task) if moment == "answered START_SESSION" else None)
            try:
                await asyncio.wait([task])
            finally:
                unwatch()
            return task

    return asyncio.run(run())


@pytest.mark.parametrize(
    "ending",
    [
        lambda gate, _task: gate.stop("stopped by the user"),
        lambda gate, task: (gate.stop("stopped by the user"), task.cancel()),
    ],
    ids=["stopped", "stopped and cancelled"],
)
def test_a_session_is_stopped_when_the_scan_is_ended_right_after_its_start(fresh, tmp_path, ending):
    task = ended_early(fresh, tmp_path, ending)
    assert task.cancelled() or task.exception() is None
    assert changes(fresh) == [BEGUN, OVER]
    assert sessions_left(tmp_path) == []


@pytest.mark.parametrize("said", ["TIMEOUT", "REJECTED"])
def test_a_session_that_begins_though_its_command_is_said_to_have_failed_is_stopped(fresh, tmp_path, monkeypatch, said):
    """The Charge Point of a platform that did not hear from it in time may charge all the same."""
    monkeypatch.setattr(
        "infra.service.modules.commands.send_result",
        lambda call, dialect, url, result: send_result(call, dialect, url, {**result, "result": said}),
    )
    facts = look(target_of(fresh), fresh.tokens, tmp_path)
    assert changes(fresh) == [BEGUN, OVER]
    assert sessions_left(tmp_path) == []
    (missing,) = {
        o.result.detail for o in facts if o.key.fact is StartedSessionSeen and isinstance(o.result, Unavailable)
    }
    assert said in missing or "refused, and done all the same" in missing


@pytest.fixture
def waits(monkeypatch):
    """A service that takes a repeated START_SESSION, and begins a second session when the first one has ended."""
    known: list[object] = []
    waiting: list[tuple[Any, ...]] = []

    async def begin_or_wait(*asked):
        if asked[-1] in known:
            waiting.append(asked)
            return True
        known.append(asked[-1])
        return await begin(*asked)

    async def finish_and_begin(*asked):
        done = await finish(*asked)
        while waiting:
            await begin(*waiting.pop())
        return done

    monkeypatch.setattr("infra.service.modules.commands.begin", begin_or_wait)
    monkeypatch.setattr("infra.service.modules.commands.finish", finish_and_begin)


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("fault", [(), ("stopped-by-anyone",)], ids=["stopped by us", "stopped by the other"])
def test_a_repeated_start_that_waits_for_the_charge_point_to_be_free_is_found_and_stopped(tmp_path, fault):
    with requested_service(*fault) as fresh:
        target = replace(requested_target(fresh), evses=frozenset({able_evse(fresh)}))
        facts = look(target, fresh.tokens, tmp_path)
    assert changes(fresh) == [BEGUN, OVER, BEGUN, OVER]
    assert sessions_left(tmp_path) == []
    (repeated,) = (step for step in remote_steps(facts) if step.edge == "start-repeated")
    assert repeated.became is Became.DONE


def remote_steps(facts):
    (walked,) = (
        o.result.fact
        for o in facts
        if o.key.fact is RequestsWalked and hasattr(o.result, "fact")
        if o.result.fact.machine == "remote-sessions"
    )
    return walked.steps


def test_no_second_session_is_begun_where_no_time_is_left_to_stop_it(fresh, tmp_path, monkeypatch):
    left_s = iter([LEAST_S, LEAST_S])  # before the first, and while it is waited for
    monkeypatch.setattr(Gate, "seconds_left", lambda *_: next(left_s, LEAST_S - 1))
    facts = look(target_of(fresh), fresh.tokens, tmp_path)
    assert changes(fresh) == [BEGUN, OVER]
    became = {step.edge: (step.became, step.why) for step in remote_steps(facts)}
    assert became["start-occupied"][0] is Became.NOT_TRIED
    assert "left to stop" in became["start-occupied"][1]
    assert became["stop"][0] is Became.DONE


def stub(**fields: object) -> Any:
    return SimpleNamespace(**fields)


def test_none_is_begun_where_the_requests_that_are_left_would_not_bring_it_to_its_end():
    gate = stub(requests_left=lambda *_: LEAST_REQUESTS - 1, seconds_left=lambda *_: LEAST_S)
    evse = NamedEvse(
        location_id="L", evse_uid="E", connector_id="1", status="AVAILABLE", capabilities=frozenset({STARTS})
    )
    walking = Walking(
        context=stub(gate=gate, target=stub(name="test")),
        endpoint=stub(),
        identity=COMMANDING,
        commands=stub(url="https://h/commands"),
        platform=stub(),
        commanding=stub(evse=evse),
        probe="probe",
        patience_s=1.0,
        ends_within_s=1.0,
    )
    assert "requests of the run are left" in str(walking._why_no_session())
    gate.requests_left = lambda *_: LEAST_REQUESTS
    assert walking._why_no_session() is None


def test_a_resumed_scan_marks_what_it_begins_anew():
    """It makes the same ids again; a session of before with the same mark would be taken for the new one."""

    def started():
        evse = NamedEvse(location_id="L", evse_uid="E", connector_id="1")
        now = datetime(2026, 11, 21, tzinfo=UTC)
        party = COMMANDING.party
        assert party is not None
        return Commanding(version="2.2.1", party=party, evse=evse, ids=Random("the same"), now=now).start().mark

    assert started() != started()


def killed_at(step, service, folder):
    chain, key = service.folder.server
    paths = {"ca": service.ca_path, "chain": chain, "key": key, "folder": folder}
    asked = {name: str(path) for name, path in paths.items()}
    asked |= {"url": service.versions_url, "step": step, "token": service.tokens[COMMANDING.name]}
    with scanners("tests.scanner.ocpi.requests.killed_child") as scanner:
        assert scanner({**asked, "evse": able_evse(service)}) == -signal.SIGKILL


def cleaned(service, folder, entries, evse):
    token = (folder / "sinks" / COMMANDING.name).read_text().strip()

    async def clean():
        async with open_gate(target_of(service, evse), folder, tokens={COMMANDING.name: token}) as opened:
            return await clean_up(entries, opened.gate)

    return asyncio.run(clean())


def of_sessions(folder, mark=None):
    """The journal without the registration, which is another matter; `mark`: as if the session had that one."""
    for entry in read_journal(folder / FILE_NAME):
        left = [one for one in entry.get("leaves", ()) if one["session_mark"]]
        if entry["kind"] != "intent" or left:
            yield {**entry, "leaves": [one | {"session_mark": mark or one["session_mark"]} for one in left]}


def test_cleanup_finds_and_stops_the_session_of_a_scan_that_was_killed_where_it_may(fresh, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.run.cleanup._PATIENCE_S", 0.5)  # for a session that is not listed
    evse = able_evse(fresh)
    killed_at("answered START_SESSION", fresh, tmp_path)
    (left,) = sessions_left(tmp_path)
    ((_, why),) = cleaned(fresh, tmp_path, of_sessions(tmp_path), "ANOTHER-EVSE").remaining
    assert "`evses`" in why
    ((_, why),) = cleaned(fresh, tmp_path, of_sessions(tmp_path, "POSTURE-OF-NONE"), evse).remaining
    assert "no session that it began is listed" in why
    assert changes(fresh) == [BEGUN]
    done = cleaned(fresh, tmp_path, of_sessions(tmp_path), evse)
    assert (done.removed, done.remaining) == ((left.leftover,), ())
    assert changes(fresh) == [BEGUN, OVER]
    assert sessions_left(tmp_path) == []
