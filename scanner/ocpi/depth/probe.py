"""Probe `ocpi-deep-read`: whole lists with a valid token, and odd questions about their pages.

Every list is read along its Links; behind a bound a sample is, chosen by seed. One list of each version is asked oddly.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.disclosure import ErrorAnswer
from scanner.model.facts.ocpi.pages import SeenPage
from scanner.model.facts.ocpi.reads import (
    CountCompared,
    HiddenVersions,
    MessageIdsSampled,
    ObjectsInDepth,
    OddPageAnswer,
    PagesFollowed,
    WordsOfTests,
)
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import PlannedRequest
from scanner.model.ocpi.specification import specification
from scanner.model.subject import Side
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import MOST_GETS, Allowance
from scanner.ocpi.depth.hidden_versions import look_for_hidden
from scanner.ocpi.depth.message_ids import MessageIds
from scanner.ocpi.depth.odd_questions import ask_oddly
from scanner.ocpi.depth.whole_list import WholeList
from scanner.ocpi.interfaces import Interface, discovered, first_speaker, left_out, why_nothing
from scanner.ocpi.notes import WITH_IDS, Notebook, not_configured
from scanner.ocpi.planned import planned
from scanner.ocpi.reply import NoReply
from scanner.ocpi.version_lists import version_with_data
from scanner.probe import ProbeContext

OF_LISTS: Final[tuple[type, ...]] = (PagesFollowed, CountCompared, ObjectsInDepth, WordsOfTests)
_ALL: Final = (*OF_LISTS, OddPageAnswer, MessageIdsSampled, HiddenVersions)


class DeepReadProbe:
    """At most 400 GETs at one platform, as the first identity that has each list."""

    name = "ocpi-deep-read"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(_ALL)
    also: frozenset[type] = frozenset({ErrorAnswer, OwnersSeen})
    after: frozenset[str] = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """Pages of whatever discovery will find."""
        for endpoint in target.endpoints:
            speakers = target.speakers(endpoint)
            if speakers:
                what = f"GET of the pages of each list below {endpoint.versions_url}, and odd questions about pages"
                names = ", ".join(identity.name for identity in speakers)
                yield replace(planned(self.name, what, MOST_GETS, target, endpoint), identity=names)

    async def run(self, context: ProbeContext) -> None:
        """One endpoint after the other."""
        for endpoint in context.target.endpoints:
            found = first_speaker(discovered(context, endpoint))
            if found:
                await _DeepRead(context, endpoint, tuple(found.values())).look()
            else:
                book = Notebook(context, endpoint, None)
                book.missing(book.platform(), _ALL, why_nothing(context, endpoint))


class _DeepRead:
    """One endpoint."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint, interfaces: tuple[Interface, ...]) -> None:
        self._context, self._endpoint, self._interfaces = context, endpoint, interfaces
        self._client = OcpiClient(context, endpoint, DeepReadProbe.name)
        self._allowance = Allowance()
        self._ids = MessageIds()
        self._said_something = False  # of some list: that it was read, or why not

    async def look(self) -> None:
        """Hidden versions and odd questions first: they are few, and lists may be long."""
        lists = [interface for interface in self._interfaces if is_list(interface)]
        usable = [interface for interface in lists if interface.place is UrlPlace.IN_SCOPE]
        in_reach = tuple(i for i in self._interfaces if i.place is UrlPlace.IN_SCOPE) or self._interfaces
        for reply in await look_for_hidden(self._context, self._client, in_reach, self._allowance):
            self._ids.add(reply)
        for version in dict.fromkeys(interface.version for interface in usable):
            await self._lists_of([interface for interface in usable if interface.version == version])
        for interface in lists:
            if interface not in usable:
                self._book(interface).missing(interface.subject, OF_LISTS, interface.out_of_scope())
        self._explain(lists, usable)

    async def _lists_of(self, lists: list[Interface]) -> None:
        """All of one version, and every odd question to the first of them that can be read."""
        asked, unread = False, list[tuple[Interface, NoReply]]()
        for interface in lists:
            whole = WholeList(self._client, self._book(interface), interface, self._allowance, self._ids)
            ordinary = await whole.look()
            if ordinary is not None and not asked:
                asked = True
                await self._ask_oddly(interface, ordinary)
            elif ordinary is None and not whole.side_unknown():
                unread.append((interface, whole.why()))
        if unread and not asked:
            interface, why = unread[0]
            self._book(interface).missing(interface.subject, (OddPageAnswer,), why)
        self._said_something = self._said_something or asked or bool(unread)

    async def _ask_oddly(self, interface: Interface, ordinary: SeenPage) -> None:
        for reply in await ask_oddly(self._client, self._book(interface), interface, ordinary, self._allowance):
            if interface.version in WITH_IDS:
                self._ids.add(reply)

    def _explain(self, lists: list[Interface], usable: list[Interface]) -> None:
        book = Notebook(self._context, self._endpoint, None)
        for interface in left_out(self._context, self._endpoint):
            if is_list(interface):
                book.missing(interface.subject, OF_LISTS, interface.not_looked_into())
        nothing = not_configured("no module that gives lists is advertised")
        if not lists:
            book.missing(book.platform(), (*OF_LISTS, OddPageAnswer), nothing)
        elif not usable:
            book.missing(book.platform(), (OddPageAnswer,), lists[0].out_of_scope())
        elif not self._said_something:
            book.missing(book.platform(), (*OF_LISTS, OddPageAnswer), nothing)
        fact = self._ids.fact()
        if fact is not None and self._ids.evidence:
            book.seen(book.platform(), fact, *self._ids.evidence)
        else:
            without = not_configured("no list of a version with message ids (2.2 and later) was read")
            book.missing(book.platform(), (MessageIdsSampled,), without)

    def _book(self, interface: Interface) -> Notebook:
        return Notebook(self._context, self._endpoint, interface.credential.identity)


def is_list(interface: Interface) -> bool:
    """True where the specification of the version gives lists there."""
    known = specification(version_with_data(interface.version)).modules.get(interface.module)
    return known is not None and known.object is not None and known.lists(interface.side or Side.SENDER)
