"""A seeded token is found nowhere: not in a file, a log, stdout, the journal, nor in the process list.

The platform does its worst: it repeats the token, in every encoding, wherever an answer has room for text.
"""

import asyncio
import base64
import html
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.scanner.cli.hostile import serving
from tests.scanner.cli.targets import FAST, endpoint
from tests.targets.byte_server import ByteServer, self_signed

CANARY = 'c4n4ry+T0ken/with="odd"<&>chars\\and%40more'


def encodings(text: str) -> dict[str, str]:
    raw = text.encode()
    return {
        "raw": text,
        "base64": base64.b64encode(raw).decode(),
        "base64 with newline": base64.b64encode(raw + b"\n").decode(),
        "base64 twice": base64.b64encode(base64.b64encode(raw)).decode(),
        "url": quote(text, safe=""),
        "form": quote_plus(text),
        "hex": raw.hex(),
        "HEX": raw.hex().upper(),
        "json": json.dumps(text)[1:-1],
        "json in json": json.dumps(json.dumps(text))[3:-3],
        "html": html.escape(text),
        "repr": repr(text)[1:-1],
    }


class Echo:
    """Answers any GET with an OCPI list that holds the token in every encoding and place."""

    def __init__(self) -> None:
        self.server: ByteServer | None = None

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.server is not None
        path = self.server.requests[-1].split(b" ")[1].decode(errors="replace").partition("?")[0]
        everything = " ".join(encodings(CANARY).values())
        body = json.dumps({"status_code": 1000, "status_message": everything, "data": self._data(path, everything)})
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        head += f"X-Debug: {CANARY}\r\nServer: {encodings(CANARY)['base64']}\r\nX-Request-ID: {CANARY}\r\n"
        head += f"Set-Cookie: token={encodings(CANARY)['url']}\r\nLink: <{self._url('/next')}>; rel=next\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()

    def _url(self, path: str) -> str:
        assert self.server is not None
        return f"https://localhost:{self.server.port}{path}?token={encodings(CANARY)['url']}"

    def _data(self, path: str, everything: str) -> object:
        if path == "/versions":
            return [{"version": "2.2.1", "url": self._url("/2.2.1")}, {"version": CANARY, "url": CANARY}]
        if path == "/2.2.1":
            modules = ("locations", "sessions", "cdrs", "credentials", CANARY)
            endpoints = [{"identifier": m, "role": "SENDER", "url": self._url(f"/{m}")} for m in modules]
            return {"version": "2.2.1", "endpoints": endpoints, "token": CANARY}
        return [
            {"id": CANARY, "party_id": everything, "token": CANARY, "url": f"http://x/{CANARY}", CANARY: everything}
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaky:
    folder: Path
    stdout: bytes
    stderr: bytes
    processes: frozenset[bytes]
    server: ByteServer


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("canary")
    tls, certificate = self_signed(folder)
    echo = Echo()
    with serving(echo, tls) as server:
        echo.server = server
        main = endpoint(f"https://localhost:{server.port}/versions", certificate, plaintext_ports=[80])
        environment = {
            "endpoints": {"main": main},
            "identities": {
                "one": {"token": "env:CANARY", "party": "DE-ONE"},
                "two": {"token": "file:two", "party": "DE-TWO"},
            },
            "limits": FAST,
        }
        (folder / "two").write_text(CANARY + "\n")
        (folder / "ocpi-posture.yaml").write_text(json.dumps({"environments": {"test": environment}}))
        stdout, stderr, processes = _scan(folder)
        yield Leaky(folder=folder / "run", stdout=stdout, stderr=stderr, processes=processes, server=server)


def _scan(folder: Path) -> tuple[bytes, bytes, frozenset[bytes]]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3]), "CANARY": CANARY}
    command = [
        sys.executable,
        "-m",
        "scanner",
        "-vv",
        "--log-format",
        "json",
        "scan",
        "-o",
        "run",
        "--format",
        "html",
        "--format",
        "har",
    ]
    child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen: set[bytes] = set()
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(child.pid, seen, done))
    watcher.start()
    stdout, stderr = child.communicate(timeout=500)
    done.set()
    watcher.join()
    return stdout, stderr, frozenset(seen)


def _watch(pid: int, seen: set[bytes], done: threading.Event) -> None:
    """Command lines of the scanner and its children, and the environments of its children.

    Between fork and exec a child still shows what its parent was given; only what is a program of its own counts.
    The scanner's own line is empty for a moment after its start.
    """
    own = b""
    while not done.wait(0.01):
        own = own or Path(f"/proc/{pid}/cmdline").read_bytes()
        if not own:
            continue
        seen.add(own)
        for number in _children(pid):
            with suppress(OSError):
                line = Path(f"/proc/{number}/cmdline").read_bytes()
                if line not in {own, b""}:
                    seen.update((line, Path(f"/proc/{number}/environ").read_bytes()))


def _children(pid: int) -> Iterator[int]:
    try:
        direct = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return
    for child in direct:
        yield child
        yield from _children(child)


def test_the_token_was_really_sent_and_children_were_really_watched(leaky):
    heads = b"".join(leaky.server.requests)
    assert encodings(CANARY)["base64"].encode() in heads
    assert any(b"sslyze" in line for line in leaky.processes)
    assert any(b"\0scan\0" in line for line in leaky.processes)
    assert b"[redacted]" in (leaky.folder / "journal.jsonl").read_bytes()
    assert (leaky.folder / "report.html").stat().st_size > 10_000
    assert (leaky.folder / "requests.har").stat().st_size > 10_000
    assert len(list((leaky.folder / "evidence").rglob("*.json"))) > 5


@pytest.mark.parametrize("name", encodings(CANARY))
def test_no_encoding_of_it_is_written_anywhere(leaky, name):
    needle = encodings(CANARY)[name].encode()
    files = [path for path in leaky.folder.rglob("*") if path.is_file()]
    assert len(files) > 5
    assert [str(path.relative_to(leaky.folder)) for path in files if needle in path.read_bytes()] == []
    assert needle not in leaky.stdout
    assert needle not in leaky.stderr


@pytest.mark.parametrize("name", encodings(CANARY))
def test_no_encoding_of_it_is_in_the_process_list(leaky, name):
    assert not any(encodings(CANARY)[name].encode() in text for text in leaky.processes)


def test_no_file_outside_the_run_folder_is_written(leaky):
    assert sorted(path.name for path in leaky.folder.parent.iterdir()) == [
        "localhost.key", "localhost.pem", "ocpi-posture.yaml", "run", "two",
    ]  # fmt: skip
