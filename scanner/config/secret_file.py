"""The bytes of a secret file, which may be a pipe: nobody may wait for ever for one that no program writes into."""

import errno
import os
import select
import stat
import time
from pathlib import Path
from typing import Final

MAX_SECRET_BYTES: Final = 64 * 1024
_PATIENCE_S: Final = 60.0  # for the program at the other end of a pipe, which may have to ask somebody


def read_secret_file(path: Path, patience_s: float = _PATIENCE_S) -> bytes:
    """The content, cut one byte beyond `MAX_SECRET_BYTES`.

    Raises: OSError.
    """
    if not stat.S_ISFIFO(path.stat().st_mode):
        with path.open("rb") as file:
            return file.read(MAX_SECRET_BYTES + 1)
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return _read_pipe(handle, time.monotonic() + patience_s)
    finally:
        os.close(handle)


def _read_pipe(handle: int, deadline: float) -> bytes:
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    content = b""
    while len(content) <= MAX_SECRET_BYTES:
        if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1_000):
            raise TimeoutError(errno.ETIMEDOUT, "nobody writes into this pipe")
        piece = os.read(handle, MAX_SECRET_BYTES + 1 - len(content))
        if not piece:
            break
        content += piece
    return content
