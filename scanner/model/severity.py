"""How much a broken control hurts; ordered, so that `--fail-on` can compare."""

from enum import StrEnum


class Severity(StrEnum):
    """Ordered from `INFO` (0) to `CRITICAL` (4) by `rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 (info) to 4 (critical)."""
        return tuple(Severity).index(self)
