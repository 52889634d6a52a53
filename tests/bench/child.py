"""Run a command to its end and account for it as the operating system does."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds on the wall and of processor time (children included), and the largest process in MiB."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    exit_code: int


def cost_of(command: Sequence[str], environment: Mapping[str, str], log: Path, *, folder: Path | None = None) -> Cost:
    """Run `command` once, in `folder` (or here); its output goes to `log`."""
    started = time.monotonic()
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        wall_s=time.monotonic() - started,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mib=usage.ru_maxrss / 1024,
        exit_code=child.returncode,
    )
