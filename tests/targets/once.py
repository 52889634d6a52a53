"""What several tests look at is made once in a whole test run, by the worker that needs it first."""

import fcntl
import os
import pickle
from collections.abc import Callable
from functools import cache, wraps
from hashlib import sha256
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

FOLDER = "POSTURE_TEST_RUN"  # environment variable: where the workers of one run share; set by tests/conftest.py

P = ParamSpec("P")
R = TypeVar("R")


def once_a_run(make: Callable[P, R]) -> Callable[P, R]:
    """`make`, called once for the same arguments; its result has to survive pickle. Who comes second waits.

    What it raises is raised in one worker, and tried again by the next that asks.
    """

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        folder = os.environ.get(FOLDER)
        if folder is None:
            return make(*args, **kwargs)
        call = f"{make.__module__}.{make.__qualname__}{args!r}{sorted(kwargs.items())!r}"
        path = Path(folder) / sha256(call.encode()).hexdigest()
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _write(path, pickle.dumps(make(*args, **kwargs)))
        return cast("R", pickle.loads(path.read_bytes()))

    return cast("Callable[P, R]", cache(made))


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)
