"""How long the theatre looks at one scenario."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.ocpi.rogue import theatre
from scanner.ocpi.rogue.behaviours import VERSIONS, drips, never_ends
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
    looking = Theatre(
        context=stub(), settings=stub(), identity="us", version="2.2.1", wardrobe=stub(), patience_s=one.after_s
    )
    one.calls.append(stub())
    reading = asyncio.create_task(reads(answer.body))
    await asyncio.sleep(0)
    await looking._settle(one, None, ACCEPTED)
    seen = one.taken.all, one.taken.over, one.taken.still
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
    assert asyncio.run(settled(site(), to_the_end)) == (True, True, False)


def test_who_gives_up_is_not_waited_for():
    one = site()
    one.after_s = 60.0
    assert asyncio.run(asyncio.wait_for(settled(one, for_a_moment), 10)) == (False, True, False)


async def piece_by_piece(body):
    for _ in range(40):
        await anext(body)
        await asyncio.sleep(0.05)
    await body.aclose()


async def no_further(body):
    await anext(body)
    await asyncio.sleep(2.0)  # neither reads nor hangs up
    await body.aclose()


@pytest.mark.parametrize("reads, still", [(piece_by_piece, True), (no_further, False)])
def test_who_reads_when_we_look_away_is_told_from_whoever_stopped_and_did_not_hang_up(monkeypatch, reads, still):
    monkeypatch.setattr(theatre, "_STALLED_S", 0.5)
    monkeypatch.setattr(theatre, "_LATE_S", 1.0)
    one = site()
    one.most_bytes = 2**26
    never_ends(one)
    assert asyncio.run(settled(one, reads)) == (False, False, still)
