"""What can be wrong with a pack. One problem is enough for a pack to prove nothing."""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Kind(StrEnum):
    """The kinds of problem, by the name that a machine reads."""

    FORM = "form"  # the zip file is not in its one permitted form, or cut off
    NAME = "name"
    CHANGED = "changed"
    MISSING = "missing"
    SURPLUS = "surplus"
    STATEMENT = "statement"
    SIGNATURE = "signature"
    CHAIN = "chain"
    TIME_STAMP = "time-stamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong; `file` is a name inside the pack, empty where it is about the whole."""

    kind: Kind
    message: str
    file: str = ""


class NoPack(ValueError):
    """What was given is no pack at all, or one of a version that is not known here; the text says which."""
