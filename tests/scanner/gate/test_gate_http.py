"""What the gate does with real answers on loopback: bounded, pinned, and never generous with a token."""

import asyncio
import base64
import gzip
import time
from dataclasses import replace

import pytest
from msgspec import structs

from scanner.gate.gate import Gate
from scanner.gate.journal import FILE_NAME, Journal, read_journal
from scanner.gate.redaction import Redactor
from scanner.gate.tls_context import looking_context
from scanner.gate.vault import TokenVault
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed, FailureKind, RefusalKind, Refused
from scanner.model.intent import HttpIntent, IdentityCredential, MadeUpCredential, MisplacedCredential
from scanner.model.party import Identity
from scanner.model.target import Limits
from scanner.model.token_encoding import TokenEncoding
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.bombs import gzip_of
from tests.targets.byte_server import byte_server, ok, self_signed

TOKEN = "q7Zk2-canary-Pw91xYtR"
SMALL = replace(FAST, max_body_bytes=100_000)


def get(url, **changes):
    fields = {
        "effect": Effect.READ,
        "environment": "test",
        "probe": "p",
        "purpose": "look",
        "method": "GET",
        "url": url,
    }
    return HttpIntent(**{**fields, **changes})


def as_emsp(url, **changes):
    return get(url, identity="emsp-one", credential=IdentityCredential(identity="emsp-one"), **changes)


async def answer_of(answer, tmp_path, limits=SMALL, tls=None):
    async with byte_server(answer) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url, limits=limits), tmp_path) as opened:
            return await opened.gate.http(get(url)), server


@pytest.mark.asyncio
async def test_a_whole_answer_is_an_exchange(tmp_path):
    outcome, _ = await answer_of(ok(b'{"a":1}', "X-One: 1", "X-One: 2"), tmp_path)
    assert isinstance(outcome, Exchange)
    assert (outcome.status, outcome.body, outcome.peer) == (200, b'{"a":1}', "127.0.0.1")
    assert outcome.header_values("x-one") == ("1", "2")


@pytest.mark.asyncio
async def test_a_large_body_is_cut_at_the_limit(tmp_path):
    outcome, _ = await answer_of(ok(b"x" * 5_000_000), tmp_path)
    assert isinstance(outcome, Exchange)
    assert outcome.truncated
    assert len(outcome.body) == 100_000


@pytest.mark.asyncio
async def test_of_a_body_that_was_cut_its_beginning_is_kept_and_its_length_known(tmp_path):
    roomy = replace(SMALL, max_body_bytes=3_000_000)
    outcome, _ = await answer_of(ok(b"ab" * 2_500_000), tmp_path, limits=roomy)
    assert isinstance(outcome, Exchange)
    assert (outcome.truncated, outcome.read_bytes()) == (True, 3_000_000)
    assert outcome.body == b"ab" * 2**16


@pytest.mark.asyncio
async def test_a_gzip_bomb_is_cut_at_the_limit(tmp_path):
    bomb = gzip_of(bytes(1_000_000), 200)
    outcome, _ = await answer_of(ok(bomb, "Content-Encoding: gzip"), tmp_path)
    assert isinstance(outcome, Exchange)
    assert outcome.truncated
    assert len(outcome.body) == 100_000


@pytest.mark.asyncio
async def test_a_compressed_answer_is_read(tmp_path):
    outcome, _ = await answer_of(ok(gzip.compress(b"hello"), "Content-Encoding: gzip"), tmp_path)
    assert isinstance(outcome, Exchange)
    assert outcome.body == b"hello"


@pytest.mark.asyncio
async def test_a_slow_drip_ends_with_its_time(tmp_path):
    async def drip(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    outcome, _ = await answer_of(drip, tmp_path, limits=replace(SMALL, timeout_s=1.0))
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.TIMEOUT


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "line", [b"X: " + b"y" * 200_000 + b"\r\n", b"X: y\r\n" * 300_000], ids=["one long header", "many headers"]
)
async def test_endless_headers_are_refused(tmp_path, line):
    async def headers(_reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\n" + line + b"\r\n")
        await writer.drain()

    outcome, _ = await answer_of(headers, tmp_path)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.HEADERS_TOO_LARGE


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", b"\r\n\r\n"]
)
async def test_what_is_not_http_is_said_so(tmp_path, garbage):
    async def answer(_reader, writer):
        writer.write(garbage)
        await writer.drain()

    outcome, _ = await answer_of(answer, tmp_path)
    assert isinstance(outcome, Failed)
    assert outcome.kind in {FailureKind.NOT_HTTP, FailureKind.RESET}


@pytest.mark.asyncio
async def test_a_read_is_tried_once_more_when_the_connection_is_dropped(tmp_path):
    dropped: list[object] = []

    async def drops_first(_reader, writer):
        if dropped:
            writer.write(ok(b"second"))
            await writer.drain()
        dropped.append(True)

    outcome, server = await answer_of(drops_first, tmp_path)
    assert isinstance(outcome, Exchange)
    assert outcome.retried
    assert outcome.body == b"second"
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_a_redirect_is_an_answer_and_is_not_followed(tmp_path):
    async with byte_server(ok()) as elsewhere:
        moved = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\nContent-Length: 0\r\n\r\n"
        outcome, _ = await answer_of(moved.encode(), tmp_path)
        assert isinstance(outcome, Exchange)
        assert outcome.status == 302
        assert elsewhere.requests == []


@pytest.mark.asyncio
async def test_the_token_goes_into_the_header_over_verified_tls(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/versions"
        async with open_gate(loopback_target(url, ca_file=ca), tmp_path, {"emsp-one": TOKEN}) as opened:
            outcome = await opened.gate.http(as_emsp(url))
            assert isinstance(outcome, Exchange)
            assert outcome.tls_version in {"TLSv1.2", "TLSv1.3"}
            expected = b"Authorization: Token " + base64.b64encode(TOKEN.encode())
            assert expected in server.requests[0]
            assert TOKEN not in repr(outcome)
            assert base64.b64encode(TOKEN.encode()).decode() not in repr(outcome)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["localhost", "other.example"], ids=["untrusted", "wrong name"])
async def test_no_token_leaves_where_the_certificate_is_not_accepted(tmp_path, name):
    tls, ca = self_signed(tmp_path, name)
    trusted = ca if name != "localhost" else None
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/versions"
        async with open_gate(loopback_target(url, ca_file=trusted), tmp_path, {"emsp-one": TOKEN}) as opened:
            outcome = await opened.gate.http(as_emsp(url))
            assert isinstance(outcome, Failed)
            assert outcome.kind is FailureKind.CERTIFICATE
            looked = await opened.gate.http(get(url, verify_tls=False))
            assert isinstance(looked, Exchange)
            assert all(b"uthorization" not in request for request in server.requests)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://localhost:{port}/x?token=" + TOKEN},
        {"url": "https://localhost:{port}/x?token=" + base64.b64encode(TOKEN.encode()).decode()},
        {"headers": {"X-Token": TOKEN}},
        {"credential": MadeUpCredential(header_value="Bearer " + TOKEN)},
        {"credential": MadeUpCredential(header_value="Token " + base64.b64encode(TOKEN.encode() + b"\n").decode())},
    ],
    ids=["query", "query in Base64", "another header", "another scheme", "hand-made header"],
)
async def test_a_real_token_anywhere_else_is_refused(tmp_path, changes):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        base = f"https://localhost:{server.port}/x"
        async with open_gate(loopback_target(base, ca_file=ca), tmp_path, {"emsp-one": TOKEN}) as opened:
            url = changes.pop("url", base).format(port=server.port)
            outcome = await opened.gate.http(get(url, **changes))
            assert isinstance(outcome, Refused)
            assert outcome.kind is RefusalKind.CREDENTIAL
            assert server.connections == 0


@pytest.mark.asyncio
async def test_a_disposable_token_may_stand_in_the_query_and_is_not_shown_there(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x?limit=1"
        target = loopback_target(url, ca_file=ca, identities=(Identity(name="emsp-one", disposable=True),))
        async with open_gate(target, tmp_path, {"emsp-one": TOKEN}) as opened:
            credential = MisplacedCredential(identity="emsp-one", parameter="token", encoding=TokenEncoding.RAW)
            outcome = await opened.gate.http(get(url, identity="emsp-one", credential=credential))
    assert isinstance(outcome, Exchange)
    assert f"/x?limit=1&token={TOKEN} ".encode() in server.requests[0]
    assert b"uthorization" not in server.requests[0]
    assert TOKEN not in repr(outcome)
    assert TOKEN not in (tmp_path / FILE_NAME).read_text()


@pytest.mark.asyncio
async def test_an_identity_without_a_token_sends_nothing(tmp_path):
    async with byte_server(ok()) as server:
        url = f"https://localhost:{server.port}/x"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            outcome = await opened.gate.http(as_emsp(url))
            assert isinstance(outcome, Refused)
            assert server.connections == 0


@pytest.mark.asyncio
async def test_a_name_that_leads_inside_is_not_connected_to(tmp_path):
    async with byte_server(ok()) as server:
        url = f"http://localhost:{server.port}/x"
        target = loopback_target(url)
        closed = replace(target, endpoints=(replace(target.endpoints[0], allow_internal=False),))
        async with open_gate(closed, tmp_path) as opened:
            outcome = await opened.gate.http(get(url))
            assert isinstance(outcome, Failed)
            assert outcome.kind is FailureKind.ADDRESS_OUT_OF_SCOPE
            assert "allow_internal" in outcome.detail
            assert server.connections == 0


@pytest.mark.asyncio
async def test_every_request_is_on_record_before_it_arrives(tmp_path):
    on_record: list[str] = []

    async def look_at_the_journal(_reader, writer):
        on_record.extend(str(entry.get("url")) for entry in read_journal(tmp_path / FILE_NAME))
        writer.write(ok())
        await writer.drain()

    await answer_of(look_at_the_journal, tmp_path)
    assert any(url and url.endswith("/x") for url in on_record)


@pytest.mark.asyncio
async def test_the_budget_of_a_host_is_shared_and_ends(tmp_path):
    limits = replace(FAST, max_requests=5)
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url, limits=limits), tmp_path) as opened:
            outcomes = await asyncio.gather(*(opened.gate.http(get(url)) for _ in range(12)))
            refused = [o for o in outcomes if isinstance(o, Refused)]
            assert len(refused) == 7
            assert {r.kind for r in refused} == {RefusalKind.BUDGET}
            assert len(server.requests) == 5
            assert opened.gate.requests_sent == 5


@pytest.mark.asyncio
async def test_requests_without_a_valid_token_are_capped_apart(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        target = loopback_target(url, ca_file=ca, limits=replace(FAST, max_refusals=3))
        async with open_gate(target, tmp_path, {"emsp-one": TOKEN}) as opened:
            outcomes = [await opened.gate.http(get(url)) for _ in range(5)]
            assert [isinstance(o, Refused) for o in outcomes] == [False, False, False, True, True]
            assert isinstance(await opened.gate.http(as_emsp(url)), Exchange)


@pytest.mark.asyncio
async def test_the_rate_of_a_host_is_kept(tmp_path):
    limits = Limits(requests_per_second=50.0, burst=1)
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url, limits=limits), tmp_path) as opened:
            started = time.monotonic()
            await asyncio.gather(*(opened.gate.http(get(url)) for _ in range(11)))
            assert time.monotonic() - started >= 0.19


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "after",
    ["Retry-After: 1", "Date: Sun, 22 Nov 2026 08:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 08:00:01 GMT"],
    ids=["seconds", "date"],
)
async def test_retry_after_is_honoured(tmp_path, after):
    asked = []

    async def busy_once(_reader, writer):
        asked.append(time.monotonic())
        busy = f"HTTP/1.1 429 Too Many Requests\r\n{after}\r\nContent-Length: 0\r\n\r\n".encode()
        writer.write(busy if len(asked) == 1 else ok(b"now"))
        await writer.drain()

    outcome, _ = await answer_of(busy_once, tmp_path, limits=FAST)
    assert isinstance(outcome, Exchange)
    assert outcome.body == b"now"
    assert asked[1] - asked[0] >= 0.95


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "after",
    [
        *("\xb2", "soon", "-1", "1.5", "99999999", "Sun, 22 Nov 2026 08:00:01 GMT"),
        "Sun, 22 Nov 99999999999999999999 08:00:01 GMT",
    ],
)
async def test_a_senseless_retry_after_is_not_followed(tmp_path, after):
    busy = f"HTTP/1.1 503 Busy\r\nRetry-After: {after}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")
    outcome, server = await answer_of(busy, tmp_path, limits=FAST)
    assert isinstance(outcome, Exchange)
    assert outcome.status == 503
    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_an_impatient_intent_sees_the_throttle(tmp_path):
    busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
    async with byte_server(busy) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            outcome = await opened.gate.http(get(url, patient=False))
    assert isinstance(outcome, Exchange)
    assert outcome.status == 429


@pytest.mark.asyncio
async def test_a_token_is_not_shown_to_the_other_platform_of_an_environment(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as mine, byte_server(ok(), tls=tls) as other:
        base = loopback_target(f"https://localhost:{mine.port}/x", ca_file=ca)
        second = loopback_target(f"https://localhost:{other.port}/x", ca_file=ca, endpoint="other")
        identity = Identity(name="emsp-one", endpoints=frozenset({"main"}))
        target = replace(base, endpoints=(*base.endpoints, *second.endpoints), identities=(identity,))
        async with open_gate(target, tmp_path, {"emsp-one": TOKEN}) as opened:
            assert isinstance(await opened.gate.http(as_emsp(f"https://localhost:{mine.port}/x")), Exchange)
            refused = await opened.gate.http(as_emsp(f"https://localhost:{other.port}/x"))
            assert isinstance(refused, Refused)
            assert isinstance(await opened.gate.http(get(f"https://localhost:{other.port}/x")), Exchange)
    assert all(b"uthorization" not in request for request in other.requests)


@pytest.mark.asyncio
async def test_the_journal_may_show_a_template_instead_of_an_id(tmp_path):
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/tokens/NL/TNM/04A2B3C4"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            await opened.gate.http(get(url, shown_url="http://127.0.0.1/tokens/{country_code}/{party_id}/{uid}"))
    assert "04A2B3C4" not in (tmp_path / FILE_NAME).read_text()


@pytest.mark.asyncio
async def test_an_address_that_one_environment_may_use_is_not_open_to_another(tmp_path):
    async with byte_server(ok()) as server:
        url = f"http://localhost:{server.port}/x"
        lab = loopback_target(url, environment="lab")
        test = loopback_target(url)
        test = replace(test, endpoints=(replace(test.endpoints[0], allow_internal=False),))
        journal = Journal(tmp_path / FILE_NAME, Redactor())
        gate = Gate([lab, test], vault=TokenVault({}), journal=journal, redactor=Redactor(), scratch=tmp_path)
        assert isinstance(await gate.http(get(url, environment="lab")), Exchange)
        refused = await gate.http(get(url))
        await gate.close()
        journal.close()
    assert isinstance(refused, Failed)
    assert refused.kind is FailureKind.ADDRESS_OUT_OF_SCOPE


@pytest.mark.asyncio
async def test_tls_session_keys_are_not_written_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    looking_context.cache_clear()
    tls, _ = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            assert isinstance(await opened.gate.http(get(url, verify_tls=False)), Exchange)
    looking_context.cache_clear()
    keys = tmp_path / "keys"
    assert not keys.exists() or b"CLIENT" not in keys.read_bytes()


@pytest.mark.asyncio
async def test_a_target_that_never_answered_is_left_alone(tmp_path):
    tls, ca = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        port = server.port
    url = f"https://localhost:{port}/x"
    async with open_gate(loopback_target(url, ca_file=ca), tmp_path) as opened:
        outcomes = [await opened.gate.http(get(url)) for _ in range(6)]
        assert [type(o) for o in outcomes] == [Failed] * 3 + [Refused] * 3
        assert isinstance(outcomes[-1], Refused)
        assert "never answered" in outcomes[-1].detail


@pytest.mark.asyncio
async def test_a_target_that_goes_down_is_left_alone_and_the_request_that_did_it_is_named(tmp_path):
    answered = []

    async def dies(_reader, writer):
        answered.append(True)
        if len(answered) <= 3:
            writer.write(ok())
            await writer.drain()

    tls, ca = self_signed(tmp_path)
    async with byte_server(dies, tls=tls) as server:
        base = f"https://localhost:{server.port}"
        async with open_gate(loopback_target(base + "/x", ca_file=ca), tmp_path) as opened:
            outcomes = [await opened.gate.http(get(f"{base}/x?n={n}")) for n in range(10)]
    assert [isinstance(o, Exchange) for o in outcomes[:3]] == [True] * 3
    assert isinstance(outcomes[-1], Refused)
    assert "stopped answering" in outcomes[-1].detail
    assert "n=5" in outcomes[-1].detail


@pytest.mark.asyncio
async def test_after_stop_nothing_leaves(tmp_path):
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(loopback_target(url), tmp_path) as opened:
            opened.gate.stop("stopped by the user")
            outcome = await opened.gate.http(get(url))
            assert isinstance(outcome, Refused)
            assert outcome.kind is RefusalKind.STOPPED
            assert server.connections == 0


@pytest.mark.asyncio
async def test_a_write_is_not_repeated(tmp_path):
    async def drop(_reader, _writer):
        return

    async with byte_server(drop) as server:
        url = f"http://127.0.0.1:{server.port}/locations/1"
        target = loopback_target(url, identities=(Identity(name="emsp-one", disposable=True),))
        async with open_gate(target, tmp_path) as opened:
            await opened.gate.http(structs.replace(get(url), effect=Effect.WRITE, method="PUT", identity="emsp-one"))
        assert len(server.requests) == 0  # mode observe: not even once
