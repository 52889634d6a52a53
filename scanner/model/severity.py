"""How much a broken control hurts; ordered, so that `--fail-on` can compare."""

from enum import StrEnum
from typing import Final


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
        return _RANKS[self]


_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}
