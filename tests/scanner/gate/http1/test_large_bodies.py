"""Large bodies are read one after the other where only one may be, whole, and without being blamed for the wait."""

import asyncio
import time
import weakref
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from scanner.gate.http import HttpSender
from scanner.gate.http1.answer import Answer
from scanner.gate.http1.failure import NoAnswer
from scanner.gate.http1.large_bodies import LARGE, LargeBodies, Turn
from scanner.gate.http1.pool import Destination, Pool
from scanner.gate.http1.time_limit import TimeLimit, TimeLimits
from scanner.gate.tls_context import verifying_context
from scanner.gate.wire import Wire
from scanner.model.exchange import Exchange, FailureKind
from scanner.model.target import Origin
from tests.scanner.gate.test_gate_http import SMALL, answer_of
from tests.targets.bombs import gzip_of
from tests.targets.byte_server import byte_server, ok, self_signed

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
BODY = bytes(range(256)) * (3 * LARGE // 256)


def wire_to(port):
    url = f"http://127.0.0.1:{port}/"
    return Wire(
        method="GET",
        url=url,
        shown_url=url,
        headers=(),
        shown_headers=(),
        body=None,
        shown_body=None,
        origin=Origin(scheme="http", host="127.0.0.1", port=port),
        addresses=("127.0.0.1",),
        tls=None,
        timeout_s=60.0,
        max_body_bytes=8 * LARGE,
        max_header_bytes=1000,
        received=lambda _: None,
    )


class Watched:
    """Turns that are counted."""

    def __init__(self, at_once: int):
        self.bodies, self.now, self.most, self.turns = LargeBodies(at_once), 0, 0, 0

    @asynccontextmanager
    async def turn(self):
        async with TimeLimits().limit(60) as limit, self.bodies.turn(limit):
            self.now, self.turns = self.now + 1, self.turns + 1
            self.most = max(self.most, self.now)
            yield
            self.now -= 1


class Waiting(LargeBodies):
    """Says when somebody begins to wait."""

    def __init__(self, at_once: int):
        super().__init__(at_once)
        self.waits = asyncio.Event()

    def turn(self, limit):
        waits = self.waits

        class Told(Turn):
            async def __aenter__(self):
                waits.set()
                await super().__aenter__()

        return Told(self._turns, limit)


async def asked(pool, server, turn, tls=None):
    answer = Answer("GET", max_header_bytes=1000, max_body_bytes=8 * LARGE, turn=turn)
    await pool.ask(Destination("localhost", server.port, ("127.0.0.1",), tls, None), REQUEST, answer)
    return answer


@pytest.mark.asyncio
@pytest.mark.parametrize("encrypted", [False, True])
async def test_as_many_as_may_are_read_at_once_and_all_of_them_whole(tmp_path, encrypted):
    tls, ca = self_signed(tmp_path)
    watched, pool = Watched(2), Pool()
    async with byte_server(ok(BODY), tls=tls if encrypted else None) as server:
        way = verifying_context(ca) if encrypted else None
        for _ in range(2):  # the second time over connections that were paused before
            answers = await asyncio.gather(*(asked(pool, server, watched.turn(), way) for _ in range(6)))
            assert all(answer.body() == BODY for answer in answers)
        await pool.close()
    assert (watched.most, watched.turns) == (2, 12)
    assert server.connections == 6


@pytest.mark.asyncio
async def test_a_small_body_waits_for_nobody():
    watched, pool = Watched(1), Pool()
    async with byte_server(ok(BODY[:LARGE])) as server, watched.turn():
        answer = await asked(pool, server, watched.turn())
        await pool.close()
    assert answer.body() == BODY[:LARGE]
    assert watched.turns == 1


@pytest.mark.asyncio
async def test_a_large_body_that_breaks_off_is_no_answer():
    async def breaks_off(_reader, writer):
        writer.write(ok(BODY)[:-1])
        await writer.drain()
        writer.close()

    pool = Pool()
    async with byte_server(breaks_off) as server:
        with pytest.raises(NoAnswer) as error:
            await asked(pool, server, Watched(1).turn())
        await pool.close()
    assert error.value.kind is FailureKind.RESET


@pytest.mark.asyncio
async def test_the_time_of_an_answer_stands_still_while_it_waits():
    bodies, entered = LargeBodies(1), asyncio.Event()

    async def second():
        async with TimeLimits().limit(30) as limit:
            until = limit.when()
            entered.set()
            waiting.append(limit)
            async with bodies.turn(limit):
                return until, limit.when()

    waiting: list[TimeLimit] = []
    async with TimeLimits().limit(30) as first, bodies.turn(first):
        task = asyncio.create_task(second())
        await entered.wait()
        await asyncio.sleep(0.01)
        assert waiting[0].when() is None
    before, after = await task
    assert after >= before + 0.01


@pytest.mark.asyncio
async def test_the_target_is_not_blamed_for_what_an_answer_waited():
    large = Waiting(1)
    sender = HttpSender(large)
    async with byte_server(ok(BODY)) as server:
        async with TimeLimits().limit(60) as limit, large.turn(limit):
            large.waits.clear()
            began = time.monotonic()
            asking = asyncio.create_task(sender.send(wire_to(server.port)))
            await large.waits.wait()
            await asyncio.sleep(0.5)
            assert not asking.done()
        outcome = await asking
        took_s = time.monotonic() - began
        await sender.close()
    assert isinstance(outcome, Exchange)
    assert outcome.body_bytes == len(BODY)
    assert outcome.elapsed_s <= took_s - 0.49


def test_an_answer_that_is_not_kept_is_counted_and_cut_all_the_same():
    answer = Answer("GET", max_header_bytes=1000, max_body_bytes=1000, keeps=False)
    answer.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + bytes(5000))
    assert (answer.body(), answer.body_bytes, answer.truncated, answer.done) == (b"", 1000, True, True)


@pytest.mark.asyncio
async def test_a_cut_answer_is_gone_as_soon_as_it_was_taken(tmp_path, monkeypatch):
    made = []

    class Noted(Answer):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            made.append(weakref.ref(self))

    monkeypatch.setattr("scanner.gate.http.Answer", Noted)
    packed = gzip_of(bytes(LARGE), 40)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    roomy = replace(SMALL, timeout_s=60.0, max_body_bytes=8 * LARGE)
    outcome, _ = await answer_of(head + packed, tmp_path, limits=roomy)
    assert isinstance(outcome, Exchange)
    assert (outcome.truncated, outcome.read_bytes()) == (True, 8 * LARGE)
    assert [one() for one in made] == [None]
