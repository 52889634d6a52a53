"""Data on stdout, and nothing else there."""

import sys

from scanner.cli.streams import lead_nowhere
from scanner.cli.terminal import printable
from scanner.errors import UsageError


def emit(text: str) -> None:
    """Write data with a line break at its end; a reader that has seen enough does not change what a command decides.

    Raises: UsageError if it cannot be written.
    """
    ending = "" if text.endswith("\n") else "\n"
    try:
        sys.stdout.write(text + ending)
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write((text + ending).encode(encoding, "replace").decode(encoding))
    except OSError as error:
        _given_up(error)
    hand_over()


def emit_safe(text: str) -> None:
    """As `emit`, for text that may hold what a target said: it cannot move the cursor."""
    emit(printable(text))


def emit_bytes(content: bytes) -> None:
    """As `emit`, for a document that is written as it is."""
    try:
        sys.stdout.buffer.write(content)
    except OSError as error:
        _given_up(error)
    hand_over()


def hand_over() -> None:
    """Write what was kept back until now; errors as `emit`."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _given_up(error)


def _given_up(error: OSError) -> None:
    """Nobody takes what is still to be written: a reader who left has seen enough, anything else is told."""
    lead_nowhere(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        raise UsageError(f"Standard output cannot be written: {(error.strerror or 'failed').lower()}.") from None
