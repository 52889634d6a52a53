"""Runs Pulumi programs, each in a process of its own: `PYTHON run_cases.py SOCKET`, until its standard input ends.

Executed by the interpreter of the Pulumi environment. Loading pulumi and pulumi_aws takes seconds: each module is done
once, and each run is a fork of what was loaded. So is what a run works out that the next would again: the code of the
program, and the types of properties, of which a run tells the classes that it met. Whoever connects writes a job, as a
line: `requests`, what the host is asked for, by the name of the case; `modules` to load before, and `path`, the folders
where Python finds them besides its own. A line answers it, with `answers` or why it `failed`; jobs that come together
are done beside each other.
"""

import fcntl
import functools
import gc
import importlib
import json
import os
import runpy
import select
import socket
import sys
import tempfile
import traceback
from typing import IO, Any

_RUNPY: Any = runpy  # what it keeps to itself is in no list of types


class Met:
    """Classes whose properties' types were worked out, in this process or a fork of it."""

    def __init__(self, types: Any) -> None:
        self._plain, self._types = types._raw_return_hints, types
        self._known: set[type] = set()
        self._jobs = _unnamed()  # what the forks for jobs have met; shared with them
        self._runs = self._jobs  # a job's own: what its runs have met
        self._read = 0
        types._raw_return_hints = self._hints

    def _hints(self, made_of: type) -> Any:
        if made_of not in self._known:
            self._known.add(made_of)
            os.write(self._runs.fileno(), f"{made_of.__module__} {made_of.__qualname__}\n".encode())
        return self._plain(made_of)

    def take_over(self) -> None:
        """What forks have met, for all that come."""
        new = os.pread(self._runs.fileno(), 2**24, self._read)
        self._read += len(new)
        for module, name in {tuple(line.split()) for line in new.decode().splitlines()}:
            found = getattr(sys.modules.get(module), name, None)
            if isinstance(found, type):
                self._types._types_from_py_properties(found)

    def begin_job(self) -> None:
        """From now on this is the fork for one job."""
        self._runs, self._read = _unnamed(), 0

    def end_job(self) -> None:
        """Tell the process that all are forks of."""
        os.write(self._jobs.fileno(), os.pread(self._runs.fileno(), 2**24, 0))


def _unnamed() -> IO[bytes]:
    """A file that lives as long as the process and its forks, to whose end each of them writes."""
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - as long as the process
    fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND)
    return file


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


def load(job: dict[str, Any]) -> tuple[Any, Met]:
    sys.path[0:0] = [folder for folder in (job["host"], *job["path"]) if folder not in sys.path]
    host = importlib.import_module("ocpi_posture_host.host")
    for module in job["modules"]:
        getattr(importlib.import_module(module), "_utilities", None)  # those of pulumi_aws load at the first look
    for file in {request["main"] for request in job["requests"].values() if request["main"].endswith(".py")}:
        _RUNPY._get_code_from_file("__main__", file)
    met = known_types()
    met.take_over()
    gc.freeze()
    return host.main, met


@functools.cache
def known_types() -> Met:
    return Met(importlib.import_module("pulumi._types"))


def serve(talk: Any) -> None:
    job = json.loads(talk.readline())
    try:
        main, met = load(job)
    except Exception:  # noqa: BLE001 - whoever asked is told, and the next is served
        say(talk, {"failed": traceback.format_exc()})
        return
    if os.fork() == 0:
        say(talk, answer_to(job, main, met))
        os._exit(0)


def answer_to(job: dict[str, Any], main: Any, met: Met) -> dict[str, Any]:
    met.begin_job()
    try:
        return {"answers": {case: answer_of(request, main, met) for case, request in job["requests"].items()}}
    except Exception:  # noqa: BLE001 - see above
        return {"failed": traceback.format_exc()}
    finally:
        met.end_job()


def say(talk: Any, answer: dict[str, Any]) -> None:
    talk.write(json.dumps(answer).encode() + b"\n")
    talk.flush()


def reap() -> None:
    """Forget the forks that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def main() -> None:
    gc.disable()  # every fork lives for a second: looking for garbage would copy what they share
    _RUNPY._get_code_from_file = functools.cache(_RUNPY._get_code_from_file)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(sys.argv[1])
        door.listen(64)
        print("open", flush=True)  # noqa: T201 - whoever started this waits for it
        while sys.stdin not in select.select([door, sys.stdin], [], [])[0]:
            caller, _ = door.accept()
            with caller, caller.makefile("rwb") as talk:
                serve(talk)
            reap()


if __name__ == "__main__":
    main()
