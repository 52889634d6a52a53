"""Burst: the same few requests again and again, at a rate and within bounds that are declared before."""

from dataclasses import field

from scanner.model.exchange import FailureKind
from scanner.model.intent import HttpIntent
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StressLimits:
    """The most that all bursts of a run may put on one host together; apart from the budget of ordinary requests."""

    requests_per_second: float = 50.0
    max_requests: int = 3000
    max_seconds: float = 400.0
    max_connections: int = 50
    max_bytes: int = 100 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstIntent:
    """`requests` in turn, `per_second` of them, until `seconds` or `at_most` requests are over.

    Each request is declared with effect `burst` and judged by itself; all go to one origin. The rate is kept whether
    answers come or not: a request that finds all `connections` busy waits, and its waiting counts as time to its
    answer, as it would for a partner. `reconnect`: a connection of its own for each request. `stop_on_trouble` ends
    the burst where the target goes down.
    """

    requests: tuple[HttpIntent, ...]
    per_second: float
    seconds: float
    at_most: int
    connections: int = 10
    reconnect: bool = False
    stop_on_trouble: bool = True


@dataclass(frozen=True, slots=True)
class Sample:
    """One request of a burst: when it was due (seconds after the first), and how long its answer took from then on.

    `status` None: there was no whole answer, and `failure` says why. `retry_after`: the answer said when to come back.
    """

    at_s: float
    elapsed_s: float
    status: int | None
    failure: FailureKind | None = None
    retry_after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstSent:
    """What came of a burst. `began`: monotonic seconds. `not_sent`: due, and never sent for want of a connection.

    `stopped`: why it ended before its time. `number`: of its first entry in the journal.
    """

    began: float
    seconds: float
    samples: tuple[Sample, ...] = field(repr=False)
    not_sent: int = 0
    bytes_received: int = 0
    stopped: str | None = None
    number: int | None = None
