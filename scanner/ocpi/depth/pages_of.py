"""A list page by page: along its Links, and beyond a bound a sample of the rest."""

import random
from collections.abc import AsyncIterator, Iterator
from typing import Final

from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.reads import ChainEnd
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.pagination import next_link, seen_page
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import place_of, with_query

FOLLOWED: Final = 8  # pages along their Links
SAMPLED: Final = 4  # of the pages behind them


class PagesOf:
    """The pages of one list as one identity; after `read` the other attributes say how it ended."""

    def __init__(self, client: OcpiClient, interface: Interface, allowance: Allowance, seed: int) -> None:
        self.end = ChainEnd.COMPLETE
        self.why: NoReply | None = None
        self.detail = ""
        self.last_is_there = False  # of a sample: the page that ends with the last object of X-Total-Count
        self._client = client
        self._interface = interface
        self._allowance = allowance
        self._random = random.Random(f"{seed}/{interface.name}")  # noqa: S311 - a sample, no secret

    async def read(self) -> AsyncIterator[Reply]:
        """Each page that could be read."""
        url: str | None = self._interface.url
        known, last, objects = {self._interface.url}, None, 0
        for number in range(1, FOLLOWED + 1):
            last = await self._page(url, f"page {number}") if url else None
            if last is None:
                return
            yield last
            objects += len(last.objects)
            url = self._following(last, known)
            known.add(url or "")
        if last is not None and url is not None:
            async for further in self._sample(last, objects):
                yield further

    async def at(self, offset: int) -> Reply | None:
        """One page by its offset; None where it could not be read."""
        return await self._page(with_query(self._interface.url, offset=str(offset)), f"the page at offset {offset}")

    def _following(self, reply: Reply, known: set[str]) -> str | None:
        """The next page, where there is one that may be followed."""
        following = next_link(reply.exchange)
        if following is None:
            return None
        if place_of(following, self._client.endpoint) is not UrlPlace.IN_SCOPE:
            self.end = ChainEnd.ELSEWHERE
        elif following in known:
            self.end = ChainEnd.LOOP
        elif not reply.objects:
            self.end = ChainEnd.EMPTY_PAGE
        else:
            return following
        return None

    async def _sample(self, last: Reply, read: int) -> AsyncIterator[Reply]:
        self.end = ChainEnd.SAMPLED
        page = seen_page(last, None, self._client.endpoint)
        size = page.limit or page.objects
        self.detail = f"{FOLLOWED} pages were followed"
        for offset in self._offsets(page.total_count, size, read):
            url = with_query(self._interface.url, offset=str(offset), limit=str(size))
            reply = await self._page(url, f"the page at offset {offset}")
            if reply is None:
                return
            self.last_is_there = offset + len(reply.objects) == page.total_count
            yield reply

    def _offsets(self, total: int | None, size: int, read: int) -> Iterator[int]:
        """The last page, and others between it and those that were read."""
        behind = range(read, total or 0, size) if size else range(0)
        if not behind:
            self.detail += ", and how many there are is not said"
            return
        others = self._random.sample(behind[:-1], min(SAMPLED, len(behind)) - 1)
        chosen = [*sorted(others), behind[-1]]
        self.detail += f", and {len(chosen)} of the {len(behind)} behind them chosen by seed"
        yield from chosen

    async def _page(self, url: str, what: str) -> Reply | None:
        if not self._allowance.take():
            self.end, self.detail = ChainEnd.CUT_OFF, self._allowance.said()
            return None
        reply = await self._client.get(url, f"{self._interface.name}, {what}", self._interface.credential)
        if isinstance(reply, Reply) and (reply.gives_list or (reply.access is Access.DATA and reply.objects)):
            return reply  # one object where a list is specified counts as a page of it
        self.why = reply.unreadable(self._interface.name) if isinstance(reply, Reply) else reply
        self.end, self.detail = ChainEnd.UNREADABLE, self.why.detail
        return None
