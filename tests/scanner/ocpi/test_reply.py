import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.facts.ocpi.answer import Access
from scanner.model.observation import Reason
from scanner.ocpi.endless_json import MOST_VALUES
from scanner.ocpi.reply import no_reply, read_reply


def exchange(body, status=200, *, truncated=False):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(
        method="GET",
        url="https://host/ocpi/versions",
        request_headers=(),
        request_body=None,
        status=status,
        headers=(("Content-Type", "application/json"),),
        body=raw,
        truncated=truncated,
        elapsed_s=0.1,
        peer="127.0.0.1",
    )


@pytest.mark.parametrize("count, is_read", [(MOST_VALUES // 2 - 10, True), (MOST_VALUES // 2 + 10, False)])
def test_more_values_than_fit_into_memory_are_not_read(count, is_read):
    body = b'{"status_code":1000,"data":[' + b",".join([b"{}"] * count) + b"]}"
    reply = read_reply(exchange(body))
    assert (reply.is_json, reply.unread) == (is_read, not is_read)
    if not is_read:
        assert "holds more values than are read at once" in reply.unreadable("the list").detail


@pytest.mark.parametrize(
    "body, status, access",
    [
        ({"status_code": 1000, "data": [{"id": "1"}]}, 200, Access.DATA),
        ({"status_code": 1000, "data": {"id": "1"}}, 200, Access.DATA),
        ([{"id": "1"}], 200, Access.DATA),
        ({"status_code": 1000, "data": []}, 200, Access.ACCEPTED),
        ({"status_code": 1000}, 200, Access.ACCEPTED),
        ({"status_code": 2000, "data": None}, 200, Access.REFUSED),
        ({"status_code": 2002, "data": {"hint": "no such token"}}, 401, Access.REFUSED),
        ({"status_code": 3000}, 500, Access.SERVER_ERROR),
        ({"status_code": 1000, "data": [{"id": "1", "kwh": 1}]}, 401, Access.DATA),
        ({"status_code": 2001, "data": [{"id": "1", "kwh": 1}]}, 200, Access.DATA),
        ({"status_code": 2001, "data": [{"version": "2.2.1", "url": "https://h/2.2.1"}]}, 403, Access.DATA),
        ({"status_code": 3000, "data": {"version": "2.2.1", "endpoints": []}}, 500, Access.DATA),
        ({"id": "1", "kwh": 1}, 404, Access.DATA),
        ([{"message": "Session expired", "errorCode": "INVALID"}], 401, Access.REFUSED),
        ([{"message": "Session expired"}], 200, Access.REFUSED),
        ({"data": {"error": "unauthorized"}}, 401, Access.REFUSED),
        ([{"id": "7", "status": "401", "title": "Unauthorized"}], 401, Access.REFUSED),
        ({"message": "Forbidden"}, 403, Access.REFUSED),
        ({"status_code": 2001, "data": {"items": [{"id": "1", "kwh": 1, "currency": "EUR"}]}}, 403, Access.DATA),
        ({"status_code": 1000, "sessions": [{"id": "1", "kwh": 1, "currency": "EUR"}]}, 200, Access.DATA),
        (b'{"id": "1", "kwh": 1, "currency": "EUR"}\n{"id": "2"}', 200, Access.DATA),
        (b"[" * 100_000, 200, Access.UNDECIDED),
        (b"<html>", 200, Access.REFUSED),
        (b'{"status_code": 1000, "data": []} and more', 200, Access.REFUSED),
        ({"status_code": True, "data": []}, 200, Access.REFUSED),
    ],
)
def test_access_is_judged_by_the_data_returned(body, status, access):
    assert read_reply(exchange(body, status)).access is access


@pytest.mark.parametrize(
    "body, status, given",
    [
        ({"status_code": 1000, "data": []}, 200, True),
        ([], 200, True),
        ({"status_code": 2001, "data": [{"id": "1", "kwh": 1}]}, 403, True),
        ({"status_code": 2000, "data": []}, 200, False),
        ({"status_code": 1000, "data": []}, 403, False),
        ({"status_code": 1000, "data": {"id": "1"}}, 200, False),
    ],
)
def test_an_empty_list_that_comes_with_a_refusal_does_not_count(body, status, given):
    assert read_reply(exchange(body, status)).gives_list is given


def test_a_byte_order_mark_does_not_hide_an_answer():
    reply = read_reply(exchange(b'\xef\xbb\xbf{"status_code": 1000, "data": [{"id": "1"}]}'))
    assert reply.access is Access.DATA


@pytest.mark.parametrize(
    "body, status, access",
    [
        (b'{"status_code": 1000, "data": [{"id": "1"}, {"id"', 200, Access.DATA),
        (b'{"status_code": 2001, "data": [{"id": "1", "kwh": 1, "currency": "EUR", "x": "', 403, Access.DATA),
        (b'{"padding": "' + b"x" * 1000, 200, Access.UNDECIDED),
        (b'{"padding": "' + b"x" * 1000, 401, Access.UNDECIDED),
        (b'{"padding": "' + b"x" * 1000, 502, Access.SERVER_ERROR),
        (b"<html>" + b"x" * 1000, 200, Access.UNDECIDED),
    ],
)
def test_what_was_cut_off_is_undecided_unless_it_shows_data(body, status, access):
    assert read_reply(exchange(body, status, truncated=True)).access is access


def test_a_body_that_was_cut_off_is_not_read():
    reply = read_reply(exchange(b'{"status_code": 1000, "data": [{"id": "1"}]}', truncated=True))
    assert not reply.is_json
    assert "cut off after" in reply.unreadable("versions").detail


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(100, 599))
def test_any_bytes_are_read_without_an_exception(body, status):
    reply = read_reply(exchange(body, status))
    assert reply.access in Access
    assert reply.answer.http_status == status
    assert reply.unreadable("versions").detail.startswith("versions")


@pytest.mark.parametrize(
    "outcome, reason",
    [
        (FailureKind.REFUSED, Reason.UNREACHABLE),
        (FailureKind.CERTIFICATE, Reason.UNREACHABLE),
        (FailureKind.TIMEOUT, Reason.TIMED_OUT),
        (FailureKind.NOT_HTTP, Reason.UNPARSABLE),
        (FailureKind.HEADERS_TOO_LARGE, Reason.UNPARSABLE),
        (RefusalKind.BUDGET, Reason.BUDGET_EXHAUSTED),
        (RefusalKind.STOPPED, Reason.STOPPED),
        (RefusalKind.OUT_OF_SCOPE, Reason.NOT_PERMITTED),
    ],
)
def test_every_outcome_of_the_gate_has_its_reason_and_a_sentence(outcome, reason):
    said = (
        Failed(kind=outcome, detail="why", method="GET", url="https://host/")
        if isinstance(outcome, FailureKind)
        else Refused(kind=outcome, detail="why")
    )
    found = no_reply(said, "versions")
    assert found.reason is reason
    assert found.detail.startswith("versions")
    assert "why" in found.detail


@pytest.mark.parametrize(
    "headers, said",
    [
        ({"Content-Type": "text/html"}, "with text/html instead of JSON"),
        ({}, "with no content type instead of JSON"),
        ({"Content-Type": "application/json"}, "with application/json, which it is not"),
        (
            {"Content-Type": "application/json", "Content-Encoding": "br"},
            "with application/json in the coding br, which it is not",
        ),
    ],
)
def test_what_came_instead_of_json_is_named(headers, said):
    reply = read_reply(structs.replace(exchange(b"<html>"), headers=tuple(headers.items())))
    assert reply.unreadable("the list").detail == f"the list: HTTP 200 {said}"
