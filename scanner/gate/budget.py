"""One token bucket and one budget a host, shared by all probes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from scanner.model.target import Limits


@dataclass(slots=True)
class Spent:
    """What a host was sent so far; goes into the journal, so that a resumed run does not start anew."""

    requests: int = 0
    reserved: int = 0  # connections of subprocesses, at most
    refusals: int = 0
    bytes_received: int = 0
    seconds: float = 0.0  # in the runs before this one


class BudgetUsed(Exception):
    """A total of the host is used up; the text says which."""


class HostBudget:
    """Requests per second, and totals of requests, bytes, seconds and connections for one host.

    `clock` gives monotonic seconds.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.spent = Spent()
        self._clock = clock
        self._started: float | None = None
        self._tokens = float(limits.burst)
        self._filled_at = clock()
        self._connections = asyncio.Semaphore(limits.max_connections)
        self._turn = asyncio.Lock()
        self._not_before = 0.0

    @property
    def seconds_left(self) -> float:
        """Until nothing more may be sent; they run from the first request on, whether or not anything is sent."""
        since = 0.0 if self._started is None else self._clock() - self._started
        return self.limits.max_seconds - self.spent.seconds - since

    @property
    def requests_left(self) -> int:
        """Until `max_requests`, less what subprocesses were granted."""
        return max(0, self.limits.max_requests - self.spent.requests - self.spent.reserved)

    def exhausted(self, *, refusal: bool = False) -> str | None:
        """Which total is used up, as a clear phrase; None if a further request fits."""
        limits, spent = self.limits, self.spent
        if spent.requests + spent.reserved >= limits.max_requests:
            return f"{limits.max_requests} requests (max_requests)"
        if refusal and spent.refusals >= limits.max_refusals:
            return f"{limits.max_refusals} requests without a valid token (max_refusals)"
        if spent.bytes_received >= limits.max_bytes:
            return f"{limits.max_bytes} bytes (max_bytes)"
        if self.seconds_left <= 0:
            return f"{limits.max_seconds:g} seconds (max_seconds)"
        return None

    def lacks(self, requests: int) -> str | None:
        """A phrase where the share of a subprocess does not fit; None where `reserve` may take it."""
        if self.spent.requests + self.spent.reserved + requests > self.limits.max_requests:
            return f"{requests} connections do not fit into {self.limits.max_requests} requests (max_requests)"
        return None

    def reserve(self, requests: int) -> None:
        """Take the share of a subprocess beforehand."""
        self._start()
        self.spent.reserved += requests

    def turn(self, *, refusal: bool = False) -> "_Turn":
        """Wait for a connection slot and for the token bucket, then hold the slot for the length of the block.

        Raises: BudgetUsed if nothing more may be sent.
        """
        return _Turn(self, refusal=refusal)

    async def take(self, *, refusal: bool) -> None:
        """Take a slot, and one of the requests; `give_back` returns the slot."""
        await self._connections.acquire()
        try:
            self._spend(refusal=refusal)
            await self._take_token()
        except BaseException:
            self._connections.release()
            raise

    def _spend(self, *, refusal: bool) -> None:
        if used := self.exhausted(refusal=refusal):
            raise BudgetUsed(used)
        self._start()
        self.spent.requests += 1
        self.spent.refusals += refusal

    def count(self) -> None:
        """Take one of the requests, without a slot and without waiting."""
        self._start()
        self.spent.requests += 1

    def give_back(self) -> None:
        """Free the slot."""
        self._connections.release()

    def received(self, count: int) -> None:
        """Count bytes as they came over the wire."""
        self.spent.bytes_received += count

    def pause(self, seconds: float) -> None:
        """Send nothing to the host for so long (`Retry-After`)."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    async def _take_token(self) -> None:
        self._fill()
        if self._tokens >= 1.0 and not self._turn.locked() and self._clock() >= self._not_before:
            self._tokens -= 1.0
            return
        async with self._turn:
            self._fill()
            self._tokens -= 1.0
            wait = -self._tokens / self.limits.requests_per_second
            if wait > 0:
                await asyncio.sleep(wait)
            while (left := self._not_before - self._clock()) > 0:  # noqa: ASYNC110 - a pause may be prolonged
                await asyncio.sleep(left)

    def _fill(self) -> None:
        now = self._clock()
        gained = (now - self._filled_at) * self.limits.requests_per_second
        self._tokens = min(float(self.limits.burst), self._tokens + gained)
        self._filled_at = now

    def _start(self) -> None:
        if self._started is None:
            self._started = self._clock()


class _Turn:
    """One request's slot; a generator would cost as much as everything else here."""

    __slots__ = ("_budget", "_refusal")

    def __init__(self, budget: HostBudget, *, refusal: bool) -> None:
        self._budget = budget
        self._refusal = refusal

    async def __aenter__(self) -> None:
        await self._budget.take(refusal=self._refusal)

    async def __aexit__(self, *_error: object) -> None:
        self._budget.give_back()
