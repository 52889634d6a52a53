"""What another identity was given on a connection that was the first one's before."""

import json
from collections.abc import Awaitable, Callable
from typing import Final

from scanner.ocpi.reply import Reply
from scanner.ocpi.tokens.asking import Heard
from scanner.ocpi.tokens.talk import OPEN

MOST: Final = 5  # requests: the other identity there and alone, and where its data look wrong all three once more
Ask = Callable[[], Awaitable[Heard]]


async def gets_its_own(before: Reply, here: Heard, alone: Heard, *, first: Ask, second: Ask, apart: Ask) -> bool | None:
    """Whether `here` is what the second identity gets alone, and not what the first one got `before`.

    None where the two get the same anyway, or where their data moved. Sessions of a live platform come and go between
    two reads, which looks like the data of another: that is said only of data that stayed as they were when the first
    one (over the shared connection), the second one (over the same) and the second one apart were asked again.
    """
    seen = [_text(heard) for heard in (before, here, alone)]
    mine, got, theirs = seen
    if None in seen or mine == theirs or got not in (mine, theirs):
        return None
    if got == theirs:
        return True
    again = [_text(await ask()) for ask in (first, second, apart)]
    return False if again == seen else None


def _text(heard: Heard) -> str | None:
    if not isinstance(heard, Reply) or heard.access not in OPEN:
        return None
    return json.dumps(heard.data, sort_keys=True)
