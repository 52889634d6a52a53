"""How long a request may take: one timer of the event loop for all requests under way, as one a request costs more.

A limit ends its task as `asyncio.timeout` does, and tells its own end from a cancellation by others.
"""

import asyncio
from types import TracebackType
from typing import Final, Self

_NEVER: Final = float("inf")


class TimeLimits:
    """The limits of one client; its timer is set for the first of them, and set anew when it has rung."""

    def __init__(self) -> None:
        self._under_way: set[TimeLimit] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = _NEVER

    def limit(self, seconds: float) -> "TimeLimit":
        """So long from now on, for the length of a block."""
        return TimeLimit(self, asyncio.get_running_loop().time() + seconds)

    def close(self) -> None:
        """Ring no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings_at = None, _NEVER

    def begin(self, limit: "TimeLimit", when: float) -> None:
        """Watch it."""
        self._under_way.add(limit)
        loop = asyncio.get_running_loop()
        if loop is not self._loop:  # a timer of another loop never rings again
            self.close()
            self._loop = loop
        if when < self._rings_at:
            self._set(loop, when)

    def end(self, limit: "TimeLimit") -> None:
        """Watch it no more; the timer may ring for nothing."""
        self._under_way.discard(limit)

    def _set(self, loop: asyncio.AbstractEventLoop, when: float) -> None:
        self.close()
        if when < _NEVER:
            self._timer, self._rings_at = loop.call_at(when, self._ring, loop), when

    def _ring(self, loop: asyncio.AbstractEventLoop) -> None:
        now = max(loop.time(), self._rings_at)  # a loop may be early by the grain of its clock
        for limit in [one for one in self._under_way if one.ends_at <= now]:
            self._under_way.discard(limit)
            limit.expire()
        self._set(loop, min((one.ends_at for one in self._under_way), default=_NEVER))


class TimeLimit:
    """An asynchronous context; raises TimeoutError where its time is over before its block is."""

    __slots__ = ("_began_with", "_expired", "_limits", "_task", "ends_at")

    def __init__(self, limits: TimeLimits, ends_at: float) -> None:
        self.ends_at = ends_at
        self._limits = limits
        self._task: asyncio.Task[object] | None = None
        self._began_with = 0
        self._expired = False

    def when(self) -> float | None:
        """When it ends, by the clock of the loop; None: it stands still."""
        return None if self.ends_at == _NEVER else self.ends_at

    def expired(self) -> bool:
        """True where its time was over."""
        return self._expired

    def reschedule(self, when: float | None) -> None:
        """Another end; None lets it stand still. Raises: RuntimeError where its time was over already."""
        if self._expired:
            raise RuntimeError("the time is over")
        self.ends_at = _NEVER if when is None else when
        self._limits.begin(self, self.ends_at)

    def expire(self) -> None:
        """Its time is over."""
        self._expired = True
        if self._task is not None:
            self._task.cancel()

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a time limit belongs to a task")
        self._task, self._began_with = task, task.cancelling()
        self._limits.begin(self, self.ends_at)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._limits.end(self)
        if not self._expired or self._task is None:
            return
        if self._task.uncancel() <= self._began_with and kind is asyncio.CancelledError:
            raise TimeoutError from error
