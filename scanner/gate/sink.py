"""Where new credentials tokens are kept: durable, and proven to be writable before a registration is asked for."""

import os
import tempfile
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from scanner.model.secret import Secret


class NewToken(StrEnum):
    """Which of the tokens of a registration: to speak with, handed to the partner, offered and not yet taken, given up.

    The last one is kept where nobody can tell whether the partner gave it up as well.
    """

    TO_SPEAK_WITH = "token to speak with"
    FOR_THE_PARTNER = "token for the partner"
    OFFERED = "token that the partner offers"
    BEFORE = "token of before"


_SUFFIXES: Final = {
    NewToken.TO_SPEAK_WITH: "",
    NewToken.FOR_THE_PARTNER: ".for-partner",
    NewToken.OFFERED: ".offered",
    NewToken.BEFORE: ".before",
}


def kept_in(file: str) -> tuple[str, ...]:
    """The paths of all files that a sink in a file writes to."""
    return tuple(f"{file}{suffix}" for suffix in _SUFFIXES.values())


class SinkFailed(Exception):
    """A token cannot be kept there; the text names the place and the reason, never the token."""


class TokenSink(Protocol):
    """A durable place for the new tokens of one identity. Calls block; each raises SinkFailed."""

    @property
    def place(self) -> str:
        """The reference that it was configured with."""
        ...

    def prove(self) -> None:
        """Write something that is no token and takes nothing's place."""
        ...

    def write(self, which: NewToken, token: Secret) -> None:
        """Keep a token; when this returns, it survives a crash. The one that was there is replaced whole."""
        ...

    def where(self, which: NewToken) -> str:
        """The place of one of them, in words that lead an operator there."""
        ...

    def read(self, which: NewToken) -> Secret | None:
        """What is kept there, by this run or one before; None where there is nothing."""
        ...

    def clear(self, which: NewToken) -> None:
        """Keep nothing there any more; when this returns, that survives a crash."""
        ...


class FileSink:
    """A file of mode 0600, replaced whole; beside it `NAME.for-partner`, `NAME.offered`, `NAME.before`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def place(self) -> str:
        """As a reference."""
        return f"file:{self._path}"

    def prove(self) -> None:
        """Make a file beside it, flush it to the disk and remove it; the folder is made if there is none."""
        try:
            target = self._target(NewToken.TO_SPEAK_WITH)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.exists() and not target.is_file():
                raise SinkFailed(f"{self.place} is not a file")
            _written(target, b"").unlink()
        except OSError as error:
            raise self._failed(error) from None

    def write(self, which: NewToken, token: Secret) -> None:
        """Write, flush to the disk, put in place, flush the folder: a crash leaves the old token or the new one."""
        target = self._target(which)
        try:
            _written(target, token.reveal().encode() + b"\n").replace(target)
            _flush_folder(target.parent)
        except OSError as error:
            raise self._failed(error) from None

    def where(self, which: NewToken) -> str:
        """See `TokenSink.where`."""
        return f"file:{self._target(which)}"

    def read(self, which: NewToken) -> Secret | None:
        """See `TokenSink.read`; an empty file is nothing."""
        try:
            text = self._target(which).read_text(encoding="utf-8").removesuffix("\n")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SinkFailed(f"{self.where(which)} cannot be read ({type(error).__name__})") from None
        return Secret(text) if text.strip() else None

    def clear(self, which: NewToken) -> None:
        """Remove the file, and flush the folder."""
        target = self._target(which)
        try:
            target.unlink(missing_ok=True)
            _flush_folder(target.parent)
        except OSError as error:
            raise self._failed(error) from None

    def _target(self, which: NewToken) -> Path:
        try:
            path = self._path.resolve()  # a link stays a link
        except RuntimeError:  # before Python 3.13, which leaves a circle as it is
            path = self._path
        if path.is_symlink():
            raise SinkFailed(f"{self.place} is a link that leads to itself")
        return path.with_name(path.name + _SUFFIXES[which])

    def _failed(self, error: OSError) -> SinkFailed:
        return SinkFailed(f"{self.place} cannot be written: {(error.strerror or 'unknown reason').lower()}")


def _written(target: Path, content: bytes) -> Path:
    """A new file in the folder of `target`, mode 0600, its content on the disk."""
    file, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(file, "wb") as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
    return Path(name)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
