"""To whom sessions and CDRs belong on all pages of a list, and by date: each may be another query of the store."""

from dataclasses import replace
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from scanner.model.party import Role
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.depth.allowance import Allowance
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.module_pages import OWNED
from scanner.ocpi.notes import Notebook
from scanner.ocpi.objects import MOST_EXEMPLARS, owners
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import with_query

_LONG_AGO: Final = "2015-01-01T00:00:00Z"  # before OCPI had a version 2


class OwnersInDepth:
    """Of one list, as one identity; counts alone are kept. Of a hub, or without a party, there is nothing to say."""

    def __init__(self, book: Notebook, interface: Interface) -> None:
        identity = book.context.target.identity(interface.credential.identity)
        known = interface.module in OWNED and identity.role is not Role.HUB
        self._party = identity.party if known else None
        self._book, self._interface = book, interface
        self._seen: OwnersSeen | None = None
        self._evidence: list[EvidenceRef] = []

    def add(self, reply: Reply, evidence: EvidenceRef) -> None:
        """The next answer."""
        if self._party is None or not reply.objects:
            return
        found = owners(reply.objects, self._party, repeat_line(reply.exchange))
        self._seen = found if self._seen is None else _together(self._seen, found)
        self._evidence.append(evidence)

    def record(self) -> None:
        """What all pages showed, where there are several: the first one is judged by itself."""
        if self._seen is not None and len(self._evidence) > 1:
            self._book.seen(replace(self._interface.subject, path="?offset={to the end}"), self._seen, *self._evidence)

    async def look_by_date(self, client: OcpiClient, allowance: Allowance) -> Reply | None:
        """The list once more, since long ago: what was answered, where it was asked for."""
        if self._party is None or not allowance.take():
            return None
        wanted = f"{self._interface.name} by date"
        url = with_query(self._interface.url, date_from=_LONG_AGO)
        reply = await client.get(url, wanted, self._interface.credential)
        subject = replace(self._interface.subject, path="?date_from={long ago}")
        if isinstance(reply, NoReply):
            self._book.missing(subject, (OwnersSeen,), reply)
            return None
        if reply.access is not Access.DATA or not reply.objects:
            return reply  # whether dates are taken is judged by itself
        evidence = self._book.keep(wanted, reply, body=False, more={"objects": len(reply.objects)})
        found = owners(reply.objects, self._party, repeat_line(reply.exchange))
        fact = replace(found, own_elsewhere=self._seen is not None and self._seen.own > 0)  # so `party` is right
        self._book.seen(subject, fact, evidence, *self._evidence)
        return reply


def _together(one: OwnersSeen, other: OwnersSeen) -> OwnersSeen:
    """The sum; the curl line is one that showed somebody else's objects, if any did."""
    return OwnersSeen(
        party=one.party,
        examined=one.examined + other.examined,
        own=one.own + other.own,
        foreign=one.foreign + other.foreign,
        unnamed=one.unnamed + other.unnamed,
        foreign_parties=tuple(sorted({*one.foreign_parties, *other.foreign_parties})[:MOST_EXEMPLARS]),
        curl=one.curl if one.foreign or not other.foreign else other.curl,
    )
