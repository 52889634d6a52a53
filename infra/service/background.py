"""Work that goes on after its answer has left."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Final

_MOST: Final = 64  # tasks at a time; a partner could ask for many


class Background:
    """Keeps tasks alive until they end. What is too much is not begun."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the running event loop."""
        if len(self._tasks) >= _MOST:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
