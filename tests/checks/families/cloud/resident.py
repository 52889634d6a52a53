"""The process that runs Pulumi programs for this test process, and keeps what it has loaded of the SDK for the next."""

import atexit
import json
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from tests.scanner.cloud.running import PYTHON

_RUNNER: Final = Path(__file__).with_name("run_cases.py")


class Resident:
    """`run_cases.py`, asked one job after the other; it ends with us, as its standard input does."""

    def __init__(self) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the child
        self._child = subprocess.Popen(
            [PYTHON, "-I", _RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )

    def ask(self, job: Mapping[str, Any]) -> dict[str, dict[str, object]]:
        """The answers by case. Raises RuntimeError with what it wrote to standard error if it ended."""
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps(job).encode() + b"\n")
        self._child.stdin.flush()
        line = self._child.stdout.readline()
        if not line:
            self._errors.seek(0)
            resident.cache_clear()
            raise RuntimeError(self._errors.read().decode(errors="replace"))
        answers: dict[str, dict[str, object]] = json.loads(line)
        return answers

    def close(self) -> None:
        """Let it end."""
        self._child.communicate()
        self._errors.close()


@cache
def resident() -> Resident:
    """The one of this process."""
    started = Resident()
    atexit.register(started.close)
    return started
