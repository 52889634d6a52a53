"""The event loop that everything is looked at on: libuv's (uvloop) where it is installed, asyncio's own elsewhere."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


def run_to_end(main: Coroutine[Any, Any, _T]) -> _T:
    """What `asyncio.run` does, on that loop.

    Raises: what `main` raises; KeyboardInterrupt at Ctrl-C.
    """
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        return runner.run(main)


def fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None stands for asyncio's own."""
    try:
        import uvloop  # noqa: PLC0415 - 10 ms that who looks at nothing need not pay
    except ImportError:  # it is not made for this system
        return None
    return uvloop.new_event_loop
