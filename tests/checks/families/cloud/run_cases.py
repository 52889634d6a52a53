"""Runs Pulumi programs, each in a process of its own: `PYTHON run_cases.py`, a job a line on standard input.

Executed by the interpreter of the Pulumi environment. Loading pulumi and pulumi_aws takes seconds: each module is done
once, and each run is a fork of what was loaded. So is what a run works out that the next would again: the code of the
program, and the types of properties, of which a run tells the classes that it met. A job has `requests`, what the host
is asked for, by the name of the case; `modules` to load before, and `path`, the folders where Python finds them besides
its own. A line on standard output answers it.
"""

import functools
import gc
import importlib
import json
import os
import runpy
import sys
import tempfile
from typing import Any

_RUNPY: Any = runpy  # what it keeps to itself is in no list of types


class Met:
    """Classes whose properties' types were worked out, in this process or a fork of it."""

    def __init__(self, types: Any) -> None:
        self._plain, self._types = types._raw_return_hints, types
        self._known: set[type] = set()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process; shared with its forks
        types._raw_return_hints = self._hints

    def _hints(self, made_of: type) -> Any:
        if made_of not in self._known:
            self._known.add(made_of)
            os.write(self._file.fileno(), f"{made_of.__module__} {made_of.__qualname__}\n".encode())
        return self._plain(made_of)

    def take_over(self) -> None:
        """What a fork has met, for all that come."""
        self._file.seek(0)
        named = {tuple(line.split()) for line in self._file.read().decode().splitlines()}
        for module, name in named:
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                self._types._types_from_py_properties(found)
        self._file.seek(0)
        self._file.truncate()


def answer_of(request: dict[str, Any], main: Any, met: Met) -> Any:
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as said:
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        child = os.fork()
        if child == 0:
            os.dup2(asked.fileno(), 0)
            sys.stdin = os.fdopen(0, encoding="utf-8")
            os.dup2(said.fileno(), 1)
            main()
            os._exit(1)
        os.waitpid(child, 0)
        met.take_over()
        said.seek(0)
        return json.load(said)


def answers_to(job: dict[str, Any]) -> dict[str, Any]:
    sys.path[0:0] = [folder for folder in (job["host"], *job["path"]) if folder not in sys.path]
    host = importlib.import_module("ocpi_posture_host.host")
    for module in job["modules"]:
        getattr(importlib.import_module(module), "_utilities", None)  # those of pulumi_aws load at the first look
    for file in {request["main"] for request in job["requests"].values() if request["main"].endswith(".py")}:
        _RUNPY._get_code_from_file("__main__", file)
    met = known_types()
    gc.freeze()
    return {case: answer_of(request, host.main, met) for case, request in job["requests"].items()}


@functools.cache
def known_types() -> Met:
    return Met(importlib.import_module("pulumi._types"))


def main() -> None:
    gc.disable()  # every fork lives for a second: looking for garbage would copy what they share
    _RUNPY._get_code_from_file = functools.cache(_RUNPY._get_code_from_file)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answers_to(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
