"""What is wrong on our side of the wire: usage, configuration, input files.

PostureError                 exit code 4 unless a subclass says otherwise
└── UsageError               exit code 2: somebody has to change a flag or a file
    ├── ConfigError          ocpi-posture.yaml cannot be used; carries every problem found, with file and line
    ├── SecretError          a secret reference leads nowhere
    ├── RunFolderError       a run folder is missing, unreadable, or of another version
    ├── HistoryError         the store of runs is locked, gone, full, or of another version
    └── MissingExtraError    an optional part of the installation is not there

A fault of the *target* is never one of these: it is a fact, and stands in the report.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from scanner.model.late_dataclass import dataclass


class PostureError(Exception):
    """Ends a command; `diagnostics()` is the paragraph that the user reads."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def diagnostics(self) -> str:
        """What is wrong, and what to do about it."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(PostureError):
    """A flag, an argument or a file of the user's is not usable as it is."""

    exit_code: ClassVar[int] = 2


class SecretError(UsageError):
    """A secret reference leads nowhere; neither message nor hint holds what was found there."""


class RunFolderError(UsageError):
    """A folder was named that does not hold a readable run."""


class HistoryError(UsageError):
    """The store of runs cannot be used now, or refuses what it was given."""


class MissingExtraError(UsageError):
    """Something was asked for that this installation leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a file: `key` is the dotted path; `line` and `column` start at 1, 0 where not known."""

    file: Path
    message: str
    key: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        at = f":{self.line}:{self.column}" if self.line else ""
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}{at}: {key}{self.message}"


class ConfigError(UsageError):
    """The configuration cannot be used; `problems` are all that were found, in file order."""

    def __init__(self, problems: Iterable[Problem], hint: str = "") -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (str(p.file), p.line, p.column)))
        super().__init__("\n".join(map(str, self.problems)), hint)
