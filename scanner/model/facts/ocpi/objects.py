"""Served objects against the types of the specification."""

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenViolation:
    """A rule of the specification that objects break: pointer with `*` for indexes, how often, one exact pointer."""

    pointer: str
    rule: str
    expected: str
    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsValidated:
    """Objects of one answer against the types of the version spoken."""

    object_type: str
    examined: int
    broken: int
    violations: tuple[SeenViolation, ...]
    curl: str
