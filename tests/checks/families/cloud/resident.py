"""The process that runs Pulumi programs for all workers of a test run, and keeps what it has loaded of the SDK.

Whoever asks first starts it; it ends with that worker, and the next that asks would start another.
"""

import atexit
import fcntl
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.scanner.cloud.running import PYTHON
from tests.targets.once import FOLDER

_RUNNER: Final = Path(__file__).with_name("run_cases.py")


def ask(job: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    """The answers by case.

    Raises: RuntimeError with why there are none.
    """
    asked = json.dumps(job).encode() + b"\n"
    line = _answer(asked) or _answer(asked)  # it may just have ended with the worker that started it
    said: dict[str, Any] = json.loads(line) if line else {"failed": _errors().read_text(errors="replace")}
    if "failed" in said:
        raise RuntimeError(said["failed"])
    return dict(said["answers"])


def _answer(asked: bytes) -> bytes:
    """A line; nothing where the process ended over it."""
    try:
        with _connected() as connection, connection.makefile("rwb") as talk:
            talk.write(asked)
            talk.flush()
            return talk.readline()
    except ConnectionError:
        return b""


def _connected() -> socket.socket:
    with (_place() / "programs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(_door()))
        except (FileNotFoundError, ConnectionRefusedError):
            _start()
            connection.connect(str(_door()))
    return connection


def _start() -> None:
    _door().unlink(missing_ok=True)
    with _errors().open("wb") as errors:
        child = subprocess.Popen(
            [PYTHON, "-I", _RUNNER, _door()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
    atexit.register(child.communicate)  # the end of its standard input is its end
    assert child.stdout
    if not child.stdout.readline():
        raise RuntimeError(_errors().read_text(errors="replace"))


def _door() -> Path:
    return _place() / "programs.socket"


def _errors() -> Path:
    return _place() / "programs.errors"


def _place() -> Path:
    """Where the workers of this run share; a process that belongs to none has a place of its own."""
    shared = os.environ.get(FOLDER)
    return Path(shared) if shared else Path(_own_place().name)


@cache
def _own_place() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="posture-programs-")
