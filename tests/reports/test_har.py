"""The archive of a run follows HAR 1.2: required members, their types, times that are times, pages that exist."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reports.har import render_har
from reports.model.recorded import RecordedRequest
from tests.reports.sample_posture import realistic

AT = datetime(2026, 3, 4, 5, 6, 7, 250_000, tzinfo=UTC)

# HAR 1.2: the members that every object of the archive must have, and their types.
_ENTRY: dict[str, Any] = {
    "startedDateTime": str,
    "time": (int, float),
    "request": {
        "method": str,
        "url": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "queryString": list,
        "headersSize": int,
        "bodySize": int,
    },
    "response": {
        "status": int,
        "statusText": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "content": {"size": int, "mimeType": str},
        "redirectURL": str,
        "headersSize": int,
        "bodySize": int,
    },
    "cache": {},
    "timings": {"send": (int, float), "wait": (int, float), "receive": (int, float)},
}
_PAGE: dict[str, Any] = {"startedDateTime": str, "id": str, "title": str, "pageTimings": {}}
_OPTIONAL = {"pageref", "serverIPAddress", "comment", "postData", "text"}


def holds(value: Any, form: Any, place: str) -> None:
    """`value` has the form; members beyond it are optional ones of HAR 1.2."""
    if not isinstance(form, dict):
        assert isinstance(value, form), place
        assert not isinstance(value, bool), place
        return
    assert isinstance(value, dict), place
    assert form.keys() <= value.keys(), place
    assert value.keys() - form.keys() <= _OPTIONAL, place
    for name, inner in form.items():
        holds(value[name], inner, f"{place}.{name}")


def read_strictly(content: bytes) -> dict[str, Any]:
    """The log of an archive, as a strict reader takes it."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    def never(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    document = json.loads(content.decode("ascii"), object_pairs_hook=once, parse_constant=never)
    assert document.keys() == {"log"}
    log: dict[str, Any] = document["log"]
    assert log["version"] == "1.2"
    assert all(isinstance(log["creator"][name], str) for name in ("name", "version"))
    for page in log["pages"]:
        holds(page, _PAGE, "page")
    ids = [page["id"] for page in log["pages"]]
    assert len(set(ids)) == len(ids)
    for entry in log["entries"]:
        holds(entry, _ENTRY, "entry")
        assert entry["pageref"] in ids
        assert datetime.fromisoformat(entry["startedDateTime"]).tzinfo is not None
        assert entry["time"] == sum(entry["timings"].values())
        for header in (*entry["request"]["headers"], *entry["response"]["headers"], *entry["request"]["queryString"]):
            holds(header, {"name": str, "value": str}, "pair")
        if "postData" in entry["request"]:
            holds(entry["request"]["postData"], {"mimeType": str, "params": list, "text": str}, "postData")
    assert [e["startedDateTime"] for e in log["entries"]] == sorted(e["startedDateTime"] for e in log["entries"])
    return log


EXCHANGE: dict[str, Any] = {
    "number": 2,
    "request": {
        "method": "PUT",
        "url": "https://ocpi.example/tokens/1?type=RFID&x",
        "headers": [["Content-Type", "application/json"], ["Authorization", "Token [redacted]"]],
        "body": '{"uid":"é"}',
    },
    "response": {
        "status": 302,
        "headers": [["content-type", "text/plain"], ["Location", "/elsewhere"], ["X", "1"], ["X", "2"]],
        "body": "moved",
        "body_bytes": 5,
        "cut": False,
    },
    "connection": {"peer": "192.0.2.1", "tls_version": "TLSv1.3", "tls_cipher": "x", "retried": False},
}


def request(number: int = 1, **changes: Any) -> RecordedRequest:
    fields: dict[str, Any] = {
        "number": number,
        "at": AT + timedelta(seconds=number),
        "environment": "test",
        "probe": "ocpi-discovery",
        "identity": "emsp-one",
        "purpose": "versions",
        "method": "GET",
        "url": "https://ocpi.example/versions",
        "status": 200,
        "failure": "",
        "elapsed_ms": 12.5,
        "exchange": None,
    }
    return RecordedRequest(**{**fields, **changes})


def test_a_request_with_evidence_stands_there_whole():
    stored = request(2, method="PUT", status=302, exchange=EXCHANGE)
    (entry,) = read_strictly(render_har(realistic(), [stored]))["entries"]
    assert entry["request"]["url"] == "https://ocpi.example/tokens/1?type=RFID&x"
    assert entry["request"]["queryString"] == [{"name": "type", "value": "RFID"}, {"name": "x", "value": ""}]
    assert entry["request"]["postData"] == {"mimeType": "application/json", "params": [], "text": '{"uid":"é"}'}
    assert entry["request"]["bodySize"] == len('{"uid":"é"}'.encode())
    assert entry["response"]["content"] == {"size": 5, "mimeType": "text/plain", "text": "moved"}
    assert [h["value"] for h in entry["response"]["headers"] if h["name"] == "X"] == ["1", "2"]
    assert (entry["response"]["redirectURL"], entry["response"]["statusText"]) == ("/elsewhere", "Found")
    assert (entry["serverIPAddress"], entry["time"]) == ("192.0.2.1", 12.5)
    assert entry["comment"] == "versions (as emsp-one)"


def test_a_request_without_evidence_says_so():
    (entry,) = read_strictly(render_har(realistic(), [request()]))["entries"]
    assert "not stored" in entry["comment"]
    assert (entry["request"]["bodySize"], entry["response"]["content"]["size"]) == (-1, -1)
    assert "text" not in entry["response"]["content"]


@pytest.mark.parametrize("failure,said", [("no answer in time", "no answer in time"), ("", "no answer is on record")])
def test_a_request_without_an_answer_has_status_0_and_says_why(failure, said):
    failed = request(status=None, failure=failure, elapsed_ms=None)
    (entry,) = read_strictly(render_har(realistic(), [failed]))["entries"]
    assert (entry["response"]["status"], entry["time"]) == (0, 0)
    assert said in entry["comment"]


@pytest.mark.parametrize("body,cut", [(None, False), ("begin", True)])
def test_a_body_that_was_stored_in_part_is_not_shown_as_whole(body, cut):
    exchange = {**EXCHANGE, "response": {**EXCHANGE["response"], "body": body, "body_bytes": 90_000, "cut": cut}}
    (entry,) = read_strictly(render_har(realistic(), [request(2, exchange=exchange)]))["entries"]
    assert "in part" in entry["comment"]
    assert entry["response"]["content"]["size"] == 90_000


def test_entries_are_in_the_order_of_time_with_a_page_for_each_probe():
    requests = [request(3, probe="ocpi-pages"), request(1), request(2, probe="ocpi-pages")]
    log = read_strictly(render_har(realistic(), requests))
    assert [page["title"] for page in log["pages"]] == ["test: ocpi-discovery", "test: ocpi-pages"]
    assert [entry["pageref"] for entry in log["entries"]] == [
        "test/ocpi-discovery",
        "test/ocpi-pages",
        "test/ocpi-pages",
    ]
    assert "3 HTTP requests, 0 of them" in log["comment"]
    assert render_har(realistic(), requests) == render_har(realistic(), reversed(requests))


def test_whatever_a_target_sent_is_still_an_archive():
    hostile = '\ud800\x00\u202e"\\</script>\n'
    exchange = {**EXCHANGE, "response": {**EXCHANGE["response"], "body": hostile, "headers": [[hostile, hostile]]}}
    requests = [
        request(2, exchange=exchange, status=999),
        request(3, url="https://[bad/?a=b"),
        request(4, purpose=hostile),
    ]
    log = read_strictly(render_har(realistic(), requests))
    assert [entry["response"]["status"] for entry in log["entries"]] == [999, 200, 200]


def test_a_run_without_requests_is_an_empty_archive():
    log = read_strictly(render_har(realistic(), []))
    assert (log["pages"], log["entries"]) == ([], [])
