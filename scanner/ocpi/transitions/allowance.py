"""How many requests all benches of one endpoint may send together: the host's budget is shared with other probes."""

from dataclasses import dataclass


@dataclass(slots=True)
class Allowance:
    """`left` requests; what takes objects back is sent even where none is left."""

    total: int
    used: int = 0

    def take(self) -> bool:
        """Count one request; False where there is none left for it."""
        self.used += 1
        return self.used <= self.total
