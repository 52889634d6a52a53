"""Backends that are slow, hang, fail, lie or are stale: what a partner sees of it, and what it does not see."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.service.deployment.folder import Folder, prepare
from infra.service.faults.backends import Condition, Fails, Hangs, Lies, Slow, Stale, behind, misspelled
from infra.service.partner import Party
from infra.service.store import Kind, StoredObject
from tests.infra.service.examples import T2, location, seeded
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a
from tests.targets.reference_service import RunningService, running_service

TIMEOUT_S = 0.3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A service that gives a backend up after a short time."""
    backends = {"timeout_s": TIMEOUT_S}
    return prepare(tmp_path_factory.mktemp("backends") / "deployment", backends=backends)


@pytest.fixture
def behind_proxy(folder: Folder) -> Callable[[Mapping[Kind, Condition]], Any]:
    """The service with backends in such conditions, which may change."""

    @contextmanager
    def started(conditions: Mapping[Kind, Condition]) -> Iterator[RunningService]:
        with running_service(folder=folder, backend=behind(conditions), versions=["2.2.1"]) as service:
            yield service

    return started


def events(service: RunningService, name: str) -> list[Mapping[str, object]]:
    return [event for event in service.events if event["event"] == name]


def test_a_backend_that_hangs_holds_up_so_many_requests_and_no_other_module(tmp_path: Path):
    """Two wait, whoever else comes is told at once, and the other modules answer meanwhile."""
    hangs = Hangs()
    patient = prepare(tmp_path / "deployment", backends={"timeout_s": 30, "most_at_a_time": 2})
    proxy = behind({Kind.TARIFFS: hangs})
    with (
        running_service(folder=patient, backend=proxy, versions=["2.2.1"]) as service,
        ThreadPoolExecutor(2) as pool,
    ):
        ask = emsp_a(service)
        waiting = [pool.submit(ask.get, f"{CPO}/tariffs") for _ in range(2)]
        end = time.monotonic() + 60
        while hangs.waiting < 2 and time.monotonic() < end:
            time.sleep(0.005)
        too_many = ask.get(f"{CPO}/tariffs")
        others = [ask.get(f"{CPO}/locations"), ask.get(f"{CPO}/sessions"), ask.get("/ocpi/versions")]
        assert hangs.waiting == 2
        hangs.is_back = True
        late = [one.result(20) for one in waiting]
    assert (too_many.status, too_many.code, too_many.headers["Retry-After"]) == (503, 3000, "30")
    assert [reply.code for reply in (*others, *late)] == [1000] * 5
    assert [event["outcome"] for event in events(service, "backend")] == ["busy"]


def test_a_backend_that_hangs_is_given_up_in_time_and_used_again_when_it_is_back(behind_proxy: Any):
    hangs = Hangs()
    with behind_proxy({Kind.TARIFFS: hangs}) as service:
        ask = emsp_a(service)
        given_up = ask.get(f"{CPO}/tariffs")
        assert (given_up.status, given_up.code) == (503, 3000)
        hangs.is_back = True
        assert ask.get(f"{CPO}/tariffs").code == 1000
    assert [event["outcome"] for event in events(service, "backend")] == ["timeout"]


def test_a_push_during_an_outage_is_refused_and_after_it_stored_once(behind_proxy: Any):
    conditions: dict[Kind, Condition] = {Kind.LOCATIONS: Hangs()}
    with behind_proxy(conditions) as service:
        push = cpo_c(service)
        refused = push.put(f"{EMSP}/locations/BE/GRN/LOC-NEW", location())
        assert (refused.status, refused.code) == (503, 3000)
        conditions[Kind.LOCATIONS] = Condition()
        assert push.get(f"{EMSP}/locations/BE/GRN/LOC-NEW").status == 404
        assert [push.put(f"{EMSP}/locations/BE/GRN/LOC-NEW", location()).status for _ in range(2)] == [201, 200]
    written = [event["outcome"] for event in events(service, "data_change")]
    assert written == ["created", "unchanged"]


def test_slow_and_failing_backends_are_answered_inside_ocpi(behind_proxy: Any):
    with behind_proxy({Kind.TARIFFS: Fails(), Kind.LOCATIONS: Slow(TIMEOUT_S / 10)}) as service:
        ask = emsp_a(service)
        failed = ask.get(f"{CPO}/tariffs")
        assert (failed.status, failed.code, "data" in failed.json) == (500, 3000, False)
        assert b"down" not in failed.body
        assert ask.get(f"{CPO}/locations").code == 1000


def changed(**values: Any) -> Callable[[StoredObject], StoredObject]:
    return lambda found: replace(found, body=found.body | values)


LIES: Mapping[str, tuple[Kind, Callable[[StoredObject], StoredObject]]] = {
    "a value of no type": (Kind.TARIFFS, misspelled),
    "a field too few": (Kind.TARIFFS, lambda found: replace(found, body={"id": found.body["id"]})),
    "a field of its own": (Kind.TARIFFS, changed(internal_margin=0.2)),
    "a field of its own, inside": (
        Kind.TARIFFS,
        lambda found: replace(found, body=found.body | {"elements": [e | {"cost": 1} for e in found.body["elements"]]}),
    ),
    "another party's": (Kind.TARIFFS, changed(party_id="XXX")),
    "another id": (Kind.TARIFFS, changed(id="ANOTHER")),
    "another date": (Kind.TARIFFS, changed(last_updated=T2)),
    "a text of a megabyte": (Kind.TARIFFS, changed(id="A" * 2**20)),
    "no object": (Kind.TARIFFS, lambda found: replace(found, body=[found.body])),  # type: ignore[arg-type]
    "another driver's": (Kind.CDRS, lambda found: replace(found, tenant=Party("FR", "RLN"))),
    "a sum that is not one": (Kind.SESSIONS, changed(kwh=-1.0)),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_backend_makes_up_leaves_through_no_list_and_no_object(behind_proxy: Any, lie: str):
    kind, change = LIES[lie]
    with behind_proxy({kind: Lies(change)}) as service:
        ask = emsp_a(service)
        listed = ask.get(f"{CPO}/{kind}")
        assert (listed.code, listed.data) == (1000, [])
        one = next(o for o in seeded(kind) if o["party_id"] == "RFC")
        shown = ask.get(f"{CPO}/{kind}/{one['id']}")
        assert "data" not in shown.json
        assert shown.code in {2000, 3000}
    assert {event["module"] for event in events(service, "backend_value")} == {str(kind)}


def test_a_token_is_not_allowed_on_the_word_of_a_backend_alone(behind_proxy: Any):
    """The backend says that a blocked token is valid, in words that are none of OCPI."""
    with behind_proxy({Kind.TOKENS: Lies(changed(valid="yes"))}) as service:
        ask = cpo_c(service)
        uid = next(o["uid"] for o in seeded("tokens") if o["party_id"] == "RFM" and o["type"] == "RFID")
        answered = ask.post(f"{EMSP}/tokens/{uid}/authorize")
        assert (answered.status, answered.code) == (500, 3000)


def test_what_was_sound_is_looked_at_again_when_a_value_has_another_type(behind_proxy: Any):
    """1 is not true, though Python finds them equal."""
    conditions = {Kind.TOKENS: Condition()}
    with behind_proxy(conditions) as service:
        ask = cpo_c(service)
        uid = next(o["uid"] for o in seeded("tokens") if o["party_id"] == "RFM" and o["type"] == "RFID")
        assert ask.post(f"{EMSP}/tokens/{uid}/authorize").code == 1000
        conditions[Kind.TOKENS] = Lies(
            lambda found: replace(found, body=found.body | {"valid": int(found.body["valid"])})
        )
        assert ask.post(f"{EMSP}/tokens/{uid}/authorize").code == 3000


def test_the_sound_objects_of_a_page_are_served_beside_the_unsound_one(behind_proxy: Any):
    first = next(o["id"] for o in seeded("tariffs") if o["party_id"] == "RFC")
    lie = Lies(lambda found: misspelled(found) if found.body["id"] == first else found)
    with running_service(versions=["2.2.1"]) as sound:
        every = [o["id"] for o in emsp_a(sound).get(f"{CPO}/tariffs").data]
    with behind_proxy({Kind.TARIFFS: lie}) as service:
        reply = emsp_a(service).get(f"{CPO}/tariffs")
    assert [o["id"] for o in reply.data] == [one for one in every if one != first]
    assert reply.headers["X-Total-Count"] == str(len(every))


def test_a_stale_backend_cannot_bring_back_what_a_newer_push_replaced(behind_proxy: Any):
    """It shows the former object; a push that is older than the stored one is refused all the same."""
    stale = Stale()
    newer = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with behind_proxy({Kind.LOCATIONS: stale}) as service:
        push, path = cpo_c(service), f"{EMSP}/locations/BE/GRN/LOC-NEW"
        assert push.put(path, location()).status == 201
        assert push.get(path).data["last_updated"] == location()["last_updated"]
        assert push.put(path, location(last_updated=newer)).code == 1000
        assert push.put(path, location()).code == 3000
