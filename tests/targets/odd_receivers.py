"""Receiver interfaces on loopback, over TLS, that take tokens as public servers do: correct, odd, or going down.

```python
async with odd_receiver(folder, Manners(wrong=drop)) as receiver:
    ... receiver.target()
```
Every one validates: what it makes of a message that is not valid is `Manners.wrong`.
"""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from scanner.model.effect import Effect, Mode
from scanner.model.ocpi.validator import validate
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget, Limits
from tests.scanner.gate_fixtures import FAST, loopback_target
from tests.targets.byte_server import self_signed
from tests.targets.loose_ends import hang_up

TOKEN: Final = "a-token-of-an-odd-receiver"
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_PARTY: Final = Party(country_code="DE", party_id="VLT")


class Dropped(Exception):
    """The connection ends without an answer."""


class Died(Exception):
    """The server ends."""


Answer = tuple[int, int | None, Any]  # HTTP status, OCPI status, data


def refuse() -> Answer:
    """As OCPI asks for it."""
    return 400, 2001, None


def not_let_in() -> Answer:
    """Who has no valid token."""
    return 401, 2000, None


def crash() -> Answer:
    """An unhandled exception, answered by the web server."""
    return 500, None, None


def hide_crash() -> Answer:
    """An unhandled exception, answered as 200 with a status of the server's errors."""
    return 200, 3000, None


def drop() -> Answer:
    """An error that ends the connection."""
    raise Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How it behaves: `wrong` answers what is not valid, `first` delays first answers (seconds), `dies_of` is fatal.

    `reads_dates`: any spelling of a date is put right before it is looked at. `bare_only`: optional properties are
    refused. `dead_ends`: URLs that version 2.1.1 lists before the right one. `own_token`: the module wants the token in
    the other encoding. `keyed_by_body`: an object is stored under the id in the message, whatever the URL says.
    `location`: it takes CDRs, and this is the Location header, with the id in it ("": there is none). `strange` answers
    who has no valid token; `stores_first`: what such a one sent is taken all the same.
    """

    version: str = "2.2.1"
    wrong: Callable[[], Answer] = refuse
    first: float = 0.0
    dies_of: bytes | None = None
    reads_dates: bool = False
    bare_only: bool = False
    dead_ends: int = 0
    own_token: bool = False
    keyed_by_body: bool = False
    location: str | None = None
    strange: Callable[[], Answer] = not_let_in
    stores_first: bool = False


@dataclass
class OddReceiver:
    """Where it listens, what it holds, and what came."""

    manners: Manners
    ca_file: Path
    port: int = 0
    alive: bool = True
    held: dict[str, Any] = field(default_factory=dict)
    fatal: list[bytes] = field(default_factory=list)
    placed: str = ""
    came: list[bytes] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def target(self, limits: Limits | None = None) -> EnvironmentTarget:
        """The receiver as a target that may be written to by a disposable eMSP."""
        role = Role.EMSP if self.manners.location is None else Role.CPO
        identity = Identity(name="emsp-a", party=_PARTY, role=role, disposable=True)
        limits = limits or replace(FAST, max_requests=900)
        target = loopback_target(f"{self.origin}/versions", ca_file=self.ca_file, identities=[identity], limits=limits)
        return replace(target, mode=Mode.EXERCISE, allow=frozenset({Effect.LASTING}))

    def answer(self, method: str, path: str, token: str, body: bytes) -> Answer:
        """HTTP status, OCPI status and data."""
        if token not in self._tokens(path):
            if self.manners.stores_first and method == "PUT":
                self._write(path, body, {})
            return self.manners.strange()
        if path in {"/versions", f"/{self.manners.version}"}:
            return 200, 1000, self._lists(path)
        if (method, path) == ("POST", "/cdrs"):
            return self._write(path, body, {})
        if not path.startswith(("/tokens/", "/cdrs/")):
            return 405, 2000, None
        before = self.held.get(path, {}) if method == "PATCH" else {}
        return self._write(path, body, before) if method in {"PUT", "PATCH"} else self._read(path)

    def _tokens(self, path: str) -> set[str]:
        encoded = base64.b64encode(TOKEN.encode()).decode()
        if path.startswith("/tokens/") and self.manners.own_token:
            return {TOKEN if self.manners.version != "2.1.1" else encoded}
        return {TOKEN if self.manners.version == "2.1.1" else encoded}

    def _lists(self, path: str) -> Any:
        version = self.manners.version
        if path == "/versions":
            return [{"version": version, "url": f"{self.origin}/{version}"}]
        urls = [f"{self.origin}/dead-end-{number}" for number in range(self.manners.dead_ends)]
        side = {} if version == "2.1.1" else {"role": "RECEIVER"}
        module = "tokens" if self.manners.location is None else "cdrs"
        modules = [{"identifier": module, "url": url, **side} for url in (*urls, f"{self.origin}/{module}")]
        return {"version": version, "endpoints": modules}

    def _read(self, path: str) -> Answer:
        return (200, 1000, self.held[path]) if path in self.held else (404, 2004, None)

    def _write(self, path: str, body: bytes, before: dict[str, Any]) -> Answer:
        manners = self.manners
        if manners.dies_of is not None and manners.dies_of in body:
            self.fatal.append(body)
            raise Died
        try:
            sent = json.loads(body.decode())
        except (ValueError, RecursionError):
            return manners.wrong()
        if not isinstance(sent, dict):
            return manners.wrong()
        token = self._put_right({**before, **sent})
        if manners.bare_only and "energy_contract" in token:
            return 422, None, None
        return self._store(path, token)

    def _store(self, path: str, token: dict[str, Any]) -> Answer:
        try:
            kind = "CDR" if path == "/cdrs" else "Token"
            wrong = any(True for _ in validate(self.manners.version, kind, token))
        except (RecursionError, ValueError):
            wrong = True
        if wrong:
            return self.manners.wrong()
        if path == "/cdrs":
            path = f"/cdrs/{quote(token['id'], safe='')}"
            self.placed = (self.manners.location or "").format(origin=self.origin, id=quote(token["id"], safe=""))
        if self.manners.keyed_by_body:
            path = f"{path.rpartition('/')[0]}/{quote(token['uid'], safe='')}"
        self.held[path] = token
        return 200, 1000, None

    def _put_right(self, token: dict[str, Any]) -> dict[str, Any]:
        text = token.get("last_updated")
        if not self.manners.reads_dates or not isinstance(text, str):
            return token
        with suppress(ValueError):
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return {**token, "last_updated": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return token


def _head(head: bytes) -> tuple[str, str, str]:
    line, _, rest = head.decode("latin-1").partition("\r\n")
    method, target, _ = line.split(" ", 2)
    token = re.search(r"(?im)^authorization: *token +(\S+)", rest)
    return method, target.partition("?")[0].rstrip("/") or "/", token[1] if token else ""


def _written(answer: Answer, location: str) -> bytes:
    status, ocpi, data = answer
    document = {"status_code": ocpi, "timestamp": "2026-11-21T12:00:00Z", "data": data}
    body = b"<html>Internal Server Error</html>" if ocpi is None else json.dumps(document).encode()
    kind = "text/html" if ocpi is None else "application/json"
    place = f"Location: {location}\r\n" if location else ""
    head = f"HTTP/1.1 {status} X\r\n{place}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@asynccontextmanager
async def odd_receiver(folder: Path, manners: Manners) -> AsyncIterator[OddReceiver]:
    """A running receiver, in the loop of the caller."""
    tls, ca_file = self_signed(folder)
    receiver = OddReceiver(manners=manners, ca_file=ca_file)
    writers: set[asyncio.StreamWriter] = set()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        if task := asyncio.current_task():
            tasks.add(task)
        slow = bool(manners.first)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, Dropped):
                while receiver.alive:
                    head = await reader.readuntil(b"\r\n\r\n")
                    found = _LENGTH.search(head)
                    body = await reader.readexactly(int(found[1]) if found else 0)
                    receiver.came.append(head + body)
                    await asyncio.sleep(manners.first if slow else 0)
                    slow = False
                    receiver.placed = ""
                    answer = receiver.answer(*_head(head), body)
                    writer.write(_written(answer, receiver.placed))
                    await writer.drain()
        except Died:
            receiver.alive = False
            listening.close()
            for other in writers:
                other.transport.abort()
        finally:
            writer.transport.abort()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, limit=2**20)
    receiver.port = listening.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        await hang_up(listening)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
