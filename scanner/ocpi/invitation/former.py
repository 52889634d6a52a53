"""The token before a registration that was taken: watched at each door that it opened, and that the new one opens."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final

from scanner.model.credential import Former
from scanner.model.facts.ocpi.invited import FormerTokenAfterStart
from scanner.model.observation import Reason
from scanner.ocpi.credentials.doors import Door
from scanner.ocpi.credentials.given_up import GivenUp
from scanner.ocpi.credentials.lookout import Lookout
from scanner.ocpi.credentials.opened import ClosedDoor, OpenDoor, open_doors
from scanner.ocpi.reply import NoReply

_PAUSES_S: Final = (0.2, 0.4, 0.8, 1.6, 3.0)  # for a platform that reads our answer late


async def watch_former(lookout: Lookout, doors: Sequence[Door], since: float, allowed_s: float) -> None:
    """A fact for each of the doors, which the former token opened; our answer left at `since` (monotonic seconds)."""
    opened, closed, since = await _stored(lookout, doors, since)
    for one in closed:
        detail = f"the token before opened {one.door.name}, and the new one was not seen to: {one.why.detail}"
        why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
        lookout.pending.missing(one.door.subject, (FormerTokenAfterStart,), why, *one.evidence)
    await GivenUp(lookout, FormerTokenAfterStart, Former.PREVIOUS, since, allowed_s).look(opened)


async def _stored(
    lookout: Lookout, doors: Sequence[Door], since: float
) -> tuple[tuple[OpenDoor, ...], tuple[ClosedDoor, ...], float]:
    """What the new token opens and what not, and since when the platform may know of it.

    Until the platform has stored our answer the new token opens at most its versions, so a door that it does not open
    is asked again a few times; where one opened only then, the time of the former token begins with that.
    """
    opened, closed = await open_doors(lookout, doors)
    for pause in _PAUSES_S:
        if not closed:
            break
        await asyncio.sleep(pause)
        now = time.monotonic()
        more, closed = await open_doors(lookout, [one.door for one in closed])
        opened, since = (*opened, *more), now if more else since
    return opened, closed, since
