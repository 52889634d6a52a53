"""Data on stdout, and nothing else there."""

import os
import sys

from scanner.cli.terminal import printable


def emit(text: str) -> None:
    """Write data with a line break at its end; a reader that has seen enough does not change what a command decides."""
    ending = "" if text.endswith("\n") else "\n"
    try:
        sys.stdout.write(text + ending)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write((text + ending).encode(encoding, "replace").decode(encoding))


def emit_safe(text: str) -> None:
    """As `emit`, for text that may hold what a target said: it cannot move the cursor."""
    emit(printable(text))
