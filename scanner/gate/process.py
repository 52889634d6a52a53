"""Run a borrowed tool as a child process: bounded in time, output and memory, with nothing of our environment."""

import asyncio
import contextlib
import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Final

from scanner.model.intent import ProcessIntent
from scanner.model.late_dataclass import dataclass

_INHERITED: Final = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")
_PR_SET_PDEATHSIG: Final = 1
_READ_BYTES: Final = 65_536
_REAP_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessResult:
    """How a child ended. `exit_code` is None where it had to be killed; outputs are cut at the limit (`truncated`)."""

    exit_code: int | None
    stdout: bytes
    stderr: bytes
    timed_out: bool
    truncated: bool
    elapsed_s: float


async def run_process(intent: ProcessIntent, home: Path) -> ProcessResult:
    """Run the child of a decided intent; `home` is its private HOME and TMPDIR.

    It leads a process group of its own, which is killed whole when its time is up, when it writes too much, and when
    we are cancelled; on Linux it also dies with us.

    Raises: OSError if the program cannot be started.
    """
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *intent.argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(intent, home),
        cwd=intent.working_directory,
        start_new_session=True,
        preexec_fn=_ChildSetup(intent.memory_bytes, intent.niceness),
    )
    try:
        async with asyncio.timeout(intent.timeout_s):
            stdout, stderr, _ = await asyncio.gather(
                _read(process, process.stdout, intent.max_output_bytes),
                _read(process, process.stderr, intent.max_output_bytes),
                _feed(process.stdin, intent.stdin),
            )
            await process.wait()
    except TimeoutError:
        await _kill(process)
        return _result(None, b"", b"", started, timed_out=True)
    finally:
        await _kill(process)
    truncated = max(len(stdout), len(stderr)) >= intent.max_output_bytes
    return _result(None if truncated else process.returncode, stdout, stderr, started, truncated=truncated)


def _result(
    code: int | None, stdout: bytes, stderr: bytes, started: float, *, timed_out: bool = False, truncated: bool = False
) -> ProcessResult:
    return ProcessResult(
        exit_code=code,
        stdout=stdout,
        stderr=stderr,
        timed_out=timed_out,
        truncated=truncated,
        elapsed_s=time.monotonic() - started,
    )


def _environment(intent: ProcessIntent, home: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    own = {"HOME": str(home), "TMPDIR": str(home)}
    return {**inherited, **own, **intent.environment_variables}


class _ChildSetup:
    """Runs in the child between fork and exec: a memory limit, and on Linux a signal when the parent dies."""

    def __init__(self, memory_bytes: int | None, niceness: int) -> None:
        self._memory_bytes = memory_bytes
        self._niceness = niceness
        self._libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def __call__(self) -> None:
        """Set the limits; called by the child."""
        os.nice(self._niceness)
        if self._memory_bytes is not None:
            _, most = resource.getrlimit(resource.RLIMIT_AS)  # nobody may raise what the caller has bounded
            limit = self._memory_bytes if most == resource.RLIM_INFINITY else min(self._memory_bytes, most)
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        if self._libc is not None:
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


async def _read(process: asyncio.subprocess.Process, stream: asyncio.StreamReader | None, limit: int) -> bytes:
    """Everything up to the limit; a child that writes more is killed, and what it still writes is thrown away."""
    received = bytearray()
    while stream is not None and (chunk := await stream.read(_READ_BYTES)):
        if len(received) >= limit:
            _signal(process)
        else:
            received += chunk
    return bytes(received[:limit])


async def _feed(stream: asyncio.StreamWriter | None, data: bytes | None) -> None:
    if stream is None:
        return
    try:
        if data:
            stream.write(data)
            await stream.drain()
        stream.close()
    except (BrokenPipeError, ConnectionResetError):
        return  # the child did not want it; its exit code tells the rest


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    _signal(process)
    with contextlib.suppress(TimeoutError):  # somebody outside its group may hold its pipes open
        async with asyncio.timeout(_REAP_S):
            # asyncio sees the end of a child only after its pipes were read to their end
            await asyncio.gather(process.wait(), *(_drain(stream) for stream in (process.stdout, process.stderr)))


def _signal(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _drain(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(_READ_BYTES):
        pass
