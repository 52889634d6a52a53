"""The platform of ours: bounded, on record, over TLS only, and known to those alone who were told where it is."""

import asyncio
import json
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import aiohttp
import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.gate.sink import FileSink, NewToken, SinkFailed
from scanner.model.credential import Former
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import ServeIntent
from scanner.model.party import Identity, Party
from scanner.model.secret import Secret
from scanner.model.served import CallersToken, ServedAnswer
from tests.scanner.gate.test_registration import BODY, credentials_answer, registration
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.byte_server import byte_server, self_signed

NONCE = "path-that-nobody-guesses"
PARTY = Party(country_code="NL", party_id="TST")
US = Identity(name="emsp-one", party=PARTY, disposable=True, has_sink=True)
HELLO = ServedAnswer(headers=(("Content-Type", "application/json"),), body=b'{"data": []}')


def target(ca, **more):
    plain = loopback_target("https://localhost:1/ocpi/versions", ca_file=ca, identities=(US,))
    return replace(plain, **{"mode": Mode.EXERCISE, "allow": frozenset({Effect.REGISTRATION}), **more})


def intent(folder, **fields):
    common = {"effect": Effect.REGISTRATION, "environment": "test", "probe": "p", "purpose": "be called back"}
    tls = {"certificate_file": str(folder / "localhost.pem"), "key_file": str(folder / "localhost.key")}
    where = {"identity": "emsp-one", "host": "127.0.0.1", "port": 0, "nonce": NONCE, "deadline_s": 5.0}
    return ServeIntent(**{**common, **tls, **where, **fields})


async def get(url, ca, method="GET", **more):
    context = ssl.create_default_context(cafile=str(ca))
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, ssl=context, **more) as response,
    ):
        return response.status, await response.read()


def said(answer):
    async def handler(_call):
        return answer

    return handler


@asynccontextmanager
async def serving(opened, wanted, handler):
    async with opened.gate.serve(wanted, handler) as served:
        assert not isinstance(served, Refused), served
        yield served


@pytest.fixture
def certificate(tmp_path):
    tls, ca = self_signed(tmp_path)
    return tmp_path, ca, tls


@pytest.mark.asyncio
async def test_a_call_below_the_nonce_is_answered_and_all_others_learn_nothing(certificate, tmp_path):
    folder, ca, _ = certificate
    async with (
        open_gate(target(ca), tmp_path, {"emsp-one": "token-of-ours-0001"}) as opened,
        serving(opened, intent(folder), said(HELLO)) as served,
    ):
        assert await get(served.url("/versions?limit=1"), ca) == (200, b'{"data": []}')
        assert await get(f"https://localhost:{served.port}/versions", ca) == (404, b"")
        assert await get(f"https://localhost:{served.port}/{NONCE}x/versions", ca) == (404, b"")
    assert [(call.method, call.path, call.token) for call in served.calls] == [
        ("GET", "/versions?limit=1", CallersToken.NONE)
    ]
    calls = [entry for entry in read_journal(tmp_path / FILE_NAME) if entry["kind"] == "call"]
    assert [(c["number"], c["method"], c["path"], c["status"]) for c in calls] == [(1, "GET", "/versions?limit=1", 200)]


@pytest.mark.asyncio
async def test_callers_are_known_by_the_tokens_that_were_handed_out_and_show_none(certificate, tmp_path):
    folder, ca, tls = certificate
    tokens = []

    async def platform(_reader, writer):
        tokens.append(json.loads(server.bodies[-1])["token"])
        writer.write(credentials_answer(f"brand-new-canary-{len(tokens)}"))
        await writer.drain()

    async with byte_server(platform, tls=tls) as server:
        url = f"https://localhost:{server.port}/ocpi/2.2.1/credentials"
        plain = loopback_target(url, ca_file=ca, identities=(US,))
        at = replace(plain, mode=Mode.EXERCISE, allow=frozenset({Effect.REGISTRATION}))
        async with (
            open_gate(at, tmp_path, {"emsp-one": "token-of-ours-0001"}) as opened,
            serving(opened, intent(folder), said(HELLO)) as served,
        ):
            for _ in range(2):
                await opened.gate.http(registration(url, body=BODY))
            for token in (*tokens, "never-handed-out"):
                header = {"Authorization": f"Token {token}"}
                await get(served.url("/versions"), ca, method="POST", headers=header, data=token.encode())
    assert [call.token for call in served.calls] == [
        CallersToken.FORMER,
        CallersToken.NEWEST,
        CallersToken.UNKNOWN,
    ]
    assert not any(token in repr(served.calls) for token in tokens)
    assert not any(token in (tmp_path / FILE_NAME).read_text() for token in tokens)


@pytest.mark.asyncio
async def test_a_long_answer_is_cut_and_a_slow_one_ends(certificate, tmp_path):
    folder, ca, _ = certificate

    async def drip():
        while True:
            yield b"x" * 1000

    async def sleepy(_call):
        await asyncio.sleep(30)

    async with open_gate(target(ca), tmp_path) as opened:
        short = intent(folder, max_answer_bytes=10_000)
        async with serving(opened, short, said(ServedAnswer(body=drip()))) as served:
            with pytest.raises(aiohttp.ClientError):
                await get(served.url("/versions"), ca)
        async with serving(opened, intent(folder, answer_s=0.2), sleepy) as served:
            with pytest.raises(aiohttp.ClientError):
                await get(served.url("/versions"), ca)
        async with serving(opened, intent(folder), said(None)) as served:
            with pytest.raises(aiohttp.ClientError):
                await get(served.url("/versions"), ca)


@pytest.mark.asyncio
async def test_a_piecewise_answer_arrives_whole(certificate, tmp_path):
    folder, ca, _ = certificate

    async def pieces():
        for piece in (b"one ", b"two ", b"three"):
            yield piece

    async with (
        open_gate(target(ca), tmp_path) as opened,
        serving(opened, intent(folder), said(ServedAnswer(status=201, body=pieces()))) as served,
    ):
        assert await get(served.url("/"), ca) == (201, b"one two three")


class NothingForThePartner(FileSink):
    """A sink that is full when it comes to our own token."""

    def write(self, which, token):
        if which is NewToken.FOR_THE_PARTNER:
            raise SinkFailed("the disk is full")
        super().write(which, token)


@pytest.mark.asyncio
@pytest.mark.parametrize("sink, status", [(FileSink, 200), (NothingForThePartner, 500)])
async def test_a_registration_is_taken_where_our_token_can_be_kept_and_else_an_error(
    certificate, tmp_path, sink, status
):
    folder, ca, _ = certificate
    taking = ServedAnswer(body=b'{"token": "{{new credentials token}}"}', takes=True)
    body = json.dumps({"token": "offered-token-0123456789abcdef"})
    head = {"Authorization": "Token agreed-token-0123456789abcdefgh"}
    tokens, agreed = {US.name: "present-token-0123456789"}, {US.name: "agreed-token-0123456789abcdefgh"}
    kept = tmp_path / "kept"

    async def handler(call):
        return taking if call.brought else HELLO

    async with (
        open_gate(target(ca), tmp_path, tokens, {US.name: sink(kept)}, agreed) as opened,
        serving(opened, intent(folder, takes_credentials=True), handler) as served,
    ):
        beside, _ = await get(served.url("/2.2.1/tokens"), ca, "POST", data=body, headers=head)
        said_status, _ = await get(served.url("/2.2.1/credentials"), ca, "POST", data=body, headers=head)
        again, _ = await get(served.url("/2.2.1/credentials"), ca, "POST", data=body, headers=head)
        assert (beside, said_status, again) == (200, status, 200)
        assert [call.brought for call in served.calls] == [False, True, False]
        assert (served.taken.is_set(), kept.exists()) == (status == 200, status == 200)


@pytest.mark.asyncio
async def test_no_registration_is_taken_over_an_offer_that_nobody_settled(certificate, tmp_path):
    folder, ca, _ = certificate
    sink = FileSink(tmp_path / "kept")
    sink.write(NewToken.OFFERED, Secret("offered-by-another-run"))
    taking = intent(folder, takes_credentials=True)
    async with open_gate(target(ca), tmp_path, sinks={US.name: sink}, tokens={US.name: "present-token-01"}) as opened:
        async with opened.gate.serve(taking, said(HELLO)) as refused:
            assert isinstance(refused, Refused)
            assert refused.kind is RefusalKind.SINK
            assert f"{tmp_path / 'kept.offered'} holds a token" in refused.detail
            assert "`ocpi-posture cleanup`" in refused.detail
        assert await opened.gate.standing_offers.recall("test", US.name) == (Former.OFFERED,)
        await opened.gate.standing_offers.settle("test", US.name, Former.OFFERED)
        async with opened.gate.serve(taking, said(HELLO)) as served:
            assert not isinstance(served, Refused)
    assert {path.name: path.read_text() for path in tmp_path.glob("kept*")} == {"kept": "offered-by-another-run\n"}


@pytest.mark.asyncio
async def test_a_bug_of_the_handler_is_raised_and_not_swallowed(certificate, tmp_path):
    folder, ca, _ = certificate

    async def broken(_call):
        raise KeyError("a bug")

    async def serve():
        async with serving(opened, intent(folder), broken) as served:
            with suppress(aiohttp.ClientError):
                await get(served.url("/"), ca)

    async with open_gate(target(ca), tmp_path) as opened:
        with pytest.raises(KeyError, match="a bug"):
            await serve()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "fields, settings, kind",
    [
        ({"host": "192.0.2.1"}, {}, RefusalKind.OUT_OF_SCOPE),
        ({"certificate_file": None}, {}, RefusalKind.CREDENTIAL),
        ({}, {"mode": Mode.OBSERVE}, RefusalKind.MODE),
        ({}, {"allow": frozenset()}, RefusalKind.NOT_ALLOWED),
        ({}, {"identities": (replace(US, disposable=False),)}, RefusalKind.IDENTITY),
    ],
)
async def test_what_is_not_permitted_is_not_served(certificate, tmp_path, fields, settings, kind):
    folder, ca, _ = certificate
    async with (
        open_gate(target(ca, **settings), tmp_path) as opened,
        opened.gate.serve(intent(folder, **fields), said(HELLO)) as served,
    ):
        assert isinstance(served, Refused)
        assert served.kind is kind
