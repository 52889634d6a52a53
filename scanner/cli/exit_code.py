"""What the shell is told."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The one table of exit codes, for every command."""

    CLEAN = 0  # judged, and clean
    FAILED = 1  # a fail at or above --fail-on
    USAGE = 2  # wrong usage, config or input file
    INCONCLUSIVE = 3  # no such fail, but something required was inconclusive or not judged
    BUG = 4  # ours
    INTERRUPTED = 130  # Ctrl-C before anything was judged, as shells have it (128 + SIGINT)
