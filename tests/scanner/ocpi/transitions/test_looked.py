import json

import pytest
from msgspec.structs import replace

from scanner.model.exchange import Failed, FailureKind
from scanner.ocpi.transitions.looked import looked
from tests.scanner.ocpi.exchanges import answered


def test_an_object_alone_or_in_a_list_of_one_is_found():
    assert looked(answered({"id": "1"})).found == {"id": "1"}
    assert looked(answered([{"id": "1"}])).found == {"id": "1"}


@pytest.mark.parametrize("data", [None, [], {}])
def test_a_success_without_an_object_says_that_there_is_none(data):
    seen = looked(answered(data))
    assert seen.known
    assert seen.found is None


@pytest.mark.parametrize("status", [404, 410])
def test_not_found_says_that_there_is_none(status):
    assert looked(answered(None, status=status)).known


def test_a_refusal_in_the_words_of_ocpi_says_that_there_is_none():
    body = json.dumps({"status_code": 2003}).encode()
    assert looked(replace(answered(None), body=body)).known


@pytest.mark.parametrize("status", [401, 403, 405, 429, 500])
def test_other_refusals_say_nothing_of_the_object(status):
    assert not looked(answered(None, status=status)).known


@pytest.mark.parametrize("body", [b"<html>", b"[" * 100_000, b"1000"])
def test_a_body_that_is_not_read_says_nothing(body):
    assert not looked(replace(answered(None), body=body)).known


def test_no_answer_says_nothing():
    assert not looked(Failed(kind=FailureKind.RESET, detail="gone", method="GET", url="https://h/cdrs/1")).known
