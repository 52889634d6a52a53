"""What the journal keeps of an intent names no driver, except where cleanup needs the URL as it is."""

import json
from dataclasses import replace

import pytest
from msgspec import structs

from scanner.gate.journal import Journal
from scanner.gate.record import IntentRecord
from scanner.gate.redaction import Redactor
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.run.checkpoints import JournalledCheckpoints

UID = "04A1B2C3D4E5F6"
URL = f"https://ocpi.example/ocpi/cpo/2.2.1/tokens/DE/VLT/{UID}"
ANSWER = Exchange(
    method="PUT",
    url=URL,
    request_headers=(),
    request_body=None,
    status=200,
    headers=(),
    body=b"{}",
    truncated=False,
    elapsed_s=0.1,
    peer="127.0.0.1",
)
EMAID, MAIL = "NL-TNM-C12345678-X", "driver@example.org"


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "journal.jsonl", Redactor())
    yield made
    made.close()


def kept(journal: Journal) -> list[str]:
    journal.flush()
    return journal.path.read_text().splitlines()


def intent(effect: Effect, **more) -> HttpIntent:
    return HttpIntent(
        effect=effect, environment="test", probe="p", purpose=f"the object of {EMAID}", method="GET", url=URL, **more
    )


def test_a_read_is_journalled_without_the_driver_it_asks_for(journal):
    record = IntentRecord(journal)
    for _ in range(2):
        record.note(intent(Effect.READ), {"method": "GET", "url": URL, "host": "ocpi.example", "anonymous": False})
    one, other = kept(journal)
    assert UID not in one
    assert EMAID not in one
    assert "https://ocpi.example/ocpi/cpo/2.2.1/tokens/DE/VLT/[redacted token_uid" in json.loads(one)["url"]
    assert json.loads(one)["url"] == json.loads(other)["url"], "the same person is seen to be the same"
    assert json.loads(one)["host"] == "ocpi.example"


def test_the_way_back_of_a_write_stays_as_it_is(journal):
    left = Leftover(what="token", environment="test", identity="a", module="tokens", undo_method="PATCH", undo_url=URL)
    record = IntentRecord(journal)
    record.note(intent(Effect.WRITE, leaves=(left,)), {"method": "PUT", "url": URL, "host": "ocpi.example"})
    (line,) = kept(journal)
    entry = json.loads(line)
    assert entry["url"] == URL
    assert entry["leaves"][0]["undo_url"] == URL


def test_a_session_is_known_by_the_mark_the_evse_and_the_environment_of_its_start(journal):
    left = Leftover(what="the session", environment="test", identity="a", session_mark="POSTURE-1", evse="E1")
    record = IntentRecord(journal)
    stop = structs.replace(intent(Effect.ACTUATE), evse="E1", begun_with="POSTURE-1")
    assert not record.began(stop), "nothing has been started yet"
    record.note(intent(Effect.ACTUATE, leaves=(left,)), {"method": "POST", "url": URL, "host": "ocpi.example"})
    assert record.began(stop)
    for other in ({"evse": "E2"}, {"environment": "prod"}, {"begun_with": "POSTURE-2"}, {"begun_with": None}):
        assert not record.began(structs.replace(stop, **other))


def test_cleanup_brings_the_sessions_of_the_run_before_it(journal):
    left = Leftover(what="the session", environment="test", identity="a", session_mark="POSTURE-1", evse="E1")
    stop = structs.replace(intent(Effect.ACTUATE), evse="E1", begun_with="POSTURE-1")
    record = IntentRecord(journal)
    record.remember([left, replace(left, session_mark=None)])
    assert record.began(stop)
    assert not record.began(structs.replace(stop, begun_with=None))


@pytest.mark.parametrize(
    "effect, leaves, at_once",
    [
        (Effect.READ, False, False),
        (Effect.WRITE, False, False),
        (Effect.LASTING, False, False),
        (Effect.WRITE, True, True),
        (Effect.REGISTRATION, False, True),
        (Effect.ACTUATE, False, True),
    ],
)
def test_how_a_request_was_answered_waits_only_where_nothing_would_be_taken_back(journal, effect, leaves, at_once):
    left = Leftover(what="token", environment="test", identity="a", module="tokens")
    asked = intent(effect, leaves=(left,) if leaves else ())
    record = IntentRecord(journal)
    number = record.note(asked, {"method": "PUT", "url": URL, "host": "ocpi.example"})
    record.outcome(asked, number, ANSWER, received=2)
    in_file = [json.loads(line)["kind"] for line in journal.path.read_text().splitlines()]
    assert in_file == ["intent", "outcome"][: 1 + at_once]
    record.note(asked, {"method": "PUT", "url": URL, "host": "ocpi.example"})
    assert [json.loads(line)["kind"] for line in journal.path.read_text().splitlines()] == [
        "intent",
        "outcome",
        "intent",
    ]


def test_a_checkpoint_names_no_driver_and_stays_a_document_of_its_kind(journal):
    progress: dict[str, JsonValue] = {
        "said": [f"refused {MAIL}", 3, None, True],
        "POSTURE-1": {"of": EMAID},
        "made": "POSTURE-TOKEN-0001",
    }
    JournalledCheckpoints(journal, "test", "p", {}).keep("reached", progress)
    (line,) = kept(journal)
    assert MAIL not in line
    assert EMAID not in line
    value = json.loads(line)["value"]
    assert value["said"][1:] == [3, None, True]
    assert value["made"] == "POSTURE-TOKEN-0001"


def test_of_a_session_every_page_of_its_list_and_its_stop_are_the_way_back(journal):
    """Where a scan was stopped nothing else goes out."""
    sessions, stop = "https://ocpi.example/ocpi/cpo/2.2.1/sessions", "https://ocpi.example/ocpi/cpo/2.2.1/commands/STOP"
    left = Leftover(
        what="a session",
        environment="test",
        identity="us",
        undo_method="POST",
        undo_url=stop,
        session_list=f"{sessions}?date_from=2026-11-21T00:00:00Z",
        session_mark="POSTURE-1",
    )
    record = IntentRecord(journal)
    record.note(intent(Effect.ACTUATE, leaves=(left,)), {"url": stop})

    def may(method, url):
        made = HttpIntent(effect=Effect.READ, environment="test", probe="p", purpose="w", method=method, url=url)
        return record.takes_back(made)

    assert may("GET", f"{sessions}?date_from=2026-11-21T00:00:00Z&offset=50")
    assert may("POST", stop)
    assert not may("GET", f"{sessions}/1")
    assert not may("POST", f"{stop}?again")
    assert not may("POST", sessions)


@pytest.mark.parametrize("kind", ["intent", "probe", "checkpoint"])
def test_no_character_of_a_target_ends_a_line_or_reaches_a_terminal(journal, kind):
    journal.write(kind, {"said": "one\x85two\u2028three\x9b31m", "token": 'é\\"'})
    (line,) = kept(journal)
    assert line.isascii()
    assert json.loads(line)["said"] == "one\x85two\u2028three\x9b31m"
