"""What error answers tell a stranger."""

from enum import StrEnum

from scanner.model.facts.ocpi.answer import Answer
from scanner.model.late_dataclass import dataclass


class LeakKind(StrEnum):
    """What an error answer tells a stranger."""

    STACK_TRACE = "stack trace"
    FILE_PATH = "file path"
    SOFTWARE_VERSION = "software version"
    DATABASE = "database error"
    SECRET = "secret"
    INTERNAL_ADDRESS = "internal address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One leak; `pattern` names the rule that found it, never the text found."""

    kind: LeakKind
    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """The answer to a read that must fail; the path of the subject says which."""

    answer: Answer
    leaks: tuple[Leak, ...]
