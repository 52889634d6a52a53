"""A platform of ours on the network: answers what the target asks of it, within bounds, each call on record.

Over TLS (or as bait without it), on loopback or one of `listen_hosts`, and only below a path that nobody can guess:
whoever else knocks is told that there is nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import h11

from scanner.gate.incoming import IncomingCredentials
from scanner.gate.redaction import MASK, Redactor
from scanner.gate.sink import SinkFailed
from scanner.model.intent import ServeIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.served import Answers, CallersToken, Knock, ServedAnswer, ServedCall

_MAX_REQUEST_BYTES: Final = 2**18
_NOTHING: Final = ServedAnswer(status=404)
_NOT_KEPT: Final = ServedAnswer(status=500)
_CREDENTIALS: Final = "/credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the gate knows and a handler must not: `token` tells the callers' tokens, `note` keeps the journal.

    `incoming` takes the credentials that are handed in (None: none are).
    """

    redactor: Redactor
    token: Callable[[str | None], CallersToken]
    note: Callable[[dict[str, JsonValue]], None]
    incoming: IncomingCredentials | None = None


class Served:
    """The server as a probe has it: `url` leads to it, `calls` are those below its nonce, in order.

    `knocks` are all connections, those that came to no call included. `taken`: a registration was
    taken, and its answer has left, when `taken_after` calls had come. `news`: set with each call, cleared by whoever
    waits for the next.
    """

    def __init__(self, intent: ServeIntent, answers: Answers, known: Known) -> None:
        self.intent = intent
        self.calls: list[ServedCall] = []
        self.knocks: list[Knock] = []
        self.port = intent.port
        self.taken = asyncio.Event()
        self.taken_after = 0
        self.news = asyncio.Event()
        self._answers = answers
        self._known = known

    def url(self, path: str = "") -> str:
        """The URL of a path behind the nonce, as the target reaches it."""
        return f"{self.intent.origin or f'https://localhost:{self.port}'}/{self.intent.nonce}{path}"

    def next_registration(self) -> None:
        """Credentials may be handed in once more; until then none are taken but the first."""
        if self._known.incoming is not None:
            self._known.incoming.again()

    def knocked(self, knock: Knock) -> None:
        """Remember a connection."""
        if len(self.knocks) < self.intent.max_events:
            self.knocks.append(knock)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer.

        Raises: what a handler raised.
        """
        connection = h11.Connection(h11.SERVER)
        try:
            async with asyncio.timeout(self.intent.answer_s):
                request = await _read(connection, reader)
                answer = await self._answer(request, writer) if request else None
                if answer is not None:
                    before = len(self.calls)
                    await self._write(connection, writer, answer)
                    if answer.takes and self._known.incoming is not None:
                        await self._taken(self._known.incoming, before)
        except (OSError, TimeoutError, h11.ProtocolError):
            return

    async def _taken(self, incoming: IncomingCredentials, after: int) -> None:
        """Whoever ends this call, the token is kept and spoken with: the answer has left."""
        accepting = asyncio.create_task(incoming.accepted())
        try:
            await asyncio.shield(accepting)
        finally:
            await accepting
            self.taken_after = after
            self.taken.set()

    async def _answer(self, request: "_Request", writer: asyncio.StreamWriter) -> ServedAnswer | None:
        call = await self._call(request, writer)
        if call is None or len(self.calls) >= self.intent.max_events:
            return _NOTHING
        self.calls.append(call)
        self.news.set()
        answer = await self._with_token(await self._answers(call))
        self._known.note(
            {
                "peer": call.peer,
                "method": call.method,
                "path": call.path,
                "shown": call.token,
                "status": answer.status if answer else None,
            }
        )
        return answer

    async def _with_token(self, answer: ServedAnswer | None) -> ServedAnswer | None:
        """The answer with a new token in it, where it takes a registration; an error where that cannot be kept."""
        if answer is None or not answer.takes or self._known.incoming is None or not isinstance(answer.body, bytes):
            return answer
        try:
            return replace(answer, body=await self._known.incoming.answer(answer.body))
        except SinkFailed:
            return _NOT_KEPT

    async def _call(self, request: "_Request", writer: asyncio.StreamWriter) -> ServedCall | None:
        """The call, masked; None where it did not know the nonce."""
        target = request.head.target.decode("latin-1")
        nonce, slash, rest = target.removeprefix("/").partition("/")
        if nonce != self.intent.nonce:
            return None
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in request.head.headers]
        shown = next((value for name, value in headers if name == "authorization"), None)
        token = self._known.token(shown)
        brought = await self._brought(request, token)
        peer = writer.get_extra_info("peername")
        mask = self._known.redactor
        return ServedCall(
            received_at=datetime.now(UTC),
            peer=str(peer[0]) if peer else "unknown",
            method=request.head.method.decode("latin-1"),
            path=mask.known(slash + rest),
            headers=tuple((n, MASK if n == "authorization" else mask.known(v)) for n, v in headers),
            body=mask.text(request.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
            token=token,
            brought=brought,
        )

    async def _brought(self, request: "_Request", token: CallersToken) -> bool:
        """True where it handed credentials in, whose token the gate knows from now on, and masks."""
        incoming = self._known.incoming
        path = request.head.target.decode("latin-1").partition("?")[0].rstrip("/")
        may = request.head.method == b"POST" and path.endswith(_CREDENTIALS) and token is CallersToken.AGREED
        return incoming is not None and may and await incoming.offered(request.body)

    async def _write(self, connection: h11.Connection, writer: asyncio.StreamWriter, answer: ServedAnswer) -> None:
        headers = [*answer.headers, ("Connection", "close")]
        if isinstance(answer.body, bytes):
            headers.append(("Content-Length", str(len(answer.body) + answer.cut)))
        head = h11.Response(status_code=answer.status, headers=headers)
        writer.write(connection.send(head) or b"")
        left = self.intent.max_answer_bytes
        async with contextlib.aclosing(_pieces(answer.body)) as pieces:
            async for piece in pieces:
                writer.write(connection.send(h11.Data(data=piece[:left])) or b"")
                await writer.drain()
                await asyncio.sleep(0)  # else nobody hears that the caller hung up
                left -= len(piece)
                if left < 0:
                    return  # cut off, which the caller sees: the end of the message never came
        if answer.cut:
            return
        writer.write(connection.send(h11.EndOfMessage()) or b"")
        await writer.drain()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    head: h11.Request
    body: bytes


async def _read(connection: h11.Connection, reader: asyncio.StreamReader) -> _Request | None:
    """A whole request of bounded size, or None."""
    head: h11.Request | None = None
    body, received = bytearray(), 0
    while True:
        match connection.next_event():
            case h11.Request() as first:
                head = first
            case h11.Data(data=data):
                body += data
            case h11.EndOfMessage() if head is not None:
                return _Request(head=head, body=bytes(body))
            case h11.NEED_DATA if received < _MAX_REQUEST_BYTES:
                chunk = await reader.read(65_536)
                received += len(chunk)
                connection.receive_data(chunk)
            case _:
                return None


async def _pieces(body: bytes | AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    if isinstance(body, bytes):
        yield body
        return
    async for piece in body:
        yield piece
