"""Bursts: at the declared rate, within every bound, authorised all the while, on record, and measured from when due."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scanner.gate import load
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.burst import BurstIntent, BurstSent, StressLimits
from scanner.model.effect import Effect, Mode
from scanner.model.exchange import Failed, FailureKind, RefusalKind, Refused
from scanner.model.intent import HttpIntent, IdentityCredential, RawIntent
from scanner.model.target import Authorisation
from scanner.run.resume import journalled
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed

ROOMY = StressLimits(requests_per_second=500, max_requests=1000, max_connections=20)
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"


def stressed(url, *, stress=ROOMY, ends=timedelta(hours=1), **more):
    now = datetime.now(UTC)
    agreed = Authorisation(host="127.0.0.1", who="Ada", starts=now - timedelta(hours=1), ends=now + ends)
    plain = loopback_target(url, limits=FAST)
    return replace(plain, **{"mode": Mode.STRESS, "authorisations": (agreed,), "stress": stress, **more})


def request(url, **changes):
    fields = {
        "effect": Effect.BURST,
        "environment": "test",
        "probe": "p",
        "purpose": "load",
        "method": "GET",
        "url": url,
    }
    return HttpIntent(**{**fields, **changes})


def burst(url, **changes):
    fields = {"requests": (request(url),), "per_second": 200.0, "seconds": 0.5, "at_most": 1000, "connections": 5}
    return BurstIntent(**{**fields, **changes})


async def sent(answer, folder, *, of=burst, target=stressed):
    async with byte_server(answer) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(target(url), folder) as opened:
            outcome = await opened.gate.burst(of(url))
            return outcome, server, opened.gate.requests_sent


@pytest.fixture
def unhurried(monkeypatch):
    """What is overdue is sent all the same: a busy machine may be late by any time."""
    monkeypatch.setattr(load, "_TOO_LATE_S", 60.0)


def kind(outcome):
    assert isinstance(outcome, Refused), outcome
    return outcome.kind


async def slowly(reader, writer):
    await asyncio.sleep(0.1)
    writer.write(ok())
    await writer.drain()


@pytest.mark.asyncio
async def test_so_many_requests_leave_as_rate_and_time_say_over_kept_connections(tmp_path, unhurried):
    outcome, server, counted = await sent(ok(), tmp_path)
    assert isinstance(outcome, BurstSent)
    assert len(outcome.samples) == len(server.requests) == counted == 100
    assert {sample.status for sample in outcome.samples} == {200}
    assert server.connections <= 5
    assert [s.at_s for s in outcome.samples] == sorted(n / 200 for n in range(100))
    assert outcome.not_sent == 0


@pytest.mark.asyncio
async def test_the_count_ends_a_burst_before_its_time(tmp_path, unhurried):
    outcome, server, _ = await sent(ok(), tmp_path, of=lambda url: burst(url, at_most=7))
    assert isinstance(outcome, BurstSent)
    assert len(outcome.samples) == len(server.requests) == 7


@pytest.mark.asyncio
async def test_waiting_for_a_busy_connection_counts_as_time_to_the_answer(tmp_path):
    def one_way(url):
        return burst(url, per_second=50.0, seconds=0.4, connections=1)

    outcome, _, _ = await sent(slowly, tmp_path, of=one_way)
    assert isinstance(outcome, BurstSent)
    assert outcome.samples[3].elapsed_s > outcome.samples[0].elapsed_s + 0.2
    assert outcome.not_sent > 0
    assert len(outcome.samples) + outcome.not_sent == 20


@pytest.mark.asyncio
async def test_every_request_may_have_a_connection_of_its_own(tmp_path, unhurried):
    _, server, _ = await sent(ok(), tmp_path, of=lambda url: burst(url, at_most=9, reconnect=True))
    assert server.connections == 9


@pytest.mark.asyncio
async def test_requests_take_turns_and_each_has_an_id_of_its_own(tmp_path, unhurried):
    def two(url):
        ids = {"X-Request-ID": "6f1f3c1e-0c5e-4b1c-9a53-2f6c2d1f0a11"}
        return burst(url, requests=(request(url, headers=ids), request(url + "?b", headers=ids)), at_most=6)

    _, server, _ = await sent(ok(), tmp_path, of=two)
    assert sorted(head.split()[1] for head in server.requests) == [b"/x"] * 3 + [b"/x?b"] * 3
    named = {line for head in server.requests for line in head.split(b"\r\n") if line.startswith(b"X-Request-ID")}
    assert len(named) == 6
    assert all(line.startswith(b"X-Request-ID: 6f1f3c1e-0c5e-4b1c-9a53-0000") for line in named)


@pytest.mark.asyncio
async def test_a_throttle_is_heard_and_does_not_end_the_burst(tmp_path, unhurried):
    outcome, _, _ = await sent(BUSY, tmp_path)
    assert isinstance(outcome, BurstSent)
    assert {(s.status, s.retry_after) for s in outcome.samples} == {(429, True)}
    assert len(outcome.samples) == 100
    assert outcome.stopped is None


@pytest.mark.asyncio
async def test_a_target_that_goes_down_is_left_alone(tmp_path, unhurried):
    outcome, server, _ = await sent(BROKEN, tmp_path)
    assert isinstance(outcome, BurstSent)
    assert outcome.stopped == "40 of the last 40 were server errors or no answers"
    assert 40 <= len(server.requests) < 60


@pytest.mark.asyncio
async def test_no_answer_is_a_sample_that_says_why(tmp_path, unhurried):
    async def silent(_reader, _writer):
        await asyncio.sleep(5)

    def few(url):
        return burst(url, requests=(request(url, timeout_s=0.2),), at_most=3)

    outcome, _, _ = await sent(silent, tmp_path, of=few)
    assert isinstance(outcome, BurstSent)
    assert [(s.status, s.failure) for s in outcome.samples] == [(None, FailureKind.TIMEOUT)] * 3


@pytest.mark.asyncio
async def test_the_window_of_the_authorisation_closes_on_a_burst_under_way(tmp_path):
    outcome, _, _ = await sent(
        ok(),
        tmp_path,
        of=lambda url: burst(url, per_second=20.0, seconds=20.0),
        target=lambda url: stressed(url, ends=timedelta(seconds=2)),
    )
    assert isinstance(outcome, BurstSent)
    assert "no authorisation for 127.0.0.1" in (outcome.stopped or "")
    assert len(outcome.samples) < 200  # of 400


@pytest.mark.asyncio
async def test_ctrl_c_ends_a_burst_under_way(tmp_path):
    asked = asyncio.Event()

    async def answer(_reader, writer):
        asked.set()
        writer.write(ok())
        await writer.drain()

    async with byte_server(answer) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(stressed(url), tmp_path) as opened:
            under_way = asyncio.create_task(opened.gate.burst(burst(url, per_second=20.0, seconds=20.0)))
            await asked.wait()
            opened.gate.stop("interrupted")
            outcome = await under_way
    assert isinstance(outcome, BurstSent)
    assert outcome.stopped == "interrupted"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "mode, changes, refused",
    [
        (Mode.EXERCISE, {}, RefusalKind.MODE),
        (Mode.STRESS, {"authorisations": ()}, RefusalKind.AUTHORISATION),
        (Mode.STRESS, {"stress": replace(ROOMY, requests_per_second=199)}, RefusalKind.BUDGET),
        (Mode.STRESS, {"stress": replace(ROOMY, max_connections=4)}, RefusalKind.BUDGET),
    ],
)
async def test_nothing_leaves_without_mode_window_and_room(tmp_path, mode, changes, refused):
    outcome, server, _ = await sent(ok(), tmp_path, target=lambda url: stressed(url, **{"mode": mode, **changes}))
    assert kind(outcome) is refused
    assert not server.requests


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "changes, refused",
    [
        ({"effect": Effect.READ}, RefusalKind.NOT_ALLOWED),
        ({"url": "http://127.0.0.2:9/x"}, RefusalKind.OUT_OF_SCOPE),
        ({"method": "POST", "module": "cdrs"}, RefusalKind.NOT_ALLOWED),
        ({"identity": "emsp-one", "credential": IdentityCredential(identity="emsp-one")}, RefusalKind.CREDENTIAL),
    ],
)
async def test_every_request_of_a_burst_is_judged_as_it_would_be_alone(tmp_path, changes, refused):
    def odd(url):
        return burst(url, requests=(request(url), request(**{"url": url, **changes})))

    outcome, server, _ = await sent(ok(), tmp_path, of=odd)
    assert kind(outcome) is refused
    assert not server.requests


@pytest.mark.asyncio
async def test_bursts_share_the_rate_and_the_count_of_their_host(tmp_path):
    limits = replace(ROOMY, requests_per_second=300, max_requests=50)
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(stressed(url, stress=limits), tmp_path) as opened:
            outcomes = await asyncio.gather(*(opened.gate.burst(burst(url)) for _ in range(2)))
            later = await opened.gate.burst(burst(url))
    (first,) = [one for one in outcomes if isinstance(one, BurstSent)]
    (second,) = [one for one in outcomes if isinstance(one, Refused)]
    assert len(first.samples) == len(server.requests) == 50
    assert "50 requests" in (first.stopped or "")
    assert kind(second) is kind(later) is RefusalKind.BUDGET


@pytest.mark.asyncio
async def test_a_resumed_run_has_what_is_left_and_a_burst_cut_off_counts_whole(tmp_path):
    await sent(ok(), tmp_path, of=lambda url: burst(url, at_most=30))
    entries = list(read_journal(tmp_path / FILE_NAME))
    assert [entry["kind"] for entry in entries if entry["kind"] in {"intent", "burst"}][-2:] == ["intent", "burst"]
    assert journalled(entries).stress["127.0.0.1"].requests == 30
    cut_off = [entry for entry in entries if entry["kind"] != "burst"]
    assert journalled(cut_off).stress["127.0.0.1"].requests == 30
    assert journalled(entries).stress["127.0.0.1"].bytes_received == 60
    assert not journalled(entries).spent


@pytest.mark.asyncio
async def test_a_token_goes_out_over_verified_tls_and_never_into_the_journal(tmp_path):
    tls, certificate = self_signed(tmp_path)
    async with byte_server(ok(), tls=tls) as server:
        url = f"https://localhost:{server.port}/x"
        agreed = stressed(url, authorisations=(replace(stressed(url).authorisations[0], host="localhost"),))
        (endpoint,) = agreed.endpoints
        target = replace(agreed, endpoints=(replace(endpoint, ca_file=certificate),))
        async with open_gate(target, tmp_path, tokens={"emsp-one": "q7Zk2-canary-Pw91xYtR"}) as opened:
            spoken = {"identity": "emsp-one", "credential": IdentityCredential(identity="emsp-one")}
            outcome = await opened.gate.burst(burst(url, requests=(request(url, **spoken),), at_most=5))
    assert isinstance(outcome, BurstSent)
    assert len([head for head in server.requests if b"Authorization: Token " in head]) == 5
    assert "canary" not in (tmp_path / FILE_NAME).read_text()


def misframed(port, **changes):
    fields = {"effect": Effect.BURST, "environment": "test", "probe": "p", "purpose": "two lengths"}
    return RawIntent(**{**fields, "host": "127.0.0.1", "port": port, "misframed": True, **changes})


@pytest.mark.asyncio
async def test_two_lengths_go_to_loopback_only_and_only_where_declared(tmp_path):
    two = b"GET /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    async with byte_server(ok()) as server:
        url = f"http://127.0.0.1:{server.port}/x"
        async with open_gate(stressed(url), tmp_path) as opened:
            async with opened.gate.raw(misframed(server.port)) as connection:
                assert not isinstance(connection, Refused | Failed)
                await connection.send(two)
            async with opened.gate.raw(misframed(server.port, misframed=False)) as connection:
                assert not isinstance(connection, Refused | Failed)
                with pytest.raises(PermissionError):
                    await connection.send(two)
            async with opened.gate.raw(misframed(server.port, effect=Effect.READ)) as connection:
                assert kind(connection) is RefusalKind.NOT_ALLOWED


@pytest.mark.asyncio
@pytest.mark.parametrize("host", ["203.0.113.7", "ocpi.example.com", "127.0.0.1.example.com"])
async def test_two_lengths_go_nowhere_else_whoever_agreed(tmp_path, host):
    target = stressed(f"https://{host}/ocpi/versions")
    target = replace(target, authorisations=(replace(target.authorisations[0], host=host),))
    async with open_gate(target, tmp_path) as opened, opened.gate.raw(misframed(443, host=host)) as connection:
        assert isinstance(connection, Refused)
        assert connection.kind is RefusalKind.OUT_OF_SCOPE
        assert "loopback only" in connection.detail
