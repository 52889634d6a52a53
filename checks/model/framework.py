"""Framework: a standard, law or list of weaknesses that rows of the checklist speak to."""

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """`list`: the publisher's machine-readable list, None where none could be had; `sha256` and `version` of it."""

    key: str
    name: str
    publisher: str
    list: str | None = None
    version: str = ""
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedId:
    """One id of one framework, as its publisher writes it: a text ("1.10" is not 1.1).

    `verified`: it stands in the publisher's own list. What is not verified stays out of reports and packs.
    """

    framework: str
    id: str
    verified: bool
