"""How long the theatre looks at one scenario."""

import asyncio
from types import SimpleNamespace
from typing import Any

from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.ocpi.rogue.behaviours import VERSIONS, drips
from scanner.ocpi.rogue.site import Site
from scanner.ocpi.rogue.theatre import Theatre

ACCEPTED = Reacted(reaction=Reaction.ACCEPTED, http_status=200, ocpi_status=1000, curl="curl x")


def stub(**fields: object) -> Any:
    return SimpleNamespace(**fields)


def site():
    one = Site(version="2.2.1", base="", elsewhere="", inward="", now="", after_s=0.5, most_bytes=1000)
    drips(one)
    return one


async def settled(one, reads):
    """What was taken when the theatre went on, of a platform that has said yes and reads in the background."""
    answer = await one.hostile[VERSIONS](stub())
    theatre = Theatre(
        context=stub(), settings=stub(), identity="us", version="2.2.1", wardrobe=stub(), patience_s=one.after_s
    )
    one.calls.append(stub())
    reading = asyncio.create_task(reads(answer.body))
    await asyncio.sleep(0)
    await theatre._settle(one, None, ACCEPTED)
    seen = one.taken.all, one.taken.over.is_set()
    await reading
    return seen


async def to_the_end(body):
    async for _ in body:
        pass


async def for_a_moment(body):
    async for _ in body:
        break
    await body.aclose()


def test_an_answer_that_is_still_read_when_credentials_were_accepted_is_looked_at_to_its_end():
    assert asyncio.run(settled(site(), to_the_end)) == (True, True)


def test_who_gives_up_is_not_waited_for():
    one = site()
    one.after_s = 60.0
    assert asyncio.run(asyncio.wait_for(settled(one, for_a_moment), 10)) == (False, True)
