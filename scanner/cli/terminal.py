"""What kind of place we write to, and text that is safe to write there."""

import os
import shutil
import sys
import textwrap
import unicodedata
from contextlib import suppress
from typing import Final, TextIO, cast

_PLAIN_WIDTH: Final = 100
_LEAST_WIDTH: Final = 40


def is_terminal(stream: TextIO) -> bool:
    """True for a terminal that moves a cursor; false for pipes, files, `TERM=dumb` and closed streams."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def wants_colour(stream: TextIO) -> bool:
    """Colour on a terminal only, and never where NO_COLOR is set to anything (no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def surviving(terminal: TextIO) -> TextIO:
    """The terminal to write to as long as it is there: where it is closed, what we do goes on unseen."""
    return cast("TextIO", _Surviving(terminal))


class _Surviving:
    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._terminal.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._terminal.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._terminal, name)


def columns() -> int:
    """How wide stdout is: the terminal's width, or 100 columns where it is none."""
    if not is_terminal(sys.stdout):
        return _PLAIN_WIDTH
    return max(_LEAST_WIDTH, shutil.get_terminal_size((_PLAIN_WIDTH, 24)).columns)


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """The text in lines of at most `width` columns, broken between words only; a longer word stands alone."""
    return textwrap.wrap(
        text,
        width=max(width, _LEAST_WIDTH),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def printable(text: str) -> str:
    """The text without what could move a cursor or reorder a line: text of a target is hostile.

    Control and format characters become their escaped form; line breaks and tabs stay.
    """
    return "".join(c if c in "\n\t" or not _moves(c) else c.encode("unicode_escape").decode() for c in text)


def _moves(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
