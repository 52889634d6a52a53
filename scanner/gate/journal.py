"""The write-ahead journal of a run: each intent is on record before it is sent.

JSON lines, appended with one `write` each, so that a kill at any moment loses at most the line being written; a torn
last line is dropped on reading. What makes a token or moves hardware is flushed to the disk before it is sent. How a
request was answered that leaves nothing behind may wait for the next entry, to share its `write`.
"""

import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from scanner.gate.redaction import Redactor
from scanner.model.ascii_json import in_ascii
from scanner.model.json_reading import read_json
from scanner.model.json_value import JsonValue

FILE_NAME: Final = "journal.jsonl"
_MOST_WAITING: Final = 64
_OUTCOME: Final = "outcome"
_OF_OURS: Final = frozenset({"intent", _OUTCOME, "probe"})  # a checkpoint may hold a NaN that a target sent
_KIND: Final = re.compile(rb'\{"kind":"(\w+)"')


class JournalBroken(ValueError):
    """A line other than the last one cannot be read; `line` starts at 1."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}: line {line} is not a journal entry")
        self.line = line


class Journal:
    """Append-only; entries are redacted like everything that is stored."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.path = path
        self._redactor = redactor
        self._waiting: list[bytes] = []
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        _drop_torn_line(self._file)

    def write(self, kind: str, entry: Mapping[str, JsonValue], *, durable: bool = False, at_once: bool = True) -> None:
        """Append one entry; `durable` waits until it is on the disk.

        `at_once=False` keeps it back until the next entry, `flush` or `close`: for what a kill may lose.

        Raises: OSError (disk full, file gone): then nothing may be sent.
        """
        self._waiting.append(self._line({"kind": kind, **entry}))
        if at_once or durable or len(self._waiting) >= _MOST_WAITING:
            self.flush()
        if durable:
            os.fsync(self._file)

    def of_nobody(self, value: JsonValue) -> JsonValue:
        """The same without personal data; equal values stay equal within a run."""
        return self._redactor.personal.strings(value)

    def flush(self) -> None:
        """Hand what was kept back to the operating system.

        Raises: OSError, as `write`.
        """
        if not self._waiting:
            return
        lines = b"".join(self._waiting)
        self._waiting.clear()
        written = 0
        try:
            while written < len(lines):
                written += os.write(self._file, memoryview(lines)[written:])
        except OSError:  # half a line would swallow the next one
            os.ftruncate(self._file, os.fstat(self._file).st_size - written)
            raise

    def _line(self, entry: dict[str, JsonValue]) -> bytes:
        """The entry as one line, masked; most entries hold nothing to mask, which is seen in the whole line at once."""
        line = _encode(entry)
        if entry["kind"] == _OUTCOME and not any(isinstance(value, str) for value in list(entry.values())[1:]):
            return line + b"\n"  # numbers alone
        if not self._redactor.tells_nothing(line.decode()):
            line = _encode(self._redactor.document(entry))
        return in_ascii(line) + b"\n"

    def close(self) -> None:
        """Write what was kept back and close the file; the journal stays."""
        try:
            self.flush()
        finally:
            os.close(self._file)


def _encode(entry: JsonValue) -> bytes:
    """JSON in one line; requests, which are many, and long facts by the fast encoder, which knows no NaN."""
    if isinstance(entry, dict) and entry["kind"] in _OF_OURS:
        with suppress(UnicodeEncodeError):  # half a surrogate pair
            return msgspec.json.encode(entry)
    return json.dumps(entry, separators=(",", ":")).encode()


def read_journal(path: Path, kinds: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
    """The entries of a journal in order, or those of some kinds; a torn last line is left out.

    What is not asked for is not even parsed: what probes saw takes megabytes.

    Raises: OSError if it cannot be read, JournalBroken if an earlier line is damaged.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            kind = _KIND.match(line)
            if kinds is not None and kind and kind[1].decode() not in kinds:
                continue
            try:
                entry = read_json(line)
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                raise JournalBroken(path, number) from error
            if not isinstance(entry, dict) or "kind" not in entry:
                raise JournalBroken(path, number)
            yield cast("dict[str, Any]", entry)


def _drop_torn_line(file: int) -> None:
    with os.fdopen(os.dup(file), "rb") as stream:
        content = stream.read()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.ftruncate(file, whole)
