"""Where an operator on this machine starts registrations, and has commands sent: a Unix socket, JSON in, JSON out.

One object each way. In: `partner` (its id), `versions_url` (the partner's) and `token` (its CREDENTIALS_TOKEN_A), or
`partner`, `command` (its CommandType) and `body` (the command without its `response_url`). Out: `outcome` registered
and `version`, `outcome` accepted and `response_url`, or `outcome` failed and `reason`. Only the user that the service
runs as may use it.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from infra.service.commanding.sender import CommandError, CommandSender
from infra.service.credentials_token import CredentialsToken
from infra.service.starting.starter import Starter, StartError
from infra.service.strict_json import JsonObject

_LONGEST: Final = 8192  # bytes
_OWNER_ONLY: Final = 0o600


@asynccontextmanager
async def operators_door(path: Path | None, starter: Starter, sender: CommandSender) -> AsyncIterator[None]:
    """Open for the length of the block; `path` None: nobody can start anything. Raises OSError."""
    if path is None:
        yield
        return

    under_way: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError), _among(under_way):  # nobody but the end of the block cancels it
            try:
                writer.write(json.dumps(await _answer(reader, starter, sender)).encode() + b"\n")
                await writer.drain()
            finally:
                writer.close()
            await writer.wait_closed()

    server = await asyncio.start_unix_server(serve, sock=_bound(path), limit=_LONGEST)
    try:
        yield
    finally:
        server.close()
        tasks = tuple(under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await asyncio.to_thread(path.unlink, missing_ok=True)


@contextmanager
def _among(tasks: set[asyncio.Task[None]]) -> Iterator[None]:
    """The task that runs is one of them for the length of the block."""
    own = {task for task in (asyncio.current_task(),) if task is not None}
    tasks |= own
    try:
        yield
    finally:
        tasks -= own


def _bound(path: Path) -> socket.socket:
    """For the owner alone, before anybody can connect."""
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(str(path))
        path.chmod(_OWNER_ONLY)
    except OSError:
        bound.close()
        raise
    return bound


async def _answer(reader: asyncio.StreamReader, starter: Starter, sender: CommandSender) -> dict[str, str]:
    try:
        document = json.loads(await reader.readline())
        if "command" in document:
            url = await sender.send(*_commanded(document))
            return {"outcome": "accepted", "response_url": url}
        partner, versions_url, token = _asked(document)
        version = await starter.start(partner, versions_url, token)
    except (StartError, CommandError) as error:
        return {"outcome": "failed", "reason": str(error)}
    except (ValueError, KeyError, TypeError, RecursionError):
        reason = "not an object with partner, versions_url and token, or with partner, command and body"
        return {"outcome": "failed", "reason": reason}
    return {"outcome": "registered", "version": version}


def _commanded(document: Any) -> tuple[str, str, JsonObject]:  # noqa: ANN401 - JSON
    partner, command, body = (document[name] for name in ("partner", "command", "body"))
    if not isinstance(partner, str) or not isinstance(command, str) or not isinstance(body, dict):
        raise TypeError
    return partner, command, body


def _asked(document: Any) -> tuple[str, str, CredentialsToken]:  # noqa: ANN401 - JSON
    texts = [document[name] for name in ("partner", "versions_url", "token")]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError
    partner, url, token = texts
    return partner, url, CredentialsToken(token)


async def ask(path: Path, partner: str, versions_url: str, token: str) -> dict[str, str]:
    """Start a registration at the service that serves the socket. Raises OSError, ValueError."""
    return await _exchange(path, {"partner": partner, "versions_url": versions_url, "token": token})


async def command(path: Path, partner: str, name: str, body: JsonObject) -> dict[str, str]:
    """Have the service that serves the socket send a command. Raises OSError, ValueError."""
    return await _exchange(path, {"partner": partner, "command": name, "body": body})


async def _exchange(path: Path, asked: JsonObject) -> dict[str, str]:
    reader, writer = await asyncio.open_unix_connection(path, limit=_LONGEST)
    try:
        writer.write(json.dumps(asked).encode() + b"\n")
        await writer.drain()
        answer: dict[str, str] = json.loads(await reader.readline())
        return answer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
