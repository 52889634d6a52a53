"""The write-ahead journal of a run: each intent is on record before it is sent.

JSON lines, appended with one `write` each, so that a kill at any moment loses at most the line being written; a torn
last line is dropped on reading. What makes a token or moves hardware is flushed to the disk before it is sent.
"""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from scanner.gate.redaction import Redactor
from scanner.model.json_value import JsonValue

FILE_NAME: Final = "journal.jsonl"


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
        _drop_torn_line(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, kind: str, entry: Mapping[str, JsonValue], *, durable: bool = False) -> None:
        """Append one entry; `durable` waits until it is on the disk.

        Raises: OSError (disk full, file gone): then nothing may be sent.
        """
        document = self._redactor.document({"kind": kind, **entry})
        line = (json.dumps(document, separators=(",", ":")) + "\n").encode()
        whole = os.fstat(self._file).st_size
        try:
            _write_all(self._file, line)
        except OSError:
            os.ftruncate(self._file, whole)  # half a line would swallow the next one
            raise
        if durable:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file; the journal stays."""
        os.close(self._file)


def _write_all(file: int, line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(file, rest) :]


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """The entries of a journal in order; a torn last line is left out.

    Raises: OSError if it cannot be read, JournalBroken if an earlier line is damaged.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield json.loads(line)
            except ValueError as error:
                if not line.endswith(b"\n"):
                    return
                raise JournalBroken(path, number) from error


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        os.truncate(path, whole)
