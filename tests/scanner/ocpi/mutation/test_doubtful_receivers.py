"""Receivers whose answers show less than they seem to: nothing is called sound that no control stands behind."""

import json
import time

import pytest

from checks.model.verdict import Outcome
from scanner.model.facts.ocpi.mutation import MutantsTreated, Treatment, ValidObjectProven
from scanner.model.observation import Seen, Unavailable
from scanner.ocpi.mutation import trial
from tests.scanner.ocpi.mutation.test_odd_receivers import counts, findings, look, treated
from tests.targets import odd_receivers
from tests.targets.odd_receivers import Dropped, Manners, OddReceiver, crash, drop

CDRS = Manners(location="{origin}/cdrs/{id}")
ABOUT_REFUSALS = {"ocpi-mutation-types", "ocpi-mutation-missing", "ocpi-mutation-json", "ocpi-mutation-status"}


def take_anything(receiver, path, body, before):
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = {}
    receiver.held[path] = {**before, **(sent if isinstance(sent, dict) else {})}
    return 200, 1000, None


def refuse_writes_after(monkeypatch, accepted, status):
    answer, writes = OddReceiver.answer, []

    def banning(receiver, method, path, token, body):
        if method in {"PUT", "POST", "PATCH"}:
            writes.append(path)
            if len(writes) > accepted:
                return status, 2001, None
        return answer(receiver, method, path, token, body)

    monkeypatch.setattr(OddReceiver, "answer", banning)


@pytest.mark.parametrize("manners", [Manners(), CDRS])
@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_who_refuses_valid_objects_as_well_gets_no_credit_for_its_refusals(status, manners, tmp_path, monkeypatch):
    refuse_writes_after(monkeypatch, 3, status)
    facts, _ = look(manners, tmp_path)
    fact = treated(facts, "PUT" if manners is not CDRS else "POST")
    assert fact.cut_short is not None
    assert not {Treatment.REFUSED, Treatment.OTHER_STATUS} & set(counts(fact))
    assert set(findings(facts, Outcome.PASS)) == {"ocpi-mutation-valid-object"}
    assert not findings(facts, Outcome.FAIL)


@pytest.mark.parametrize("status", [400, 405, 501])
def test_who_takes_no_patch_at_all_is_asked_for_no_malformed_one(status, tmp_path, monkeypatch):
    answer = OddReceiver.answer
    monkeypatch.setattr(
        OddReceiver,
        "answer",
        lambda r, m, p, t, b: (status, 2000, None) if m == "PATCH" else answer(r, m, p, t, b),
    )
    facts, _ = look(Manners(), tmp_path)
    results = [
        o.result for o in facts if o.key.fact is MutantsTreated and o.key.subject.coordinates()["method"] == "PATCH"
    ]
    assert results
    said = f"a valid PATCH was not accepted: HTTP {status}"
    assert all(isinstance(r, Unavailable) and said in r.detail for r in results)
    for outcome in (Outcome.PASS, Outcome.FAIL):
        found = [f for several in findings(facts, outcome).values() for f in several]
        assert not [f for f in found if f.subject.coordinates().get("method") == "PATCH"]


def test_what_is_read_from_a_cache_is_no_proof_that_nothing_was_stored(tmp_path, monkeypatch):
    cache: dict[str, object] = {}

    def cached(receiver, path):
        if path in receiver.held:
            cache.setdefault(path, receiver.held[path])
        return (200, 1000, cache[path]) if path in cache else (404, 2004, None)

    monkeypatch.setattr(OddReceiver, "_write", take_anything)
    monkeypatch.setattr(OddReceiver, "_read", cached)
    facts, _ = look(Manners(), tmp_path)
    assert set(counts(treated(facts))) == {Treatment.UNREAD}
    assert {"ocpi-mutation-types", "ocpi-mutation-missing"} <= set(findings(facts, Outcome.FAIL))
    sound = set(findings(facts, Outcome.PASS))
    assert not {"ocpi-mutation-json", "ocpi-mutation-protected", "ocpi-mutation-valid-object"} & sound


def test_what_is_stored_a_second_later_is_not_compared(tmp_path, monkeypatch):
    write = OddReceiver._write
    states: dict[str, list[tuple[float, object]]] = {}

    def queued(receiver, path, body, before):
        answer = write(receiver, path, body, before)
        if answer[1] == 1000:
            states.setdefault(path, []).append((time.monotonic(), receiver.held[path]))
        return answer

    def late(_receiver, path):
        known = states.get(path, [])
        seen = [state for at, state in known if time.monotonic() - at > 1.0] or [state for _, state in known[:1]]
        return (200, 1000, seen[-1]) if seen else (404, 2004, None)

    monkeypatch.setattr(OddReceiver, "_write", queued)
    monkeypatch.setattr(OddReceiver, "_read", late)
    facts, _ = look(Manners(), tmp_path)
    seen = set(counts(treated(facts)))
    assert Treatment.REFUSED in seen
    assert not {Treatment.IGNORED, Treatment.LEFT_OUT, Treatment.STORED_THOUGH_REFUSED, Treatment.SPOILED} & seen
    proven = [o.result.fact for o in facts if o.key.fact is ValidObjectProven and isinstance(o.result, Seen)]
    assert not any(fact.read_back for fact in proven if isinstance(fact, ValidObjectProven))


def test_a_success_that_stores_nothing_is_not_called_stored_for_the_valid_message_that_came_before_it(
    tmp_path, monkeypatch
):
    """After refusals a valid message is sent, which leaves a newer date than the one that was read before."""
    write = OddReceiver._write

    def shrugs(receiver, path, body, before):
        try:
            is_object = isinstance(json.loads(body), dict)
        except (ValueError, RecursionError):
            is_object = False
        return write(receiver, path, body, before) if is_object else (200, 1000, None)

    monkeypatch.setattr(OddReceiver, "_write", shrugs)
    monkeypatch.setattr(trial, "_ON_A_LANE", 3)  # mutants between two valid messages
    facts, _ = look(Manners(), tmp_path)
    assert counts(treated(facts))[Treatment.REFUSED] > 50
    as_text = [group for group in treated(facts).groups if not group.path and not group.rule.startswith("as-")]
    assert {one.treatment for group in as_text for one in group.treated} == {Treatment.IGNORED, Treatment.REFUSED}


def test_where_nothing_can_be_read_back_no_property_is_called_protected(tmp_path, monkeypatch):
    monkeypatch.setattr(OddReceiver, "_read", lambda _receiver, _path: (405, 2000, None))
    facts, _ = look(Manners(), tmp_path)
    assert "ocpi-mutation-protected" in findings(facts, Outcome.INCONCLUSIVE)
    assert "ocpi-mutation-protected" not in findings(facts, Outcome.PASS)


def test_a_platform_that_dates_objects_by_itself_stores_them_as_they_were_sent(tmp_path, monkeypatch):
    store = OddReceiver._store

    def dated(receiver, path, token):
        answer = store(receiver, path, token)
        if answer[1] == 1000:
            receiver.held[path] = {**token, "last_updated": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        return answer

    monkeypatch.setattr(OddReceiver, "_store", dated)
    facts, _ = look(Manners(), tmp_path)
    assert "ocpi-mutation-valid-object" in findings(facts, Outcome.PASS)
    assert "ocpi-mutation-valid-object" not in findings(facts, Outcome.FAIL)


def test_one_cdr_that_is_shown_for_all_of_them_shows_nothing(tmp_path, monkeypatch):
    read = OddReceiver._read
    monkeypatch.setattr(OddReceiver, "_read", lambda r, _path: read(r, next(iter(r.held), "")))
    facts, _ = look(CDRS, tmp_path)
    fact = treated(facts, "POST")
    assert Treatment.UNREAD in counts(fact)
    assert not {Treatment.LEFT_OUT, Treatment.IGNORED} & {
        one.treatment for group in fact.groups if group.path not in {"", "/id"} for one in group.treated
    }


@pytest.mark.parametrize("location", ["http://[", "//[", "https://a]/"])
def test_a_location_that_is_no_url_does_not_end_the_run(location, tmp_path):
    facts, _ = look(Manners(location=location), tmp_path)
    assert treated(facts, "POST").sent > 100


def test_an_answer_that_is_lost_now_and_then_is_no_ban(tmp_path, monkeypatch):
    answer, asked = OddReceiver.answer, []

    def losing(receiver, method, path, token, body):
        asked.append(path)
        if method != "GET" and len(asked) > 20 and len(asked) % 7 == 0:
            raise Dropped
        return answer(receiver, method, path, token, body)

    monkeypatch.setattr(OddReceiver, "answer", losing)
    facts, _ = look(CDRS, tmp_path)
    fact = treated(facts, "POST")
    assert fact.cut_short is None
    assert {Treatment.DROPPED, Treatment.REFUSED} <= set(counts(fact))


@pytest.mark.parametrize("named, goes_on", [(b"9999999999", False), (b"\xb2", True)])
def test_who_asks_to_slow_down_is_obeyed_whatever_the_header_says(named, goes_on, tmp_path, monkeypatch):
    answer, write, writes = OddReceiver.answer, odd_receivers._written, []

    def slowing(receiver, method, path, token, body):
        writes.extend([path] if method == "PUT" else [])
        if method == "PUT" and (len(writes) == 10 or (len(writes) > 10 and not goes_on)):
            return 429, 2000, None
        return answer(receiver, method, path, token, body)

    def with_pause(given, location):
        said = write(given, location)
        return said.replace(b"\r\n", b"\r\nRetry-After: " + named + b"\r\n", 1) if given[0] == 429 else said

    monkeypatch.setattr(OddReceiver, "answer", slowing)
    monkeypatch.setattr(odd_receivers, "_written", with_pause)
    facts, _ = look(Manners(), tmp_path)
    assert (treated(facts).cut_short is None) is goes_on


def keep_and_answer(monkeypatch, wrong):
    """What is not valid is stored, and answered as if it had not been."""
    write = OddReceiver._write

    def keeping(receiver, path, body, before):
        held = receiver.held.get(path)
        answer = write(receiver, path, body, before)
        if answer[1] == 1000:
            return answer
        take_anything(receiver, path, body, before if held is None else held)
        return wrong()

    monkeypatch.setattr(OddReceiver, "_write", keeping)


@pytest.mark.parametrize("wrong", [crash, drop])
def test_what_is_stored_before_the_platform_breaks_off_is_found_stored(wrong, tmp_path, monkeypatch):
    keep_and_answer(monkeypatch, wrong)
    facts, _ = look(Manners(), tmp_path)
    assert counts(treated(facts))[Treatment.CHANGED_UNANSWERED] > 50
    failing = set(findings(facts, Outcome.FAIL))
    assert {"ocpi-mutation-types", "ocpi-mutation-missing", "ocpi-mutation-crash"} <= failing
    assert set(findings(facts, Outcome.PASS)) <= {"ocpi-mutation-valid-object"}


def test_who_breaks_off_where_nothing_can_be_read_back_is_not_said_to_store_nothing(tmp_path, monkeypatch):
    keep_and_answer(monkeypatch, crash)
    facts, _ = look(CDRS, tmp_path)
    doubtful = set(findings(facts, Outcome.INCONCLUSIVE))
    assert {"ocpi-mutation-types", "ocpi-mutation-missing", "ocpi-mutation-range"} <= doubtful
    assert set(findings(facts, Outcome.PASS)) == {"ocpi-mutation-valid-object"}


def test_refusals_are_not_praised_where_there_was_none(tmp_path, monkeypatch):
    monkeypatch.setattr(OddReceiver, "_write", take_anything)
    monkeypatch.setattr(OddReceiver, "_read", lambda _receiver, _path: (405, 2000, None))
    facts, _ = look(Manners(), tmp_path)
    assert set(counts(treated(facts, "PATCH"))) == {Treatment.UNREAD}
    assert "ocpi-mutation-status" in findings(facts, Outcome.NOT_APPLICABLE)
    assert "ocpi-mutation-success-for-refused" in findings(facts, Outcome.INCONCLUSIVE)
    assert not {"ocpi-mutation-status", "ocpi-mutation-success-for-refused"} & set(findings(facts, Outcome.PASS))
