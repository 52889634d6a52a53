"""What is derived from a real token is made by the gate: sent exactly so, shown masked, and never mistaken for it."""

import asyncio
import base64
import json
import re
from dataclasses import replace

import pytest
from msgspec import structs

from scanner.gate.documents import curl_line, exchange_document
from scanner.gate.journal import FILE_NAME
from scanner.gate.near_miss import forms_of_misses, near_miss
from scanner.gate.policy import decide
from scanner.gate.redaction import MASK
from scanner.model.credential import (
    Former,
    FormerCredential,
    IdentityCredential,
    MisplacedCredential,
    NearMiss,
    NearMissCredential,
    Place,
    TwoHeadersCredential,
)
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.party import Identity
from scanner.model.token_encoding import TokenEncoding
from scanner.model.witness import Witness
from tests.scanner.gate.test_policy import NOW, environment, kind
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed

TOKEN = "q7Zk2-canary-Pw91xYtR"
BASE64 = base64.b64encode(TOKEN.encode()).decode()


async def sent_with(credential, tmp_path, *, token=TOKEN, answer=None, others=(), **fields):
    """What came of one request with this credential, and the head and body that arrived."""
    tls, ca = self_signed(tmp_path)
    async with byte_server(answer or ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        identities = (Identity(name="emsp-one", disposable=True), *(Identity(name=name) for name, _ in others))
        target = loopback_target(url, ca_file=ca, identities=identities)
        async with open_gate(target, tmp_path, {"emsp-one": token, **dict(others)}) as opened:
            outcome = await opened.gate.http(request(url, credential, **fields))
            ref = None
            if isinstance(outcome, Exchange):
                ref = opened.context(Witness.PROTOCOL).evidence.store_document(
                    "x", Witness.PROTOCOL, exchange_document(outcome)
                )
        evidence = (tmp_path / ref.path).read_text() if ref else ""
        return outcome, server.requests[-1] if server.requests else b"", server.bodies[-1:], evidence


def request(url, credential, **fields):
    common = {"effect": Effect.READ, "environment": "test", "probe": "p", "purpose": "look", "method": "GET"}
    return HttpIntent(**{**common, "url": url, "identity": "emsp-one", "credential": credential, **fields})


def values_of(head, name=b"authorization"):
    return [line.partition(b": ")[2] for line in head.split(b"\r\n") if line.lower().startswith(name + b":")]


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", [TokenEncoding.RAW, TokenEncoding.BASE64])
@pytest.mark.parametrize("miss", NearMiss)
async def test_a_near_miss_is_sent_exactly_so_and_stays_masked_when_it_is_echoed(tmp_path, miss, encoding):
    expected = near_miss(TOKEN, miss, encoding)

    async def echo(_reader, writer):
        writer.write(ok(json.dumps({"you sent": expected}).encode()))
        await writer.drain()

    credential = NearMissCredential(identity="emsp-one", miss=miss, encoding=encoding)
    outcome, head, _, evidence = await sent_with(credential, tmp_path, answer=echo)
    if expected is None:
        assert (outcome.kind, head) == (RefusalKind.UNSENDABLE, b"")
        return
    if encoding is TokenEncoding.RAW and miss in {NearMiss.LEADING_SPACE, NearMiss.TRAILING_SPACE}:
        assert (outcome.kind, head) == (RefusalKind.NO_MISS, b"")
        return
    assert isinstance(outcome, Exchange)
    assert values_of(head) == [b"Token " + expected.encode()]
    assert (outcome.spoken_as, outcome.derived_from, outcome.token_form) == (None, "emsp-one", miss)
    assert expected not in repr(outcome.request_headers)
    assert expected not in evidence
    assert MASK in evidence
    assert TOKEN.lower() not in (tmp_path / FILE_NAME).read_text().lower()
    assert re.search(r"\$OCPI_TOKEN_EMSP_ONE_[A-Z_]+", curl_line(outcome))
    assert MASK not in curl_line(outcome)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "token, miss",
    [
        ("ABCDEFGH-1234", NearMiss.UPPER_CASE),
        ("abcdefgh-1234", NearMiss.LOWER_CASE),
        ("1234567890-12", NearMiss.SWAPPED_CASE),
    ],
)
async def test_a_miss_that_is_the_token_itself_is_not_sent_and_said_apart(tmp_path, token, miss):
    outcome, head, *_ = await sent_with(NearMissCredential(identity="emsp-one", miss=miss), tmp_path, token=token)
    assert isinstance(outcome, Refused)
    assert (outcome.kind, head) == (RefusalKind.NO_MISS, b"")


@pytest.mark.asyncio
async def test_a_miss_that_is_the_token_of_another_identity_is_not_sent(tmp_path):
    other = near_miss("emsp-key-0001-a", NearMiss.ONE_CHANGED, TokenEncoding.RAW)
    credential = NearMissCredential(identity="emsp-one", miss=NearMiss.ONE_CHANGED)
    outcome, head, *_ = await sent_with(credential, tmp_path, token="emsp-key-0001-a", others=[("two", other)])
    assert isinstance(outcome, Refused)
    assert (outcome.kind, head) == (RefusalKind.NO_MISS, b"")


@pytest.mark.asyncio
async def test_a_miss_that_is_too_short_to_be_masked_is_not_sent(tmp_path):
    credential = NearMissCredential(identity="emsp-one", miss=NearMiss.WITHOUT_LAST)
    outcome, head, *_ = await sent_with(credential, tmp_path, token="abcd1234")
    assert isinstance(outcome, Refused)
    assert (outcome.kind, head) == (RefusalKind.UNSENDABLE, b"")


@pytest.mark.asyncio
@pytest.mark.parametrize("real_first", [True, False])
async def test_two_authorization_headers_arrive_in_the_order_asked_for(tmp_path, real_first):
    credential = TwoHeadersCredential(identity="emsp-one", real_first=real_first, made_up="Token made-up-1")
    outcome, head, *_ = await sent_with(credential, tmp_path)
    values = [b"Token " + BASE64.encode(), b"Token made-up-1"]
    assert values_of(head) == (values if real_first else values[::-1])
    shown = [value for name, value in outcome.request_headers if name == "Authorization"]
    assert sorted(shown) == [f"Token {MASK}", "Token made-up-1"]
    assert outcome.spoken_as is None


@pytest.mark.asyncio
@pytest.mark.parametrize("place", Place)
async def test_a_disposable_token_is_misplaced_where_asked_and_shown_nowhere(tmp_path, place):
    credential = MisplacedCredential(
        identity="emsp-one", parameter="X-Token", encoding=TokenEncoding.RAW, place=place, beside="Token made-up-1"
    )
    outcome, head, bodies, evidence = await sent_with(credential, tmp_path, body=b'{"a": 1}')
    assert isinstance(outcome, Exchange)
    found = {
        Place.QUERY: head.split(b" ")[1] == f"/x?X-Token={TOKEN}".encode(),
        Place.COOKIE: values_of(head, b"cookie") == [f"X-Token={TOKEN}".encode()],
        Place.HEADER: values_of(head, b"x-token") == [TOKEN.encode()],
        Place.BODY: json.loads(bodies[0]) == {"a": 1, "X-Token": TOKEN},
    }
    assert found[place]
    assert (head + bodies[0]).count(TOKEN.encode()) == 1
    assert values_of(head) == [b"Token made-up-1"]
    assert TOKEN not in repr(outcome) + evidence + (tmp_path / FILE_NAME).read_text() + curl_line(outcome)
    assert "$OCPI_TOKEN_EMSP_ONE" in curl_line(outcome)


@pytest.mark.asyncio
async def test_a_body_that_is_no_object_takes_no_token(tmp_path):
    credential = MisplacedCredential(identity="emsp-one", parameter="token", place=Place.BODY)
    outcome, head, *_ = await sent_with(credential, tmp_path, body=b"[1]")
    assert (outcome.kind, head) == (RefusalKind.CREDENTIAL, b"")


@pytest.mark.asyncio
async def test_an_identity_that_had_no_other_token_has_no_former_one(tmp_path):
    outcome, head, *_ = await sent_with(FormerCredential(identity="emsp-one", which=Former.BOOTSTRAP), tmp_path)
    assert (outcome.kind, head) == (RefusalKind.CREDENTIAL, b"")


@pytest.mark.asyncio
async def test_near_misses_count_against_the_cap_of_refusals(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        target = loopback_target(url, ca_file=ca, limits=replace(FAST, max_refusals=2))
        async with open_gate(target, tmp_path, {"emsp-one": TOKEN}) as opened:
            miss = NearMissCredential(identity="emsp-one", miss=NearMiss.DOUBLED)
            outcomes = [await opened.gate.http(request(url, miss)) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Exchange, Exchange, Refused]


def test_no_probe_may_send_a_derived_form_by_itself_once_it_was_made(tmp_path):
    async def both():
        tls, ca = self_signed(tmp_path)
        async with byte_server(ok(), tls=tls) as server:
            url = f"https://localhost:{server.port}/x"
            async with open_gate(loopback_target(url, ca_file=ca), tmp_path, {"emsp-one": TOKEN}) as opened:
                miss = NearMissCredential(identity="emsp-one", miss=NearMiss.UPPER_CASE)
                await opened.gate.http(request(url, miss))
                forms = [form for form in forms_of_misses(TOKEN) if "\0" not in form]
                return [await opened.gate.http(request(url, None, headers={"X-A": form})) for form in forms]

    assert {getattr(outcome, "kind", None) for outcome in asyncio.run(both())} == {RefusalKind.CREDENTIAL}


DERIVED = [
    NearMissCredential(identity="burn", miss=NearMiss.UPPER_CASE),
    TwoHeadersCredential(identity="burn", real_first=True, made_up="Token x"),
    FormerCredential(identity="burn"),
    *(MisplacedCredential(identity="burn", parameter="token", place=place) for place in Place),
]


def read(**fields):
    url = "https://ocpi.example.com/ocpi/2.2.1/locations"
    return request(url, fields.pop("credential"), **{"identity": "burn", **fields})


@pytest.mark.parametrize("credential", DERIVED, ids=repr)
def test_a_derived_credential_goes_only_where_the_token_itself_may_go(credential):
    good = read(credential=credential)
    assert decide(good, environment(), NOW) is None
    assert kind(structs.replace(good, verify_tls=False), environment()) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(good, identity="real"), environment()) is RefusalKind.CREDENTIAL
    assert kind(structs.replace(good, url="http://ocpi.example.com/ocpi/versions"), environment()) is not None
    assert kind(structs.replace(good, url="https://evil.example/x"), environment()) is RefusalKind.OUT_OF_SCOPE


@pytest.mark.parametrize("place", Place)
def test_a_token_that_is_not_disposable_is_misplaced_nowhere(place):
    misplaced = MisplacedCredential(identity="real", parameter="token", place=place)
    assert kind(read(credential=misplaced, identity="real"), environment()) is RefusalKind.CREDENTIAL


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "a b", "a\r\nb", ""])
@pytest.mark.parametrize("place", [Place.HEADER, Place.COOKIE])
def test_a_token_is_not_put_into_the_headers_that_the_gate_sets(name, place):
    misplaced = MisplacedCredential(identity="burn", parameter=name, place=place)
    assert kind(read(credential=misplaced), environment()) is RefusalKind.CREDENTIAL


@pytest.mark.parametrize("value", ["Token a\r\nX: y", "Token \0", "Token \u20ac"])
def test_a_made_up_value_cannot_add_a_header(value):
    two = TwoHeadersCredential(identity="burn", real_first=True, made_up=value)
    beside = MisplacedCredential(identity="burn", parameter="token", beside=value)
    for credential in (two, beside):
        assert kind(read(credential=credential), environment()) is RefusalKind.CREDENTIAL


def reused(*outcomes):
    return [outcome.reused_connection for outcome in outcomes if isinstance(outcome, Exchange)]


@pytest.mark.asyncio
async def test_requests_that_name_a_connection_share_one_of_their_own(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        async with open_gate(loopback_target(url, ca_file=ca), tmp_path, {"emsp-one": TOKEN}) as opened:
            real = IdentityCredential(identity="emsp-one")
            shared = [await opened.gate.http(request(url, real)) for _ in range(2)]
            own = [await opened.gate.http(request(url, c, connection="a")) for c in (real, None, real)]
            other = await opened.gate.http(request(url, None, connection="b"))
            at_once = await asyncio.gather(*(opened.gate.http(request(url, None, connection="a")) for _ in range(5)))
    assert reused(*shared, *own, other) == [*(False, True), *(False, True, True), False]
    assert all(reused(*at_once))
    assert server.connections == 3


@pytest.mark.asyncio
async def test_a_connection_that_the_target_closes_is_not_called_reused(tmp_path):
    async def once(_reader, writer):
        writer.write(ok(b"{}", "Connection: close"))
        await writer.drain()

    async with byte_server(once) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            answers = [await opened.gate.http(request(url, None, connection="a", identity=None)) for _ in range(2)]
    assert reused(*answers) == [False, False]
