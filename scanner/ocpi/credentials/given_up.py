"""Tokens that were given up: asked for at every door and address that the present one opens, and watched for a while.

A token may live on for the time that the configuration allows, because nodes and caches have to hear of its end. One
that was still let in is asked for again over connections of its own, so that another node may answer. So is one that
was refused at once, at the first doors: the node that answered may be the only one that has heard.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Final, Protocol

from scanner.model.credential import Credential, Former, FormerCredential
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.credentials import GivenUpToken, TokenAsked, TokenAtAddress
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.ocpi.client import Way
from scanner.ocpi.credentials.doors import OPEN, Asked, Door, ask, present
from scanner.ocpi.credentials.opened import Asking, OpenDoor
from scanner.ocpi.reply import NoReply

IN_A_ROW: Final = 3  # refusals that settle what was let in before
_DOUBTED: Final = 2  # doors at which a refusal is held against other connections
_MEASURED: Final = 4  # doors whose series is taken; the others are asked again when the time is over
_PAUSES_S: Final = (0.2, 0.4, 0.8, 1.6, 3.0, 5.0, 10.0)  # the last one again and again
_MARGIN_S: Final = 0.1


class Vantage(Asking, Protocol):
    """As whom, through what and from where a token is looked at; `Ground` is one."""

    @property
    def unreached(self) -> tuple[str, ...]:
        """Addresses that do not answer."""
        ...

    def addresses_of(self, door: Door) -> tuple[str | None, ...]:
        """The addresses at which a door is asked apart."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Watched:
    """One door at one address."""

    at: OpenDoor
    seen: TokenAtAddress
    evidence: tuple[EvidenceRef, ...]


class GivenUp:
    """One token of a scenario after the exchange that ended it, which happened at `since` (monotonic seconds)."""

    def __init__(
        self, ground: Vantage, kind: type[GivenUpToken], which: Former | None, since: float, allowed_s: float
    ) -> None:
        self._ground = ground
        self._kind = kind
        self._which = which
        self._since = since
        self._allowed_s = allowed_s
        self._numbers = cycle(range(IN_A_ROW))
        self._cut_off: NoReply | None = None  # what the gate said when it let nothing out any more

    async def look(self, doors: Sequence[OpenDoor]) -> None:
        """Ask at each door and address, then again where it still opens; record a fact for each door.

        Where the budget of the host ends first, what is not settled yet is recorded as cut off by it.
        """
        watched = [one for i, door in enumerate(doors) for one in await self._first(door, doubted=i < _DOUBTED)]
        for pause in self._pauses():
            if all(settled(one.seen) for one in watched):
                break
            await asyncio.sleep(pause)
            await self._round(watched, most=_MEASURED)
        for _ in range(IN_A_ROW):
            await self._round(watched, most=len(watched))
        for door in doors:
            self._record(door, [one for one in watched if one.at is door])

    async def _first(self, at: OpenDoor, *, doubted: bool) -> list[_Watched]:
        found = []
        for address in self._ground.addresses_of(at.door):
            now_s = self._now_s()
            asked = await self._ask(at.door, Way(address=address))
            if isinstance(asked, NoReply):
                self._ground.pending.missing(at.door.subject, (self._kind,), asked, at.evidence)
                return []
            seen = TokenAtAddress(address=address, answer=asked.answer, series=(_at(now_s, asked),))
            one = _Watched(at=at, seen=seen, evidence=(at.evidence, asked.evidence))
            found.append(await self._doubted(one) if doubted and settled(seen) else one)
        return found

    async def _doubted(self, one: _Watched) -> _Watched:
        """What was refused, asked again over each connection until one lets it in."""
        for _ in range(IN_A_ROW):
            one = await self._again(one)
            if not settled(one.seen):
                break
        return one

    async def _round(self, watched: list[_Watched], most: int) -> None:
        """Ask once more where nothing is settled yet, at the first `most` of them."""
        open_ones = [i for i, one in enumerate(watched) if not self._known(one.seen)]
        for i in open_ones[:most]:
            watched[i] = await self._again(watched[i])

    async def _again(self, one: _Watched) -> _Watched:
        way = Way(address=one.seen.address, connection=f"watching {next(self._numbers)}")
        now_s = self._now_s()
        asked = await self._ask(one.at.door, way)
        if isinstance(asked, NoReply):
            self._cut_off = asked if asked.reason is Reason.BUDGET_EXHAUSTED else self._cut_off
            return one
        seen = replace(one.seen, series=(*one.seen.series, _at(now_s, asked)))
        return replace(one, seen=seen, evidence=(*one.evidence, asked.evidence))

    def _known(self, seen: TokenAtAddress) -> bool:
        """True where asking again would change nothing: settled, or let in after its time."""
        return settled(seen) or self._is_late(seen)

    def _is_late(self, seen: TokenAtAddress) -> bool:
        return any(a.access in OPEN and a.after_s > self._allowed_s for a in seen.series)

    def _record(self, door: OpenDoor, watched: Sequence[_Watched]) -> None:
        if not watched:
            return
        kept = [ref for one in watched for ref in one.evidence]
        told = all(self._known(one.seen) for one in watched) or any(self._is_late(one.seen) for one in watched)
        if self._cut_off is not None and not told:
            self._ground.pending.missing(door.door.subject, (self._kind,), self._cut_off, *kept)
            return
        fact = self._kind(
            present=door.answer if self._which else None,
            allowed_s=self._allowed_s,
            at=tuple(one.seen for one in watched),
            unreached=self._ground.unreached if watched[0].seen.address else (),
        )
        self._ground.pending.seen(door.door.subject, fact, *kept)

    def _pauses(self) -> Iterator[float]:
        """Growing, until just after the time that is allowed, or until nothing can be asked any more."""
        pauses = iter(_PAUSES_S)
        while (left := min(self._since + self._allowed_s + _MARGIN_S - time.monotonic(), self._seconds_left())) > 0:
            yield min(next(pauses, _PAUSES_S[-1]), left)

    def _seconds_left(self) -> float:
        book = self._ground.pending.book
        return book.context.gate.seconds_left(book.endpoint.versions_url, book.context.target.name)

    async def _ask(self, door: Door, way: Way) -> Asked | NoReply:
        return await ask(self._ground.client, self._ground.pending.book, door, self._shown(door), self._said, way)

    def _shown(self, door: Door) -> Credential:
        name = self._ground.identity.name
        if self._which is None:
            return present(door, name)
        return FormerCredential(identity=name, which=self._which, encoding=door.encoding)

    @property
    def _said(self) -> str:
        return f"the {self._which} token, which was given up" if self._which else "the token after its end"

    def _now_s(self) -> float:
        """When it is asked, which may be long before the answer: a token that was let in was let in after that."""
        return round(time.monotonic() - self._since, 2)


def _at(now_s: float, asked: Asked) -> TokenAsked:
    return TokenAsked(after_s=now_s, access=asked.answer.access)


def settled(seen: TokenAtAddress) -> bool:
    """Refused from the first look on, or so often in a row that no node lets it in any more."""
    refused = [asked.access is Access.REFUSED for asked in seen.series]
    return all(refused) or (len(refused) > IN_A_ROW and all(refused[-IN_A_ROW:]))
