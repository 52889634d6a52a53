"""What a START_SESSION that was sent twice, word for word, began beside the first: found in the list, and stopped."""

import asyncio
import time
from collections.abc import Iterator
from typing import Final

from scanner.gate.gate import Gate
from scanner.model.leftover import Leftover
from scanner.ocpi.requests.begun_session import TRIES, Begun, Unread, every, look, stopping

_PAUSE_S: Final = 0.5


async def others_begun(
    gate: Gate, left: Leftover, first: str, probe: str, within_s: float
) -> tuple[Begun, ...] | Unread:
    """Sessions with the mark that go on beside the one of id `first`; none where there is none when the time is over.

    Where the first one is over or gone, a platform may have put another record in its place: that is no second one.
    """
    pauses = _growing(within_s)
    while not (others := await _beside(gate, left, first, probe)):
        if (pause_s := next(pauses, None)) is None:
            return ()
        await asyncio.sleep(pause_s)
    return others


async def begun_after(gate: Gate, left: Leftover, probe: str, within_s: float) -> Begun | Unread | None:
    """A session with the mark that goes on when the first one has ended; None where none is seen within the time."""
    pauses = _growing(within_s)
    while (seen := await look(gate, left, probe)) is None or (isinstance(seen, Begun) and seen.is_over):
        if (pause_s := next(pauses, None)) is None:
            return None
        await asyncio.sleep(pause_s)
    return seen


async def stop_others(gate: Gate, left: Leftover, first: str, probe: str, within_s: float) -> bool:
    """Stop each of them that goes on; True where all were seen to be over."""
    for _ in range(TRIES):
        end = time.monotonic() + within_s
        others = await _others(gate, left, first, probe)
        if isinstance(others, Unread):
            return False
        for one in others:
            if not one.is_over:
                await gate.http(stopping(left, one.session_id, probe))
        while not (isinstance(others, tuple) and all(one.is_over for one in others)):
            if time.monotonic() + _PAUSE_S > end:
                break
            await asyncio.sleep(_PAUSE_S)
            others = await _others(gate, left, first, probe)
        else:
            return True
    return False


def _growing(within_s: float) -> Iterator[float]:
    """Seconds between two looks, of which the last one is at the end of the time."""
    end, pause_s = time.monotonic() + within_s, _PAUSE_S
    while (left_s := end - time.monotonic()) > 0:
        yield min(pause_s, left_s)
        pause_s *= 2


async def _beside(gate: Gate, left: Leftover, first: str, probe: str) -> tuple[Begun, ...] | Unread:
    listed = await every(gate, left, probe)
    if isinstance(listed, Unread):
        return listed
    going = tuple(one for one in listed if not one.is_over)
    others = tuple(one for one in going if one.session_id != first)
    return others if len(others) < len(going) else ()


async def _others(gate: Gate, left: Leftover, first: str, probe: str) -> tuple[Begun, ...] | Unread:
    listed = await every(gate, left, probe)
    if isinstance(listed, Unread):
        return listed
    return tuple(one for one in listed if one.session_id != first)
