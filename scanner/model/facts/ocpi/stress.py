"""What bounded load did to a platform: to who sent it, to a good partner beside it, and afterwards."""

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How requests of one kind were answered in one phase.

    `throttled`: HTTP 429, or 503 that says when to come back; `told_when`: those of them with Retry-After.
    `refused`: any other 4xx; `turned_away`: those of them that speak of who, where or how, before anybody reads
    a body (401, 403, 404, 405). `not_sent`: due, and never sent because earlier ones were still waiting. Times in
    milliseconds, from when a request was due to the last byte of a whole answer; None where there was none.
    """

    asked: int
    answered: int
    throttled: int = 0
    told_when: int = 0
    refused: int = 0
    turned_away: int = 0
    server_errors: int = 0
    unanswered: int = 0
    not_sent: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    longest_ms: float | None = None

    def lost(self) -> int:
        """Requests that brought no answer one can work with."""
        return self.asked + self.not_sent - self.answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One bar of the curve: `at_s` seconds after the load began (negative: before), and what fell due from then on.

    `good_*` is the good partner: requests, those without a usable answer, and the median time of the others.
    """

    at_s: float
    load: int = 0
    load_throttled: int = 0
    load_failed: int = 0
    good: int = 0
    good_lost: int = 0
    good_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodPartner:
    """The good partner before, during and after; `apart`: it is another one than who sent the load."""

    identity: str
    apart: bool
    before: Crowd
    during: Crowd
    after: Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSeen:
    """One load, and everything that was seen of it.

    `what` was sent; `per_second` asked for, `agreed` with the partner (None: not said). `recovered_after_s`: seconds
    from the end of the load until who had sent it was served again; None: not within `watched_s`. `stopped`: why the
    load ended early. `curl` repeats one of the good requests.
    """

    what: str
    per_second: float
    seconds: float
    agreed: float | None
    load: Crowd
    good: GoodPartner
    first_throttled_s: float | None
    recovered_after_s: float | None
    watched_s: float
    bytes_received: int
    stopped: str | None
    curve: tuple[Moment, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeSeen(LoadSeen):
    """Ordinary requests, more than were agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedLoadSeen(LoadSeen):
    """Ordinary requests and such as have to be refused, in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedLoadSeen(LoadSeen):
    """Requests that no platform can understand, again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenBodiesSeen(LoadSeen):
    """Messages with bodies that nobody can read, more than were agreed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectsSeen(LoadSeen):
    """Ordinary requests, each over a connection of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpensiveLoadSeen(LoadSeen):
    """Questions that cost much to answer: the longest pages, the widest periods, the furthest offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldConnections:
    """Connections that were held open and told little. `ended`: by the platform, the last after `last_ended_s`."""

    opened: int
    refused: int
    ended: int
    last_ended_s: float | None
    held_s: float
    good: GoodPartner
    curve: tuple[Moment, ...]
    curl: str

    @property
    def longest_s(self) -> float:
        """How long the last of them was open: shorter than was tried, where the platform ended them all."""
        ended_all = self.ended == self.opened and self.last_ended_s is not None
        return self.last_ended_s or 0.0 if ended_all else self.held_s


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowHeadersHeld(HeldConnections):
    """Headers that come a byte at a time and never end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowBodiesHeld(HeldConnections):
    """Bodies that come a byte at a time and never end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleConnectionsHeld(HeldConnections):
    """Connections on which nothing is ever asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misframed:
    """One message whose length can be read in two ways: the statuses that came back, and whether that was the end."""

    what: str
    statuses: tuple[int, ...]
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MisframedTreated:
    """All of them, each on a connection of its own; `control`: the same without the doubt was answered by a status."""

    control: int
    messages: tuple[Misframed, ...]


LOADS: tuple[type[LoadSeen], ...] = (
    VolumeSeen,
    MixedLoadSeen,
    MalformedLoadSeen,
    BrokenBodiesSeen,
    ReconnectsSeen,
    ExpensiveLoadSeen,
)
HELD: tuple[type[HeldConnections], ...] = (SlowHeadersHeld, SlowBodiesHeld, IdleConnectionsHeld)
STRESS_FACTS: tuple[type, ...] = (*LOADS, *HELD, MisframedTreated)
