"""Scanners that are killed: one process loads everything once, and forks for each of them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]


@contextmanager
def scanners(module: str) -> Iterator[Callable[[Mapping[str, str]], int]]:
    """Runs a scanner of its own for each call, which gives how it ended; `module`: a `killed_child`."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        said = child.stdout
        assert said is not None

        def run(asked: Mapping[str, str]) -> int:
            print(json.dumps(asked), file=child.stdin, flush=True)
            return int(said.readline())

        yield run
        child.stdin.close()
