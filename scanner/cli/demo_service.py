"""The reference service as a child of ours: prepared, served over TLS, and gone when we are."""

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from scanner.errors import MissingExtraError, PostureError, UsageError
from scanner.model.late_dataclass import dataclass

PREFERRED_PORT: Final = 8443
PREFERRED_PLAINTEXT_PORT: Final = 8480
_START_S: Final = 20.0
_STOP_S: Final = 5.0
_WRONG_USAGE: Final = 2  # how click ends a command that was called wrongly
_LOOPBACK: Final = "127.0.0.1"
_LOCALHOST: Final = "localhost"
_CALL_S: Final = 1.0  # that the service waits for a partner
_PLAINTEXT_FAULTS: Final = frozenset({"all", "plaintext-listener"})


class DemoError(PostureError):
    """The embedded target did not start; that is our bug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Where the service listens; `ca` is the PEM of its own CA."""

    versions_url: str
    plaintext_port: int
    ca: Path


def infra_folder() -> Path:
    """The package folder of `infra`, found without importing it.

    Raises: MissingExtraError.
    """
    spec = find_spec("infra")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise MissingExtraError("The embedded target is not part of this installation.", "Install ocpi-posture again.")
    return Path(places[0])


def ask_infra(*arguments: str) -> str:
    """The stdout of a short command of the embedded target.

    Raises: DemoError with its last line if it fails.
    """
    done = subprocess.run(
        [sys.executable, *arguments], env=_environment(), capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise DemoError(f"`{' '.join(arguments[:3])}` failed: {_last_line(done.stderr)}")
    return done.stdout


def prepare(folder: Path, *, calls_back: bool = False, rates: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Certificates, tokens and data of a new deployment below `folder`; gives its settings.

    `calls_back`: it calls partners on this machine, and trusts the certificates that it signs itself. `rates`: how
    often each partner may ask, where that is less than the service allows by itself.
    """
    ask_infra("-m", "infra.service", "prepare", str(folder))
    file = folder / "service.json"
    settings: dict[str, Any] = json.loads(file.read_bytes())
    if calls_back:
        settings["outbound"] |= {"private_hosts": [_LOCALHOST], "ca": str(folder / "ca.pem"), "timeout_s": _CALL_S}
    if rates:
        settings["rates"] = dict(rates)
    if calls_back or rates:
        file.write_text(json.dumps(settings), encoding="utf-8")
    return settings


@contextmanager
def served(folder: Path, faults: Sequence[str]) -> Iterator[Served]:
    """The service on its usual ports, or on free ones if those are taken; without TLS only for the fault that does so.

    Raises: DemoError if it does not start within 20 s.
    """
    command = [sys.executable, "-m", "infra.service", "serve", str(folder), "--exit-on-stdin-eof", "--or-free-port"]
    command += ["--port", str(PREFERRED_PORT)]
    command += [word for name in faults for word in ("--fault", name)]
    command += ["--plaintext-port", str(PREFERRED_PLAINTEXT_PORT)] if _PLAINTEXT_FAULTS & set(faults) else []
    log = folder.parent / "service.log"
    with log.open("wb") as errors, _child(command, errors.fileno()) as child:
        ready = _ready(child, log)
        plaintext_port = ready["plaintext_port"] or _free_port(PREFERRED_PLAINTEXT_PORT)
        yield Served(versions_url=ready["versions_url"], plaintext_port=plaintext_port, ca=Path(ready["ca"]))


@contextmanager
def _child(command: Sequence[str], errors: int) -> Iterator[subprocess.Popen[bytes]]:
    """Its own session, so that Ctrl-C reaches us alone; our end of its stdin closes with us, whatever ends us."""
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=_environment(),
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()


def _ready(child: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    line = _first_line(child)
    if not line:
        said = _last_line(log.read_text(errors="replace"))
        if child.wait(_STOP_S) == _WRONG_USAGE:
            raise UsageError(f"These faults do not go together: {said}", "Name one of them.")
        raise DemoError(f"The reference service did not start: {said}")
    ready: dict[str, Any] = json.loads(line)
    return ready


def _first_line(child: subprocess.Popen[bytes]) -> bytes:
    """What the child writes when it listens; nothing if it ends or takes too long."""
    if child.stdout is None:
        return b""
    deadline, line = time.monotonic() + _START_S, b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
            part = os.read(child.stdout.fileno(), 4096)
            if not part:
                return b""
            line += part
    return line if line.endswith(b"\n") else b""


def _free_port(preferred: int) -> int:
    """A port where nobody listens, the preferred one if it can be had: a fixed one keeps fingerprints alike."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError("No port of the loopback interface is free.")


def _environment() -> dict[str, str]:
    """Nothing of ours but what a Python needs; `infra` is found where it lies."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(infra_folder().parent), "PYTHONDONTWRITEBYTECODE": "1"}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
