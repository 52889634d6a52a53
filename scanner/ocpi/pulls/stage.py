"""Leads the target to one list after the other, waits until it has pulled it, and reads back what it kept."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from msgspec import structs

from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.facts.ocpi.pulls import Pulled, Trick
from scanner.model.facts.ocpi.rogue import HostilePartner, Proof
from scanner.model.json_value import JsonValue
from scanner.ocpi.pulls.lists import HostileList
from scanner.ocpi.reply import NoReply, read_reply
from scanner.ocpi.rogue.scenario import RogueScenario
from scanner.ocpi.rogue.site import Behaviour, Site
from scanner.ocpi.rogue.theatre import Performance, Theatre
from scanner.ocpi.rogue.trigger import Trigger
from scanner.ocpi.rogue.wall import CONTROLS
from scanner.ocpi.writing.stamp import written
from scanner.ocpi.writing.surface import Surface
from scanner.ocpi.writing.valid import valid_object

if TYPE_CHECKING:  # loaded where a partner is served
    from scanner.gate.serving import Served

_STEP_S: Final = 0.05
_ELSEWHERE: Final = frozenset({Trick.LINK_AWAY, Trick.LINK_INWARD})


@dataclass(slots=True, kw_only=True)
class PullTheatre(Theatre):
    """Waits for pulls: `within_s` for the first, then until nobody has asked for `quiet_s`, `most_s` in all."""

    within_s: float
    most_s: float
    quiet_s: float
    showing: HostileList | None = None

    async def _settle(self, site: Site, second: "Served | None", answer: Reacted) -> None:
        del site, second
        shown, begun = self.showing, time.monotonic()
        while shown is not None and answer.reaction is Reaction.ACCEPTED and not shown.is_over:
            now = time.monotonic()
            if not shown.asked and now - begun > self.within_s:
                return
            is_out = shown.trick is Trick.OUTAGE and shown.back_at is None
            if shown.asked and now - shown.asked[-1] > (self.within_s if is_out else self.quiet_s):
                return
            if shown.asked and now - shown.asked[0] > self.most_s:
                shown.cut_short = True
                return
            await asyncio.sleep(_STEP_S)


@dataclass(slots=True, kw_only=True)
class Stage:
    """One surface of the target, on which the objects of our lists are to be found again."""

    theatre: PullTheatre
    trigger: Trigger
    surface: Surface
    ids: random.Random
    performed: list[Performance] = field(default_factory=list)

    async def show(self, trick: Trick, inward: str | None) -> Pulled | NoReply:
        """One list."""
        sound, bad = self._object(trick, "S"), self._object(trick, "B")
        shown: list[HostileList] = []
        named = [str(one[self.surface.key]) for one in (sound, bad)]
        self.trigger.also_leaves = tuple(self.surface.leftover(one) for one in named)

        def behaviour(site: Site) -> None:
            site.has_credentials, site.sends = True, self.surface.interface.module
            path = f"{site.details_path}/{self.surface.interface.module}"
            one = HostileList(trick=trick, site=site, path=path, sound=sound, bad=_broken(bad))
            one.open()
            self.theatre.showing = one
            shown.append(one)

        performance = await self.theatre.play(_scenario(trick, behaviour, inward), self.trigger)
        if isinstance(performance, NoReply):
            return performance
        self.performed.append(performance)
        return await self._pulled(shown[0], performance, *named)

    async def rest(self) -> None:
        """Leave the target a partner that has nothing to be pulled, so that it does not go on asking for ever."""

        def behaviour(site: Site) -> None:
            site.has_credentials, site.sends = True, None
            self.theatre.showing = None

        self.trigger.also_leaves = ()
        performance = await self.theatre.play(_scenario(Trick.NOTHING, behaviour, None), self.trigger)
        if not isinstance(performance, NoReply):
            self.performed.append(performance)

    async def second_is_called(self) -> bool:
        """Whether the target comes to the second listener where a sound partner names it; nothing is registered."""
        self.theatre.showing = None
        performance = await self.theatre.play(CONTROLS[1], self.trigger)
        if isinstance(performance, NoReply):
            return False
        self.performed.append(performance)
        return bool(performance.site.calls)

    async def _pulled(self, shown: HostileList, performance: Performance, sound: str, bad: str) -> Pulled:
        peers = {seen.peer for one in self.performed for seen in one.site.calls}
        came = [knock for knock in performance.knocks if knock.peer in peers]
        counts = shown.trick in _ELSEWHERE
        return Pulled(
            trick=shown.trick,
            answer=performance.answer,
            asked=len(shown.asked),
            beyond=shown.furthest,
            cut_short=shown.cut_short,
            after_outage=0 if shown.back_at is None else len(shown.asked) - shown.back_at,
            too_soon=shown.too_soon,
            elsewhere=len(came) if counts else 0,
            strangers=len(performance.knocks) - len(came) if counts else 0,
            sound_kept=await self._kept(sound),
            bad_kept=await self._kept(bad) if shown.trick is Trick.BAD_OBJECT else None,
            followed_all=shown.is_over,
        )

    async def _kept(self, object_id: str) -> bool | None:
        """Whether the object can be read back; None where nobody can tell."""
        intent = self.surface.reading(object_id, None, "whether a pulled object was kept", self.ids)
        outcome = (
            None
            if intent is None
            else await self.theatre.context.gate.http(structs.replace(intent, expects_errors=True))
        )
        if not isinstance(outcome, Exchange):
            return None
        reply = read_reply(outcome, 0)
        if isinstance(reply.data, dict):
            return str(reply.data.get(self.surface.key, "")).lower() == object_id.lower()
        is_answer = outcome.status == HTTPStatus.NOT_FOUND or reply.ocpi_status in range(2000, 3000)
        return False if is_answer else None

    def _object(self, trick: Trick, suffix: str) -> dict[str, JsonValue]:
        """Made a moment ago, so that a client that asks for what is new has to be given it."""
        object_id = f"OP-{trick.name[:8]}-{self.ids.randrange(10**6):06}{suffix}".replace("_", "-")
        now = datetime.now(UTC)
        return valid_object(
            self.surface.version,
            self.surface.class_name,
            object_id,
            party=self.surface.party,
            emsp=None,
            seed=object_id,
            now=now,
            stamp=written(now),
        )


def _broken(sound: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The same with a date that is none, where every object has a date."""
    return {**sound, "last_updated": "yesterday"}


def _scenario(trick: Trick, behaviour: Behaviour, inward: str | None) -> RogueScenario:
    return RogueScenario(
        id=f"list-{trick.name.lower().replace('_', '-')}",
        story=f"a list that {trick}",
        kind=HostilePartner,
        proof=Proof.ELSEWHERE if trick in _ELSEWHERE else Proof.ASKED,
        behaviour=behaviour,
        inward=inward if trick is Trick.LINK_INWARD else None,
    )
