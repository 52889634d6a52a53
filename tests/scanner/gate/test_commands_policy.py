"""Which commands leave: those about made-up ids alone, and those that name the EVSE that they are declared for."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec import structs

from scanner.gate.asked import AskedResults
from scanner.gate.decision import Decisions
from scanner.gate.journal import Journal
from scanner.gate.policy.commands import about_evse, about_nothing
from scanner.gate.policy.effects import not_permitted
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.model.effect import Effect, Mode
from scanner.model.intent import HttpIntent, IdentityCredential, ServeIntent
from scanner.model.leftover import Leftover
from scanner.model.party import Commanded, Identity
from scanner.model.served import CallersToken, ServedCall
from tests.scanner.gate_fixtures import loopback_target

URL = "https://localhost/ocpi/commands/START_SESSION"
STOP = {"session_id": "S1", "response_url": "https://localhost/results/1"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = {"location_id": "POSTURE-1", "evse_uid": "POSTURE-2"}
TWO_READINGS = (
    b'{"location_id": "LOC1", "evse_uid": "E2", "evse_uid": "E1"}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "EVSE_UID": "E2"}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "evseUid": "E2"}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "\\u017fession_id": "S1"}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "command": {"evse_uid": "E2"}}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "commands": [{"session_id": "S1"}]}',
    b'{"location_id": "LOC1", "evse_uid": "E1", "command": {"of": {"evse_uid": "E2"}}}',
    '{"location_id": "LOC1", "evse_uid": "E1"}'.encode("utf-16"),
)


def intent(body, url=URL, **changes):
    fields = {
        "effect": Effect.ACTUATE,
        "environment": "test",
        "probe": "p",
        "purpose": "command",
        "identity": "emsp-one",
        "credential": IdentityCredential(identity="emsp-one"),
        "method": "POST",
        "url": url,
        "module": "commands",
        "body": body if isinstance(body, bytes) else json.dumps(body).encode(),
    }
    return HttpIntent(**{**fields, **changes})


@pytest.mark.parametrize("body", [NOTHING, {"session_id": "POSTURE-3"}, {"location_id": "POSTURE-1"}])
def test_a_command_about_made_up_ids_is_about_nothing(body):
    assert about_nothing(intent(body))


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        b"{",
        {"location_id": "LOC1"},
        {"location_id": "POSTURE-1", "evse_uid": "3256"},
        {"session_id": 7},
        {"reservation_id": "POSTURE-1"},
        {"result": "ACCEPTED"},
        {"location_id": "POSTURE-1", "reservation_id": "a driver's"},
        {"location_id": "POSTURE-1", "reservation_id": 17},
        b'{"session_id": "S1", "session_id": "POSTURE-1"}',
        b'{"session_id": "POSTURE-1", "Session_Id": "S1"}',
        {"session_id": "POSTURE-1", "token": {"of": {"evse_uid": "3256"}}},
    ],
)
def test_what_could_lead_to_hardware_is_not(body):
    assert not about_nothing(intent(body))


def test_a_reservation_about_nothing_may_have_a_number_where_it_is_made():
    body = {"location_id": "POSTURE-1", "reservation_id": 17}
    assert about_nothing(intent(body, URL.replace("START_SESSION", "RESERVE_NOW")))
    assert not about_nothing(intent(body, URL.replace("START_SESSION", "CANCEL_RESERVATION")))


def test_a_result_is_about_nothing_under_a_made_up_id_alone():
    assert about_nothing(intent({"result": "ACCEPTED"}, f"{URL}/POSTURE-9"))
    assert not about_nothing(intent({"result": "ACCEPTED"}, f"{URL}/9"))
    assert not about_nothing(intent({"result": "ACCEPTED"}, f"{URL}/POSTURE-9", module="chargingprofiles"))


def test_it_needs_leave_to_actuate_and_a_disposable_identity_all_the_same():
    who = Identity(name="emsp-one", disposable=True)
    target = replace(
        loopback_target("https://localhost/ocpi/versions", identities=[who]),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.ACTUATE}),
    )
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert not_permitted(intent(NOTHING), target, now) is None
    assert not_permitted(intent({"location_id": "LOC1"}), target, now) is not None
    assert not_permitted(intent(NOTHING, evse="EVSE-1"), target, now) is not None
    for less in (
        replace(target, allow=frozenset()),
        replace(target, mode=Mode.OBSERVE),
        replace(target, identities=(Identity(name="emsp-one"),)),
    ):
        assert not_permitted(intent(NOTHING), less, now) is not None


@pytest.mark.parametrize(
    "body, right",
    [
        ({"location_id": "LOC1", "evse_uid": "E1"}, True),
        ({"reservation_id": "POSTURE-1"}, True),
        ({"location_id": "LOC1", "evse_uid": "E2"}, False),
        ({"location_id": "LOC1"}, False),  # any EVSE of the location
        ({"location_id": "LOC1", "evse_uid": "E1", "session_id": "S1"}, False),
        ({"session_id": "S1"}, False),
        ({"reservation_id": "a driver's"}, False),
        ({}, False),
        (b"{", False),
        # a driver's reservation would be cancelled, or replaced by ours
        ({"location_id": "LOC1", "evse_uid": "E1", "reservation_id": "a driver's"}, False),
        ({"location_id": "LOC1", "evse_uid": "E1", "reservation_id": 17}, False),
        ({"location_id": "LOC1", "evse_uid": "E1", "reservation_id": "POSTURE-1"}, True),
        # a driver would be billed
        ({"location_id": "LOC1", "evse_uid": "E1", "token": {"uid": "012345678"}}, False),
        ({"location_id": "LOC1", "evse_uid": "E1", "token": "012345678"}, False),
        ({"location_id": "LOC1", "evse_uid": "E1", "token": {"uid": "POSTURE-1"}}, True),
        *((body, False) for body in TWO_READINGS),
    ],
    ids=str,
)
def test_a_command_leaves_for_the_evse_that_it_names_and_no_other(body, right):
    who = Identity(name="emsp-one", disposable=True)
    target = replace(
        loopback_target("https://localhost/ocpi/versions", identities=[who]),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.ACTUATE}),
        evses=frozenset({"E1"}),
    )
    assert about_evse(intent(body, evse="E1")) is right
    refused = not_permitted(intent(body, evse="E1"), target, datetime(2026, 1, 1, tzinfo=UTC))
    assert (refused is None) is right
    assert not about_evse(intent(body))


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_charging_profile_is_about_nothing_under_a_made_up_session_and_else_about_the_evse_that_is_declared(method):
    profiles = "https://localhost/ocpi/chargingprofiles"
    made_up, real = (
        intent(b"", f"{profiles}/{name}", method=method, module="chargingprofiles") for name in ("POSTURE-1", "S1")
    )
    assert about_nothing(made_up)
    assert not about_nothing(real)
    assert about_evse(structs.replace(real, evse="E1"))
    assert not about_evse(real)


RESULT_URL = "https://localhost/ocpi/emsp/2.2.1/commands/UNLOCK_CONNECTOR/3f2a"


def commanded(**changes):
    who = Identity(name="emsp-one", disposable=True, commanded=Commanded(at=NOW))
    target = loopback_target("https://localhost/ocpi/versions", identities=[replace(who, **changes)])
    return replace(target, mode=Mode.EXERCISE, allow=frozenset({Effect.ACTUATE}))


def test_a_result_of_a_command_that_came_to_us_may_leave_where_the_platform_was_to_send_some():
    result = intent({"result": "ACCEPTED"}, RESULT_URL, answers_command=True)
    assert not_permitted(result, commanded(), NOW) is None
    assert not_permitted(result, replace(commanded(), mode=Mode.OBSERVE), NOW)
    assert not_permitted(result, replace(commanded(), allow=frozenset()), NOW)
    assert not_permitted(result, commanded(commanded=None), NOW)
    assert not_permitted(result, commanded(disposable=False), NOW)


@pytest.mark.parametrize(
    "body", [{}, b"{", {"result": "ACCEPTED", "session_id": "S1"}, {"location_id": "LOC1"}, {"message": []}]
)
def test_what_is_no_result_is_no_answer_to_a_command(body):
    assert not_permitted(intent(body, RESULT_URL, answers_command=True), commanded(), NOW)


def asked_for(*bodies, token=CallersToken.NEWEST, takes=True, method="POST"):
    serving = ServeIntent(
        effect=Effect.REGISTRATION,
        environment="test",
        probe="p",
        purpose="be commanded",
        host="127.0.0.1",
        port=0,
        nonce="n",
        deadline_s=1.0,
        takes_commands=takes,
    )
    call = ServedCall(received_at=NOW, peer="192.0.2.1", method=method, path="/x", headers=(), body=b"", token=token)
    results = AskedResults()
    for body in bodies:
        results.heard(serving, replace(call, body=body.encode()))
    return results


NAMES_IT = json.dumps({"response_url": RESULT_URL})


def test_a_result_goes_to_a_url_that_a_command_named_and_to_no_other():
    results = asked_for(NAMES_IT)
    assert results.refusal(intent({"result": "ACCEPTED"}, RESULT_URL, answers_command=True)) is None
    assert results.refusal(intent({"result": "ACCEPTED"}, f"{RESULT_URL}b", answers_command=True))
    elsewhere = intent({"result": "ACCEPTED"}, RESULT_URL, answers_command=True, environment="prod")
    assert results.refusal(elsewhere)
    assert results.refusal(intent(NOTHING)) is None


def test_of_a_flood_of_commands_the_first_thousand_are_remembered():
    flood = [json.dumps({"response_url": f"{RESULT_URL}/{number}"}) for number in range(1001)]
    results = asked_for(*flood)
    kept, last = (intent({"result": "ACCEPTED"}, f"{RESULT_URL}/{n}", answers_command=True) for n in (999, 1000))
    assert results.refusal(kept) is None
    assert results.refusal(last)


@pytest.mark.parametrize(
    "heard",
    [
        {"body": NAMES_IT, "token": CallersToken.FORMER},
        {"body": NAMES_IT, "token": CallersToken.NONE},
        {"body": NAMES_IT, "takes": False},
        {"body": NAMES_IT, "method": "GET"},
        {"body": "{"},
        {"body": "[" * 9000},
        {"body": '{"response_url": 7}'},
        {"body": '["response_url"]'},
    ],
)
def test_what_is_no_command_of_the_platform_names_no_url(heard):
    body = heard.pop("body")
    result = intent({"result": "ACCEPTED"}, RESULT_URL, answers_command=True)
    assert asked_for(body, **heard).refusal(result)


@pytest.mark.parametrize(
    "body, mark, goes",
    [
        (STOP, "POSTURE-1", True),
        (STOP, None, False),
        (STOP, "a driver's", False),
        ({"session_id": "S1"}, "POSTURE-1", False),
        ({**STOP, "evse_uid": "E1"}, "POSTURE-1", False),
        ({**STOP, "location_id": "LOC1"}, "POSTURE-1", False),
    ],
)
def test_a_session_is_stopped_only_with_the_mark_of_the_command_of_ours_that_began_it(body, mark, goes):
    assert about_evse(intent(body, begun_with=mark, evse="E1")) is goes
    assert not about_evse(intent(body, begun_with=mark))


def test_a_session_whose_start_did_not_go_out_here_is_not_stopped(tmp_path):
    target = replace(
        loopback_target("https://localhost/ocpi/versions", identities=(Identity(name="emsp-one", disposable=True),)),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.ACTUATE}),
        evses=frozenset({"E1"}),
    )
    journal = Journal(tmp_path / "journal.jsonl", Redactor())
    record = IntentRecord(journal)
    decisions = Decisions({"test": target}, Redactor(), record)
    stop = intent(STOP, "https://localhost/ocpi/commands/STOP_SESSION", begun_with="POSTURE-1", evse="E1")
    refused = decisions.refusal(stop)
    assert refused is not None
    assert "no command of ours" in refused.detail
    begun = Leftover(what="a session", environment="test", identity="emsp-one", session_mark="POSTURE-1", evse="E1")
    record.remember([begun])
    assert decisions.refusal(stop) is None
    journal.close()
