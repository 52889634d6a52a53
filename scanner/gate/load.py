"""An open-loop load generator: requests leave when they are due, not when the last answer came. The gate calls it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from scanner.gate.http1.answer import Answer
from scanner.gate.http1.connection import Connection, connect
from scanner.gate.http1.failure import NoAnswer
from scanner.gate.http1.message import message
from scanner.gate.wire import Wire
from scanner.model.burst import Sample
from scanner.model.exchange import FailureKind

_ASK_AGAIN_S: Final = 0.25  # how often the gate is asked whether to go on
_TOO_LATE_S: Final = 1.0  # after which a request that is overdue is not sent any more, once the time is over
_WINDOW: Final = 40  # answers
_TROUBLE: Final = 0.75  # of them
_SERVER_ERROR: Final = 500
_ID: Final = "x-request-id"
_COUNTED: Final = 12  # the last digits of an id count the requests

GoOn = Callable[[], str | None]


class Template:
    """One request as bytes, with an id of its own each time it is sent."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        whole = message(wire.method, wire.url, wire.origin, wire.headers, wire.body)
        named = next((value for name, value in wire.headers if name.lower() == _ID), "")
        at = whole.find(named.encode()) if len(named) > _COUNTED else -1
        cut = at + len(named) - _COUNTED if at >= 0 else -1
        self._before = whole[:cut] if cut >= 0 else whole
        self._after = whole[cut + _COUNTED :] if cut >= 0 else None

    def numbered(self, number: int) -> bytes:
        """The bytes of request `number`."""
        return self._before if self._after is None else b"%s%012x%s" % (self._before, number, self._after)


@dataclass(slots=True, kw_only=True)
class Load:
    """One burst under way. `go_on` says why it has to end, or None; `spend` counts a request, and raises to end it."""

    templates: Sequence[Template]
    per_second: float
    seconds: float
    at_most: int
    connections: int
    reconnect: bool
    stop_on_trouble: bool
    go_on: GoOn
    spend: Callable[[], str | None]
    samples: list[Sample] = field(default_factory=list)
    stopped: str | None = None
    began: float = 0.0
    not_sent: int = 0
    received: int = 0
    _next: int = 0
    _asked: float = 0.0
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    async def run(self) -> None:
        """Send, until time or count are over or something stops it."""
        self.began = time.monotonic()
        longest = max(template.wire.timeout_s for template in self.templates)
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds + longest + 1.0), asyncio.TaskGroup() as workers:
                for _ in range(min(self.connections, self._due_in_all())):
                    workers.create_task(self._work())
        self.samples.sort(key=lambda sample: sample.at_s)
        if not self.stopped:
            self.not_sent = max(0, self._due_in_all() - len(self.samples))

    def _due_in_all(self) -> int:
        return min(self.at_most, max(1, int(self.seconds * self.per_second)))

    async def _work(self) -> None:
        connection: Connection | None = None
        try:
            while (number := self._take()) is not None:
                at_s = number / self.per_second
                if (wait := self.began + at_s - time.monotonic()) > 0:
                    await asyncio.sleep(wait)
                if self._over(at_s):
                    return
                connection = await self._one(number, at_s, connection)
                if self.reconnect and connection is not None:
                    connection.close()
                    connection = None
        finally:
            if connection is not None:
                connection.abort()

    def _take(self) -> int | None:
        if self.stopped or self._next >= self._due_in_all():
            return None
        self._next += 1
        return self._next - 1

    def _over(self, at_s: float) -> bool:
        """True where the request that is due at `at_s` is not sent any more."""
        now = time.monotonic()
        if not self.stopped and now - self._asked >= _ASK_AGAIN_S:
            self._asked = now
            self.stopped = self.go_on()
        late = now - self.began > self.seconds and now - self.began - at_s > _TOO_LATE_S
        if not self.stopped and not late:
            self.stopped = self.spend()
        return self.stopped is not None or late

    async def _one(self, number: int, at_s: float, connection: Connection | None) -> Connection | None:
        template = self.templates[number % len(self.templates)]
        wire = template.wire
        answer = Answer(
            wire.method, max_header_bytes=wire.max_header_bytes, max_body_bytes=wire.max_body_bytes, keeps=False
        )
        failure: FailureKind | None = None
        try:
            async with asyncio.timeout(wire.timeout_s):
                connection = await _asked(template, number, answer, connection)
        except NoAnswer as error:
            failure, connection = error.kind, None
        except TimeoutError:
            failure, connection = FailureKind.TIMEOUT, None
        wire.received(answer.wire_bytes)
        self.received += answer.wire_bytes
        elapsed = time.monotonic() - self.began - at_s
        self._saw(_sample(at_s, elapsed, answer, failure))
        answer.let_go()
        return connection

    def _saw(self, sample: Sample) -> None:
        self.samples.append(sample)
        self._recent.append(sample.status is None or sample.status >= _SERVER_ERROR)
        if self.stop_on_trouble and len(self._recent) == _WINDOW and sum(self._recent) >= _WINDOW * _TROUBLE:
            self.stopped = self.stopped or f"{sum(self._recent)} of the last {_WINDOW} were server errors or no answers"


async def _asked(template: Template, number: int, answer: Answer, connection: Connection | None) -> Connection | None:
    """Ask over the kept connection, or a new one where there is none, or where the target had ended it meanwhile."""
    wire, kept = template.wire, connection is not None and connection.usable
    if connection is None or not kept:
        connection = await _connected(wire)
    try:
        await connection.ask(template.numbered(number), answer)
    except NoAnswer as error:
        if not (kept and error.kind is FailureKind.RESET and not answer.status):
            raise
        connection = await _connected(wire)
        await connection.ask(template.numbered(number), answer)
    return connection if connection.usable else None


async def _connected(wire: Wire) -> Connection:
    return await connect(wire.origin.host, wire.origin.port, wire.addresses, wire.tls, lost=lambda _: None)


def _sample(at_s: float, elapsed_s: float, answer: Answer, failure: FailureKind | None) -> Sample:
    if failure is not None:
        return Sample(at_s, elapsed_s, None, failure)
    named = answer.status in {429, 503} and any(name.lower() == "retry-after" for name, _ in answer.headers)
    return Sample(at_s, elapsed_s, answer.status, None, named)
