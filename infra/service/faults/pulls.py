"""Faults of the service as a client that pulls: what it keeps, where it goes on to, and when it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Final

from infra.service.faults.backends import trusting
from infra.service.faults.fault import Fault
from infra.service.pulling.intake import Intake, identity_of
from infra.service.pulling.manner import Manner
from infra.service.pulling.pages import pages
from infra.service.pulling.patience import Fetch, Patience, PullError
from infra.service.store import Collection, Kind, ObjectKey, StoredObject

_GROUP: Final = "pulling"
_MOST_PAGES: Final = 20


class _Unchecked(Intake):
    """What comes from a partner is what the partner says."""

    async def take(self, document: Any) -> bool:  # noqa: ANN401 - what a partner sent
        """See `Intake.take`."""
        named = identity_of(document)
        if named is None:
            return False
        collection = Collection(self.registration.version or "", Kind(self.route.module))
        key = ObjectKey(collection, self._owner(document), named)
        found = StoredObject(key=key, tenant=None, last_updated=self.services.clock(), body=document)
        await self.services.store.put(found)
        return True


class _AllOrNothing(Intake):
    """A list with a bad object in it is a bad list."""

    async def take(self, document: Any) -> bool:  # noqa: ANN401 - what a partner sent
        """See `Intake.take`."""
        if not await super().take(document):
            raise PullError("bad_object")
        return True


class _Impatient(Patience):
    """Asks again at once."""

    def _pause(self, number: int) -> float:
        del number
        return 0.0

    async def ask(self, fetch: Fetch, url: str) -> Any:  # noqa: ANN401 - as Patience.ask
        """See `Patience.ask`."""

        async def forgetful(asked: str) -> Any:  # noqa: ANN401 - an answer
            reply = await fetch(asked)
            return replace(reply, headers={n: v for n, v in reply.headers.items() if n != "retry-after"})

        return await super().ask(forgetful, url)


async def _wherever(fetch: Fetch, patience: Patience, first: str) -> AsyncIterator[list[Any]]:
    """Some Links, at whatever origin."""
    url: str | None = first
    seen: set[str] = set()
    while url is not None and url not in seen and len(seen) < _MOST_PAGES:
        seen.add(url)
        reply = await patience.ask(fetch, url)
        yield reply.document["data"]
        url = reply.next_page


async def _for_ever(fetch: Fetch, patience: Patience, first: str) -> AsyncIterator[list[Any]]:
    """Every Link of the same origin, as often as it comes."""
    url: str | None = first
    while url is not None and url.partition("?")[0] == first.partition("?")[0]:
        reply = await patience.ask(fetch, url)
        yield reply.document["data"]
        url = reply.next_page


async def _as_far_as_it_goes(fetch: Fetch, patience: Patience, first: str) -> AsyncIterator[list[Any]]:
    """A pass that broke off counts as a whole one."""
    try:
        async for page in pages(fetch, patience, first):
            yield page
    except PullError as error:
        await asyncio.sleep(error.wait_s)


def _fault(name: str, summary: str, **parts: Any) -> Fault:  # noqa: ANN401 - of a Manner
    def changed(manner: Manner) -> Manner:
        return replace(manner, **parts)

    return Fault(name=name, summary=summary, group=_GROUP, by_writing=True, wrap_manner=changed)


FAULTS: Final = (
    replace(
        _fault("pull-unchecked", "pulled objects are kept and shown as they come", intake=_Unchecked),
        wrap_vouch=trusting,
    ),
    _fault("pull-all-or-nothing", "one bad object keeps a partner's whole list out", intake=_AllOrNothing),
    _fault("pull-without-end", "pages are pulled for as long as they lead on", pages=_for_ever),
    _fault("pull-follows-links", "a partner's Link may lead to another origin", pages=_wherever),
    _fault("pull-at-once", "a list that cannot be had is asked for again at once", patience=_Impatient),
    _fault("pull-loses", "what came up in an outage is never asked for", pages=_as_far_as_it_goes),
)
