"""Work that goes on after its answer has left."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

_MOST: Final = 64  # tasks at a time; a partner could ask for many
_MOMENT_S: Final = 2.0  # for what is under way when the service stops, as long as for open requests


class Background:
    """Keeps tasks alive until they end, or until it is closed. What is too much or comes too late is not begun."""

    def __init__(self, moment_s: float = _MOMENT_S) -> None:
        self._moment_s = moment_s
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __call__(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the running event loop."""
        if self._closed or len(self._tasks) >= _MOST:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def aclose(self) -> None:
        """Let what is under way end for a moment, then interrupt the rest, and wait for its end for another moment."""
        self._closed = True
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=self._moment_s)
        left = tuple(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=self._moment_s)
