"""Bodies that grow large are read a few at a time: what all connections of a run hold together has an end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

LARGE: Final = 2**20  # bytes; up to here nobody waits
_AT_ONCE: Final = 4  # of 16 MiB each, as they are cut by default


class LargeBodies:
    """Whose turn it is."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._turns = asyncio.Semaphore(at_once)

    @asynccontextmanager
    async def turn(self, limit: asyncio.Timeout) -> AsyncIterator[None]:
        """Wait for it, and hold it for the length of the block; while it waits, `limit`, its time, stands still."""
        loop = asyncio.get_running_loop()
        until, since = limit.when(), loop.time()
        if not limit.expired():
            limit.reschedule(None)
        async with self._turns:
            if until is not None and not limit.expired():
                limit.reschedule(until + loop.time() - since)
            yield
