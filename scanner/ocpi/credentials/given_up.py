"""Tokens that were given up: asked for at every door that the present one opens, and watched for a while."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from scanner.model.credential import Credential, Former, FormerCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access, Answer
from scanner.model.facts.ocpi.credentials import GivenUpToken
from scanner.ocpi.credentials.doors import Asked, Door, ask, present
from scanner.ocpi.credentials.ground import Ground
from scanner.ocpi.reply import NoReply

_WATCHED_AT: Final = (0.3, 0.6, 1.2, 2.4)  # seconds between two rounds: 4.5 s in all


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDoor:
    """A door that the present token opens, which shows that a refusal there means the token."""

    door: Door
    answer: Answer
    evidence: EvidenceRef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    at: OpenDoor
    fact: GivenUpToken
    evidence: tuple[EvidenceRef, ...]


class GivenUp:
    """One token of a scenario after the exchange that ended it, which happened at `since` (monotonic seconds)."""

    def __init__(self, ground: Ground, kind: type[GivenUpToken], which: Former | None, since: float) -> None:
        self._ground = ground
        self._kind = kind
        self._which = which
        self._since = since

    async def look(self, doors: Sequence[OpenDoor]) -> None:
        """Ask at each door, then again at those that are still open; record a fact for each."""
        watched = [one for door in doors if (one := await self._first(door))]
        for pause in _WATCHED_AT:
            if not any(self._lives(one) for one in watched):
                break
            await asyncio.sleep(pause)
            watched = [await self._again(one) if self._lives(one) else one for one in watched]
        for one in watched:
            self._ground.pending.seen(one.at.door.subject, one.fact, *one.evidence)

    async def _first(self, at: OpenDoor) -> _Watched | None:
        asked = await self._ask(at.door)
        if isinstance(asked, NoReply):
            self._ground.pending.missing(at.door.subject, (self._kind,), asked, at.evidence)
            return None
        after = self._now()
        fact = self._kind(
            present=at.answer if self._which else None,
            answer=asked.answer,
            after_s=after,
            dead_after_s=after if asked.answer.access is Access.REFUSED else None,
            watched_s=after,
        )
        return _Watched(at=at, fact=fact, evidence=(at.evidence, asked.evidence))

    async def _again(self, one: _Watched) -> _Watched:
        asked = await self._ask(one.at.door)
        if isinstance(asked, NoReply):
            return one
        after = self._now()
        dead = after if asked.answer.access is Access.REFUSED else None
        fact = replace(one.fact, dead_after_s=dead, watched_s=after)
        return replace(one, fact=fact, evidence=(*one.evidence, asked.evidence))

    def _lives(self, one: _Watched) -> bool:
        return one.fact.dead_after_s is None

    async def _ask(self, door: Door) -> Asked | NoReply:
        return await ask(self._ground.client, self._ground.pending.book, door, self._shown(door), self._said)

    def _shown(self, door: Door) -> Credential:
        name = self._ground.identity.name
        if self._which is None:
            return present(door, name)
        return FormerCredential(identity=name, which=self._which, encoding=door.encoding)

    @property
    def _said(self) -> str:
        return f"the {self._which} token, which was given up" if self._which else "the token after its end"

    def _now(self) -> float:
        return round(time.monotonic() - self._since, 2)


async def open_doors(ground: Ground, doors: Sequence[Door]) -> tuple[tuple[OpenDoor, ...], tuple[str, ...]]:
    """Which of the doors the present token opens, and the names of the others."""
    opened, closed = [], []
    for door in doors:
        asked = await ask(
            ground.client, ground.pending.book, door, present(door, ground.identity.name), "the present token"
        )
        if not isinstance(asked, NoReply) and asked.is_open:
            opened.append(OpenDoor(door=door, answer=asked.answer, evidence=asked.evidence))
        else:
            closed.append(door.name)
    return tuple(opened), tuple(closed)
