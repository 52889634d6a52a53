"""What a START_SESSION that was sent twice, word for word, began beside the first: found in the list, and stopped."""

import asyncio
import time
from typing import Final

from scanner.gate.gate import Gate
from scanner.model.leftover import Leftover
from scanner.ocpi.requests.begun_session import TRIES, Begun, Unread, every, stopping

_PAUSE_S: Final = 0.5


async def others_begun(
    gate: Gate, left: Leftover, first: str, probe: str, within_s: float
) -> tuple[Begun, ...] | Unread:
    """Sessions with the mark that go on beside the one of id `first`; none where there is none when the time is over.

    Where the first one is over or gone, a platform may have put another record in its place: that is no second one.
    """
    end = time.monotonic() + within_s
    while True:
        others = await _beside(gate, left, first, probe)
        if others or time.monotonic() + _PAUSE_S > end:
            return others
        await asyncio.sleep(_PAUSE_S)


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
