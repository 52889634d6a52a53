"""The curve of a load as numbers of a drawing: bars of what was sent, and the good partner's times above them."""

from collections.abc import Callable, Sequence
from typing import Final

from scanner.model.facts.ocpi.stress import (
    Crowd,
    GoodPartner,
    HeldConnections,
    IdleConnectionsHeld,
    LoadSeen,
    Moment,
    SlowBodiesHeld,
    SlowHeadersHeld,
)
from scanner.model.late_dataclass import dataclass

WIDTH: Final = 720
HEIGHT: Final = 120  # of each of the two panels
_LEAST_MS: Final = 10.0
_HELD: Final[dict[type, str]] = {
    SlowHeadersHeld: "headers that never end",
    SlowBodiesHeld: "bodies that never end",
    IdleConnectionsHeld: "nothing is asked",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar, from the bottom up: served, throttled, failed; in units of the drawing."""

    x: float
    width: float
    served: float
    throttled: float
    failed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """`line`: the points of the good partner's median times; `lost`: where good requests were not served."""

    bars: tuple[Bar, ...]
    line: str
    lost: tuple[float, ...]
    zero: float
    most_load: int
    most_ms: float
    first_s: float
    last_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One phase of the table under a drawing."""

    phase: str
    crowd: Crowd


def drawing(curve: Sequence[Moment]) -> Drawing | None:
    """The drawing of a curve; None where there is none."""
    if not curve:
        return None
    first, last = curve[0].at_s, curve[-1].at_s
    span = max(last - first, 0.001)
    most_load = max(1, *(moment.load for moment in curve))
    most_ms = max(_LEAST_MS, *(moment.good_ms or 0.0 for moment in curve))
    step = WIDTH / (len(curve) + 1)

    def x(at_s: float) -> float:
        return round((at_s - first) / span * (WIDTH - step), 1)

    def height(count: int) -> float:
        return round(count / most_load * HEIGHT, 1)

    return Drawing(
        bars=tuple(_bar(moment, x(moment.at_s), step, height) for moment in curve if moment.load),
        line=" ".join(
            f"{x(m.at_s) + round(step / 2, 1):g},{round(HEIGHT - m.good_ms / most_ms * HEIGHT, 1):g}"
            for m in curve
            if m.good_ms is not None
        ),
        lost=tuple(round(x(m.at_s) + step / 2, 1) for m in curve if m.good_lost),
        zero=min(max(x(0.0), 0.0), float(WIDTH)),
        most_load=most_load,
        most_ms=round(most_ms, 1),
        first_s=first,
        last_s=last,
    )


def _bar(moment: Moment, x: float, step: float, height: Callable[[int], float]) -> Bar:
    served = moment.load - moment.load_throttled - moment.load_failed
    return Bar(
        x=x,
        width=round(max(step - 1, 1.0), 1),
        served=height(served),
        throttled=height(moment.load_throttled),
        failed=height(moment.load_failed),
    )


def rows(seen: LoadSeen | HeldConnections) -> tuple[Row, ...]:
    """The good partner's phases, and the load itself where requests were sent."""
    good: GoodPartner = seen.good
    phases = (("good partner, before", good.before), ("good partner, during", good.during))
    found = [Row(phase=phase, crowd=crowd) for phase, crowd in (*phases, ("good partner, after", good.after))]
    if isinstance(seen, LoadSeen):
        found.append(Row(phase="the load", crowd=seen.load))
    return tuple(found)


def headline(seen: LoadSeen | HeldConnections) -> str:
    """What was sent, in one sentence."""
    if isinstance(seen, LoadSeen):
        agreed = f", agreed are {seen.agreed:g}" if seen.agreed is not None else ""
        return f"{seen.load.asked} requests: {seen.what} ({seen.per_second:g} a second for {seen.seconds:g} s{agreed})"
    what = _HELD[type(seen)]
    held = f"{seen.opened} connections held for up to {seen.longest_s:g} s"
    return f"{what}: {held}, {seen.ended} of them ended by the platform"
