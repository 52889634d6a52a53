"""When the garbage collector of a process looks: a scan leaves little garbage, and keeps what it has loaded."""

import gc
from typing import Final

_RARELY: Final = (300_000, 20, 20)  # new objects before each of its turns: tens of MB; most scans end before the first


def collect_rarely() -> None:
    """For the process of one command, once its modules are loaded."""
    gc.freeze()  # what is loaded stays
    gc.set_threshold(*_RARELY)


def leave_it() -> None:
    """For a process that is about to end: it would look through everything once more, a fiftieth of a scan."""
    gc.freeze()
