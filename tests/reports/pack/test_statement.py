"""What a statement may say, and how one that says something else is refused."""

import json

import pytest

from reports.pack.problem import NoPack
from reports.pack.statement import read_statement, statement_bytes
from tests.reports.pack.packs import predicate

SOUND = json.loads(statement_bytes([("posture.json", "0" * 64)], predicate()))


def changed(**more) -> bytes:
    return json.dumps({**SOUND, **more}).encode()


def test_it_is_read_as_it_was_written_whatever_the_order_of_the_files():
    files = [("b", "1" * 64), ("a", "0" * 64)]
    assert statement_bytes(files, predicate()) == statement_bytes(reversed(files), predicate())
    statement = read_statement(statement_bytes(files, predicate()))
    assert [subject.name for subject in statement.subject] == ["a", "b"]
    assert statement.predicate == predicate()


@pytest.mark.parametrize(
    "payload,place",
    [
        (changed(surplus=1), "surplus"),
        (changed(subject=[{"name": "a", "digest": {"sha256": "short"}}]), "subject.0.digest.sha256"),
        (changed(subject=[{"name": "a", "digest": {"md5": "0"}}]), "subject.0.digest"),
        (changed(_type="https://in-toto.io/Statement/v0.1"), "_type"),
        (changed(predicateType="https://slsa.dev/provenance/v1"), "predicateType"),
        (changed(predicate={**SOUND["predicate"], "redacted": {"secret": -1}}), "predicate.redacted.secret"),
        (b"[]", "should be an object"),
        (b"null", "should be an object"),
        (b"{", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 200_000, "not JSON"),
    ],
)
def test_anything_else_is_refused_by_its_place(payload, place):
    with pytest.raises(ValueError, match=place):
        read_statement(payload)


def test_one_of_a_later_version_is_told_apart():
    with pytest.raises(NoPack, match="version '2'"):
        read_statement(changed(predicateType="urn:ocpi-posture:predicate:evidence-pack:2", new="field"))
