"""Bodies that grow large are read a few at a time: what all connections of a run hold together has an end."""

import asyncio
from typing import Final

from scanner.gate.http1.time_limit import TimeLimit

LARGE: Final = 2**20  # bytes; up to here nobody waits
_AT_ONCE: Final = 4  # of 16 MiB each, as they are cut by default


class LargeBodies:
    """Whose turn it is."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)

    def turn(self, limit: TimeLimit) -> "Turn":
        """To be waited for, and held for the length of a block."""
        return Turn(self._turns, limit)


class Turn:
    """While it is waited for, `limit`, the time of an answer, stands still; `waited_s`: how long that was."""

    def __init__(self, turns: asyncio.Semaphore, limit: TimeLimit) -> None:
        self.waited_s = 0.0
        self._turns = turns
        self._limit = limit

    async def __aenter__(self) -> None:
        loop, limit = asyncio.get_running_loop(), self._limit
        until, since = limit.when(), loop.time()
        if not limit.expired():
            limit.reschedule(None)
        await self._turns.acquire()
        self.waited_s = loop.time() - since
        if until is not None and not limit.expired():
            limit.reschedule(until + self.waited_s)

    async def __aexit__(self, *_error: object) -> None:
        self._turns.release()
