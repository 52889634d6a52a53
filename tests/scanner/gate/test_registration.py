"""Registrations: a new token is kept before anybody is told, no probe sees one, and a kill loses none that is known."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.gate.redaction import MASK
from scanner.gate.registration import RESCUED
from scanner.gate.sink import NewToken, SinkFailed
from scanner.model.credential import NEW_TOKEN, CredentialsBody, Former, FormerCredential, IdentityCredential
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import Exchange, RefusalKind, Refused
from scanner.model.intent import HttpIntent
from scanner.model.party import Identity, Party
from scanner.model.token_encoding import TokenEncoding
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed

TOKEN_A = "bootstrap-canary-Aa11"
TOKEN_C = "brand-new-canary-Cc33"
BODY = CredentialsBody(json=f'{{"token": "{NEW_TOKEN}", "url": "https://us/versions", "roles": []}}'.encode())
PARTY = Party(country_code="NL", party_id="TST")
BURNABLE = Identity(name="emsp-one", party=PARTY, disposable=True, has_sink=True)


def credentials_answer(token, status=1000, **more):
    return ok(json.dumps({"status_code": status, "data": {"token": token, "roles": []}, **more}).encode())


class FailingSink:
    """A sink that works until it is needed."""

    place = "file:gone"

    def prove(self):
        return

    def write(self, which, token):
        if which is NewToken.TO_SPEAK_WITH:
            raise SinkFailed("file:gone cannot be written: no space left on device")


def registration(url, **fields):
    common = {"effect": Effect.REGISTRATION, "environment": "test", "probe": "p", "purpose": "register"}
    speaking = {"identity": "emsp-one", "credential": IdentityCredential(identity="emsp-one")}
    return HttpIntent(**{**common, **speaking, "method": "POST", "url": url, "module": "credentials", **fields})


def target_of(url, ca, identity=BURNABLE):
    target = loopback_target(url, ca_file=ca, identities=(identity,))
    return type(target)(
        **{
            **{name: getattr(target, name) for name in target.__dataclass_fields__},
            "mode": Mode.EXERCISE,
            "allow": frozenset({Effect.REGISTRATION}),
        }
    )


async def registered(answer, tmp_path, *, sinks=None, identity=BURNABLE, after=(), **fields):
    """One registration and what follows it: outcomes, the server, the files that were written."""
    tls, ca = self_signed(tmp_path)
    async with byte_server(answer, tls=tls) as server:
        url = f"https://localhost:{server.port}/ocpi/2.2.1/credentials"
        run = tmp_path / "run"
        run.mkdir()
        async with open_gate(target_of(url, ca, identity), run, {"emsp-one": TOKEN_A}, sinks) as opened:
            outcomes = [await opened.gate.http(registration(url, body=BODY, **fields))]
            for credential in after:
                read = registration(url, effect=Effect.READ, method="GET", credential=credential)
                outcomes.append(await opened.gate.http(read))
            shapes = opened.gate.token_shapes("test")
        return outcomes, server, run, shapes


def without_sinks(run):
    return "".join(
        path.read_text() for path in run.rglob("*") if path.is_file() and not {"sinks", RESCUED} & set(path.parts)
    )


@pytest.mark.asyncio
async def test_both_new_tokens_are_kept_and_no_probe_sees_one(tmp_path):
    outcomes, server, run, _ = await registered(credentials_answer(TOKEN_C), tmp_path)
    sent = json.loads(server.bodies[0])["token"]
    assert len(sent) >= 32
    assert (run / "sinks" / "emsp-one").read_text() == TOKEN_C + "\n"
    assert (run / "sinks" / "emsp-one.for-partner").read_text() == sent + "\n"
    exchange = outcomes[0]
    assert isinstance(exchange, Exchange)
    assert json.loads(exchange.body)["data"] == {"token": MASK, "roles": []}
    assert json.loads(exchange.request_body or b"")["token"] == MASK
    seen = repr(exchange) + without_sinks(run)
    assert not any(token in seen for token in (sent, TOKEN_C, TOKEN_A))


@pytest.mark.asyncio
async def test_the_new_token_is_spoken_with_and_the_old_one_is_the_former_one(tmp_path):
    after = (
        IdentityCredential(identity="emsp-one", encoding=TokenEncoding.RAW),
        FormerCredential(identity="emsp-one", encoding=TokenEncoding.RAW),
        FormerCredential(identity="emsp-one", which=Former.BOOTSTRAP, encoding=TokenEncoding.RAW),
    )
    outcomes, server, _, shapes = await registered(credentials_answer(TOKEN_C), tmp_path, after=after)
    spoken = [
        f"Token {token}".encode() in head
        for head, token in zip(server.requests[1:], [TOKEN_C, TOKEN_A, TOKEN_A], strict=True)
    ]
    assert spoken == [True, True, True]
    assert [outcome.spoken_as for outcome in outcomes] == ["emsp-one", "emsp-one", None, None]
    assert shapes[0].length == len(TOKEN_C)


@pytest.mark.asyncio
async def test_the_partner_s_token_is_kept_before_it_is_sent_and_the_new_one_before_the_probe_is_told(tmp_path):
    kept_before = []

    async def answer(_reader, writer):
        kept_before.extend(sorted(path.name for path in (tmp_path / "run" / "sinks").iterdir()))
        kept_before.extend(entry["kind"] for entry in read_journal(tmp_path / "run" / FILE_NAME) if "what" in entry)
        writer.write(credentials_answer(TOKEN_C))
        await writer.drain()

    _, _, run, _ = await registered(answer, tmp_path)
    assert kept_before == ["emsp-one.for-partner", "kept"]
    kinds = [entry["kind"] for entry in read_journal(run / FILE_NAME) if entry.get("effect") != "read"]
    assert kinds.index("intent") < kinds.index("outcome") < len(kinds) - 1
    assert kinds[-1] == "kept"


@pytest.mark.asyncio
async def test_without_a_sink_no_registration_leaves(tmp_path):
    identity = Identity(name="emsp-one", party=PARTY, disposable=True)
    outcomes, server, *_ = await registered(credentials_answer(TOKEN_C), tmp_path, identity=identity)
    assert isinstance(outcomes[0], Refused)
    assert (outcomes[0].kind, server.connections) == (RefusalKind.SINK, 0)


@pytest.mark.asyncio
async def test_a_sink_that_cannot_be_proven_lets_no_registration_leave(tmp_path):
    class Broken(FailingSink):
        def prove(self):
            raise SinkFailed("file:gone cannot be written: permission denied")

    outcomes, server, *_ = await registered(credentials_answer(TOKEN_C), tmp_path, sinks={"emsp-one": Broken()})
    assert isinstance(outcomes[0], Refused)
    assert (outcomes[0].kind, server.connections) == (RefusalKind.SINK, 0)
    assert "permission denied" in outcomes[0].detail


@pytest.mark.asyncio
async def test_a_token_that_its_sink_did_not_take_is_rescued_and_the_gate_stops(tmp_path):
    speak = IdentityCredential(identity="emsp-one")
    outcomes, _, run, _ = await registered(
        credentials_answer(TOKEN_C), tmp_path, sinks={"emsp-one": FailingSink()}, after=[speak]
    )
    assert isinstance(outcomes[0], Exchange)
    assert TOKEN_C not in repr(outcomes[0]) + without_sinks(run)
    assert isinstance(outcomes[1], Refused)
    assert outcomes[1].kind is RefusalKind.STOPPED
    rescued = list((run / RESCUED).iterdir())
    assert str(rescued[0]) in outcomes[1].detail
    assert "no space left" in outcomes[1].detail
    assert rescued[0].read_text() == TOKEN_C + "\n"
    assert rescued[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        credentials_answer(TOKEN_C, status=2001),
        credentials_answer(None),
        credentials_answer({"a": 1}),
        ok(b"<html>"),
        ok(b"[" * 5000),
        credentials_answer(TOKEN_C).replace(b"200 OK", b"405 No"),
    ],
    ids=["OCPI error", "null", "object", "html", "deep", "refused"],
)
async def test_an_answer_that_brings_no_token_takes_none_away(tmp_path, answer):
    after = [IdentityCredential(identity="emsp-one", encoding=TokenEncoding.RAW)]
    outcomes, server, run, _ = await registered(answer, tmp_path, after=after)
    assert f"Token {TOKEN_A}".encode() in server.requests[1]
    assert not (run / "sinks" / "emsp-one").exists()
    assert TOKEN_C not in repr(outcomes[0])


@pytest.mark.asyncio
async def test_our_own_token_echoed_is_not_taken_for_a_new_one(tmp_path):
    async def echo(reader, writer):
        sent = (tmp_path / "run" / "sinks" / "emsp-one.for-partner").read_text().strip()
        writer.write(credentials_answer(sent))
        await writer.drain()

    outcomes, _, run, _ = await registered(echo, tmp_path)
    assert not (run / "sinks" / "emsp-one").exists()
    assert json.loads(outcomes[0].body)["data"]["token"] == MASK


@pytest.mark.asyncio
@pytest.mark.parametrize("token", ["short", 'q"uo\\te-\u00e9-12'], ids=["too short to be masked everywhere", "odd"])
async def test_an_odd_token_is_kept_and_masked_as_well(tmp_path, token):
    outcomes, _, run, _ = await registered(credentials_answer(token), tmp_path)
    assert (run / "sinks" / "emsp-one").read_text() == token + "\n"
    assert json.loads(outcomes[0].body)["data"]["token"] == MASK


@pytest.mark.asyncio
async def test_who_asked_may_be_cancelled_and_the_token_is_kept_all_the_same(tmp_path):
    arrived = asyncio.Event()

    async def slow(_reader, writer):
        arrived.set()
        await asyncio.sleep(0.2)
        writer.write(credentials_answer(TOKEN_C))
        await writer.drain()

    asked = asyncio.create_task(registered(slow, tmp_path))
    await arrived.wait()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (tmp_path / "run" / "sinks" / "emsp-one").read_text() == TOKEN_C + "\n"


@pytest.mark.asyncio
async def test_a_new_token_for_the_partner_goes_out_in_a_registration_only(tmp_path):
    outcomes, server, *_ = await registered(credentials_answer(TOKEN_C), tmp_path, effect=Effect.READ, method="GET")
    assert isinstance(outcomes[0], Refused)
    assert (outcomes[0].kind, server.connections) == (RefusalKind.CREDENTIAL, 0)


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.scanner.gate import test_registration as t
from scanner.model.token_encoding import TokenEncoding
from tests.scanner.gate_fixtures import open_gate

async def main(url, ca, run):
    async with open_gate(t.target_of(url, ca), run, {"emsp-one": t.TOKEN_A}) as opened:
        await opened.gate.http(t.registration(url, body=t.BODY))
        print("told", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("moment", ["before the answer", "after the probe was told"])
async def test_a_kill_leaves_a_record_of_the_request_or_the_token_itself(tmp_path, moment):
    arrived, hold = asyncio.Event(), asyncio.Event()

    async def answer(_reader, writer):
        arrived.set()
        if moment == "before the answer":
            await hold.wait()
        writer.write(credentials_answer(TOKEN_C))
        await writer.drain()

    tls, ca = self_signed(tmp_path)
    run = tmp_path / "run"
    run.mkdir()
    async with byte_server(answer, tls=tls) as server:
        url = f"https://localhost:{server.port}/ocpi/2.2.1/credentials"
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", CHILD, url, str(ca), str(run)),
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        )
        assert child.stdout
        async with asyncio.timeout(20):
            await arrived.wait()
            if moment != "before the answer":
                assert await child.stdout.readline() == b"told\n"
            os.kill(child.pid, signal.SIGKILL)
            await child.wait()
            await child.stdout.read()
    entries = list(read_journal(run / FILE_NAME))
    asked = [entry for entry in entries if entry.get("effect") == "registration" and "url" in entry]
    answered = {entry["number"] for entry in entries if entry["kind"] == "outcome"}
    assert len(asked) == 1
    assert (run / "sinks" / "emsp-one.for-partner").exists()
    if moment == "before the answer":
        assert asked[0]["number"] not in answered
    else:
        assert (run / "sinks" / "emsp-one").read_text() == TOKEN_C + "\n"
        assert entries[-1]["kind"] == "kept"
