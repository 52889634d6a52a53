"""How long each phase lasts, and how fast the good partner and the load go."""

from typing import Final

from scanner.model.burst import StressLimits
from scanner.model.late_dataclass import dataclass

_EXCESS: Final = 3.0  # times the agreed rate: gateways let twice the rate through for a moment
_GOOD_SHARE: Final = 0.1  # of the rate that is allowed
_MOST_BESIDE: Final = 130  # good requests beside one load
CONNECTIONS_FOR_GOOD: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds of each phase of a load; connections are held for `held_s`, told something each `drip_s`.

    `recovery_s`: how long it is watched at most whether the sender of the load is served again.
    """

    before_s: float = 3.0
    during_s: float = 6.0
    after_s: float = 3.0
    recovery_s: float = 20.0
    held_s: float = 65.0  # servers wait a minute for headers, as they are delivered
    drip_s: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Requests a second, and connections, within what `stress:` allows."""

    good: float
    most: float
    connections: int

    @classmethod
    def within(cls, limits: StressLimits) -> "Rates":
        """A tenth for the good partner, up to ten a second; the rest for the load."""
        good = min(10.0, max(0.5, limits.requests_per_second * _GOOD_SHARE))
        return cls(
            good=min(good, limits.requests_per_second / 2),
            most=limits.requests_per_second - min(good, limits.requests_per_second / 2),
            connections=max(1, limits.max_connections - CONNECTIONS_FOR_GOOD),
        )

    def beside(self, seconds: float) -> float:
        """The good partner's rate for so long: slower where it takes a minute, so that the budget lasts for all."""
        return min(self.good, _MOST_BESIDE / seconds)

    def excess(self, agreed: float | None) -> float:
        """A rate that is more than was agreed, as far as is allowed."""
        return self.most if agreed is None else min(self.most, _EXCESS * agreed)

    def steady(self, agreed: float | None) -> float:
        """A rate that a partner may have."""
        return self.most / 2 if agreed is None else min(self.most, agreed)
