"""A fast receiver that validates what it is sent, with five planted defects; a process of its own, accounted by itself.

`python -m tests.bench.planted FOLDER` prints its port, serves TLS on loopback until its input ends, and prints what
came as JSON: requests, the first and the last, and when each defect was first set off, in seconds since the epoch.
A defect is set off by a malformed message that a sound receiver would have refused with 2001.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec

from scanner.model.ocpi.validator import Rule, validate
from tests.targets.byte_server import self_signed

VERSION: Final = "2.2.1"
MODULES: Final = {"locations": "Location", "sessions": "Session", "tokens": "Token"}
DEFECTS: Final[Mapping[tuple[str, Rule], str]] = {
    ("Token", Rule.LENGTH): "a token with a text that is too long is stored",
    ("Token", Rule.VALUE): "a token with a word of no enumeration is stored",
    ("Location", Rule.MISSING): "a location without a mandatory property is stored",
    ("Location", Rule.FORMAT): "a location with an ill-formed text is stored",
    ("Session", Rule.KIND): "a session with a value of a wrong type crashes the service",
}
_CRASH: Final = ("Session", Rule.KIND)  # the others are stored
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_GOOD: Final = b'{"status_code":1000,"timestamp":"2026-11-21T12:00:00Z"}'
_BAD: Final = b'{"status_code":2001,"timestamp":"2026-11-21T12:00:00Z"}'
_MISSING: Final = b'{"status_code":2004,"timestamp":"2026-11-21T12:00:00Z"}'


@dataclass(slots=True)
class Seen:
    """What came, and when."""

    requests: int = 0
    writes: int = 0
    first: float = 0.0
    last: float = 0.0
    defects: dict[str, float] = field(default_factory=dict)
    by_second: dict[int, int] = field(default_factory=dict)


class Planted:
    """The answers."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.port = 0
        self._held: dict[str, bytes] = {}

    def answer(self, head: bytes, body: bytes) -> tuple[int, bytes]:
        """HTTP status and body."""
        now = time.time()
        seen = self.seen
        seen.requests += 1
        seen.first, seen.last = seen.first or now, now
        seen.by_second[int(now)] = seen.by_second.get(int(now), 0) + 1
        method, target, _ = head.split(b" ", 2)
        path = target.decode("latin-1").partition("?")[0].rstrip("/")
        if path in {"/versions", f"/{VERSION}"}:
            return 200, self._listed(path)
        module = path.split("/")[1] if path.count("/") == 4 else ""
        if method == b"GET":
            held = self._held.get(path)
            return (200, _GOOD[:-1] + b',"data":' + held + b"}") if held else (404, _MISSING)
        if method not in {b"PUT", b"PATCH"} or module not in MODULES:
            return 405, _BAD
        seen.writes += 1
        return self._written(method, path, MODULES[module], body)

    def _listed(self, path: str) -> bytes:
        origin = f"https://localhost:{self.port}"
        modules = [{"identifier": m, "role": "RECEIVER", "url": f"{origin}/{m}"} for m in MODULES]
        details = {"version": VERSION, "endpoints": modules}
        data = [{"version": VERSION, "url": f"{origin}/{VERSION}"}] if path == "/versions" else details
        return _GOOD[:-1] + b',"data":' + msgspec.json.encode(data) + b"}"

    def _written(self, method: bytes, path: str, kind: str, body: bytes) -> tuple[int, bytes]:
        try:
            sent: Any = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return 400, _BAD
        before = self._held.get(path) if method == b"PATCH" else None
        if not isinstance(sent, dict) or (method == b"PATCH" and before is None):
            return 400, _BAD
        whole = {**msgspec.json.decode(before), **sent} if before else sent
        wrong = {violation.rule for violation in validate(VERSION, kind, whole)}
        if wrong:
            defect = (kind, wrong.pop()) if len(wrong) == 1 else None  # what is wrong in two ways is refused
            if defect is None or defect not in DEFECTS:
                return 400, _BAD
            self.seen.defects.setdefault(DEFECTS[defect], time.time())
            if defect == _CRASH:
                return 500, b"{}"
        self._held[path] = msgspec.json.encode(whole)
        return 200, _GOOD


async def _serve(folder: Path) -> None:
    planted = Planted()
    tls, _ = self_signed(folder)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = _LENGTH.search(head)
                body = await reader.readexactly(int(found[1])) if found else b""
                status, answer = planted.answer(head, body)
                line = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
                writer.write(line.encode() + answer)
        writer.transport.abort()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, ssl=tls, limit=2**24)
    planted.port = server.sockets[0].getsockname()[1]
    print(planted.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps({name: getattr(planted.seen, name) for name in Seen.__slots__}), flush=True)


def openapi(origin: str, schema: Callable[[str, str], dict[str, Any]]) -> dict[str, Any]:
    """An OpenAPI 3.1 document of the same interface, from schemas of the same data."""
    components: dict[str, Any] = {}
    paths = dict(_paths(components, schema))
    return {
        "openapi": "3.1.0",
        "info": {"title": "OCPI receiver", "version": VERSION},
        "servers": [{"url": origin}],
        "paths": paths,
        "components": {"schemas": components},
    }


def _paths(components: dict[str, Any], schema: Callable[[str, str], dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for module, kind in MODULES.items():
        components |= _parts(kind, schema(VERSION, kind))
        names = ("country_code", "party_id", "object_id")
        texts = ({"type": "string", "minLength": 1, "maxLength": n, "pattern": "^[A-Za-z0-9]+$"} for n in (2, 3, 36))
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": text}
            for name, text in zip(names, texts, strict=True)
        ]
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind}"}}}
        answers = {code: {"description": code} for code in ("200", "400", "404")}
        write = {"parameters": parameters, "requestBody": {"required": True, "content": content}, "responses": answers}
        yield (
            f"/{module}/{{country_code}}/{{party_id}}/{{object_id}}",
            {"get": {"parameters": parameters, "responses": answers}, "put": write},
        )


def _parts(kind: str, schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    text = json.dumps(schema).replace("#/definitions/", "#/components/schemas/")
    whole = json.loads(text)
    definitions = whole.pop("definitions", {})
    whole.pop("$schema", None)
    yield from definitions.items()
    yield kind, whole


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
