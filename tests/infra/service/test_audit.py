"""What is logged: one event per authentication, access and data change; never a token, a uid or a raw path."""

from __future__ import annotations

import io
import json
import uuid

from infra.service.audit import ObjectReference, json_lines
from tests.infra.service.examples import T2, cdr, seeded, token
from tests.infra.service.exchange_client import CPO, EMSP, Client, cpo_c, emsp_a, newcomer, nobody
from tests.targets.reference_service import RunningService

URL = f"{CPO}/tokens/DE/VLT/04AABBCCDD"


def test_a_write_leaves_three_events_with_the_same_ids(fresh: RunningService):
    ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
    emsp_a(fresh).put(URL, token(), headers=ids)
    assert [e["event"] for e in fresh.events] == ["authentication", "data_change", "access"]
    for event in fresh.events:
        assert (event["request_id"], event["correlation_id"]) == tuple(ids.values())
        assert event["partner"] == "emsp-a"
        assert str(event["time"]).endswith("+00:00")
    _, change, access = fresh.events
    assert {k: change[k] for k in ("operation", "module", "owner", "outcome")} == {
        "operation": "put", "module": "tokens", "owner": "DE-VLT", "outcome": "created",
    }  # fmt: skip
    assert access["route"] == f"{CPO}/tokens/{{country_code}}/{{party_id}}/{{object_id}}"
    assert (access["method"], access["http_status"]) == ("PUT", 201)


def test_refusals_are_logged_with_their_reason(fresh: RunningService):
    nobody(fresh).get("/ocpi/versions")
    Client(service=fresh, authorization="Bearer x").get("/ocpi/versions")
    Client(service=fresh, authorization="Token AAAA").get("/ocpi/versions")
    refused = [e for e in fresh.events if e["event"] == "authentication"]
    assert [(e["outcome"], e["reason"], e["partner"]) for e in refused] == [
        ("refused", "missing", None), ("refused", "other_scheme", None), ("refused", "unknown_token", None),
    ]  # fmt: skip
    newcomer(fresh).get(f"{CPO}/locations")
    emsp_a(fresh).get(f"{EMSP}/tokens")
    assert [e["reason"] for e in fresh.events if e["event"] == "authorization"] == ["bootstrap_token", "out_of_scope"]


def test_no_token_uid_path_or_query_is_ever_logged(fresh: RunningService):
    known = next(t for t in seeded("tokens") if t["party_id"] == "RFM")
    emsp_a(fresh).put(URL, token())
    emsp_a(fresh).patch(URL, {"valid": False, "last_updated": T2})
    emsp_a(fresh).get(URL)
    cpo_c(fresh).post(f"{EMSP}/tokens/{known['uid']}/authorize")
    cpo_c(fresh).post(f"{EMSP}/cdrs", cdr())
    emsp_a(fresh).get(f"{CPO}/canary-in-the-path?canary=in-the-query")
    nobody(fresh).get(f"/ocpi/versions?token={fresh.tokens['emsp-a']}")
    Client(service=fresh, authorization=f"Token {fresh.tokens['emsp-a']}").get("/ocpi/versions")
    emsp_a(fresh)("CANARYMETHOD", "/ocpi/versions")
    emsp_a(fresh).get("/ocpi/versions", headers={"X-Request-ID": "canary; in; the; id", "User-Agent": "canary"})
    text = json.dumps(list(fresh.events)).lower()
    assert text.count("data_change") == 3
    secret = [*fresh.tokens.values(), fresh.authorization("emsp-a").split()[1], "04aabbccdd", known["uid"], "canary"]
    for word in secret:
        assert word.lower() not in text
    for cdr_or_driver in (cdr()["cdr_token"]["uid"], cdr()["cdr_token"]["contract_id"]):
        assert cdr_or_driver.lower() not in text


def test_the_same_object_has_the_same_reference_which_needs_the_key():
    one, other = ObjectReference(b"k" * 32), ObjectReference(b"l" * 32)
    assert one.of("tokens", "DE", "VLT", "04AA") == one.of("tokens", "de", "vlt", "04aa")
    assert one.of("tokens", "DE", "VLT", "04AA") != one.of("tokens", "DE", "VLT", "04AB")
    assert one.of("a", "bc") != one.of("ab", "c")
    assert one.of("tokens", "04AA") != other.of("tokens", "04AA")


def test_json_lines_writes_one_object_a_line():
    stream = io.StringIO()
    sink = json_lines(stream)
    sink({"event": "a", "text": "line\nbreak\u2028"})
    sink({"event": "b"})
    lines = stream.getvalue().split("\n")
    assert [json.loads(line)["event"] for line in lines[:-1]] == ["a", "b"]
    assert lines[-1] == ""
    assert stream.getvalue().isascii()
