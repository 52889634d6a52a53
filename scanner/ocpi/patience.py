"""Ask again where a platform asks to slow down (HTTP 429), after the pause that it names."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from scanner.model.exchange import Exchange, HttpOutcome

_LONGEST_PAUSE_S: Final = 30.0
_UNNAMED_PAUSE_S: Final = 1.0
_TOO_MANY: Final = int(HTTPStatus.TOO_MANY_REQUESTS)  # a member is found in ten times the time of a number


async def patiently(ask: Callable[[], Awaitable[HttpOutcome]], again: int) -> HttpOutcome:
    """The outcome of `ask`, asked at most `again` times more; a pause that is too long is not waited for."""
    outcome = await ask()
    for _ in range(again):
        if not isinstance(outcome, Exchange) or outcome.status != _TOO_MANY:
            break
        named = outcome.retry_after_s()
        pause = _UNNAMED_PAUSE_S if named is None else named
        if pause > _LONGEST_PAUSE_S:
            break
        await asyncio.sleep(pause)
        outcome = await ask()
    return outcome
