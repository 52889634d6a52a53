"""Every owner's sessions, CDRs and driver tokens, as everybody else."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi import Access, TenancyObserved, UrlPlace
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason
from scanner.model.party import Party
from scanner.model.subject import InterfaceSubject
from scanner.model.target import Endpoint
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.module_pages import OWNED
from scanner.ocpi.notes import Notebook
from scanner.ocpi.owned import IdPath, OwnedList, id_paths, owned_list
from scanner.ocpi.partners import pairs
from scanner.ocpi.repeat import repeat_line
from scanner.ocpi.reply import NoReply, Reply
from scanner.ocpi.url_place import with_path, with_query
from scanner.probe import ProbeContext

SAMPLED: Final = 2  # objects of each owner and path
LISTS: Final = 2  # sessions and CDRs


@dataclass(slots=True)
class _Tally:
    """What one identity was given on one subject."""

    owners: set[str] = field(default_factory=set)
    examined: int = 0
    readable: int = 0
    curl: str = ""
    evidence: set[EvidenceRef] = field(default_factory=set)

    def add(self, owner: str, examined: int, readable: int, curl: str, *evidence: EvidenceRef) -> None:
        """Count further objects; the curl line is one that showed somebody else's, if any did."""
        self.owners.add(owner)
        self.examined += examined
        self.readable += readable
        self.evidence |= set(evidence)
        if readable or not self.curl:
            self.curl = curl

    def fact(self) -> TenancyObserved:
        """The sum."""
        owners = tuple(sorted(self.owners))
        return TenancyObserved(owners=owners, examined=self.examined, readable=self.readable, curl=self.curl)


class Crosswise:
    """One endpoint: every owner's objects, as everybody else."""

    def __init__(
        self, context: ProbeContext, endpoint: Endpoint, parties: dict[str, Party], interfaces: tuple[Interface, ...]
    ) -> None:
        self._context = context
        self._endpoint = endpoint
        self._parties = parties
        self._client = OcpiClient(context, endpoint, "ocpi-tenancy")
        self._interfaces = {
            (i.subject, i.credential.identity): i
            for i in interfaces
            if i.place is UrlPlace.IN_SCOPE and i.credential.identity in parties
        }
        self._tallies: dict[tuple[InterfaceSubject, str], _Tally] = defaultdict(_Tally)

    async def look(self) -> None:
        """Lists first; they tell which ids there are."""
        readers = {key: found for key, found in self._interfaces.items() if found.module in OWNED}
        lists = {key: await self._list(found) for key, found in readers.items()}
        for (subject, owner), theirs in lists.items():
            for other in self._others(owner):
                self._compare(subject, owner, other, theirs, lists.get((subject, other)))
            for item in theirs.objects[:SAMPLED] if theirs else ():
                for path in id_paths(readers[subject, owner], item):
                    await self._by_id(subject, owner, path)
        self._record()

    def _others(self, owner: str) -> Iterator[str]:
        return (other for one, other in pairs(self._context.target) if one == owner)

    async def _list(self, interface: Interface) -> OwnedList | None:
        reply = await self._client.get(interface.url, f"{interface.name}, to compare", interface.credential)
        if not isinstance(reply, Reply) or not isinstance(reply.data, list):
            return None
        speaker = interface.credential.identity
        book = Notebook(self._context, self._endpoint, speaker)
        return owned_list(reply, book.keep(f"{interface.name} as {speaker}, to compare", reply, body=False))

    def _compare(
        self, subject: InterfaceSubject, owner: str, other: str, theirs: OwnedList | None, mine: OwnedList | None
    ) -> None:
        """Objects of the owner that stand in the other's list, too."""
        owned = theirs.of(self._parties[owner], self._parties[other]) if theirs else {}
        if not theirs or mine is None or not owned:
            return
        shared = sum(o.id in owned for o in mine.objects)
        self._tallies[subject, other].add(owner, len(owned), shared, mine.curl, theirs.evidence, mine.evidence)

    async def _by_id(self, listed: InterfaceSubject, owner: str, path: IdPath) -> None:
        subject = replace(listed, module=path.module, side=path.side)
        own = await self._read(subject, owner, path)
        if own is None or own[0].access is not Access.DATA:
            return  # not offered by id, so nothing to keep apart
        for other in self._others(owner):
            theirs = await self._read(subject, other, path)
            if theirs is not None:
                given = int(theirs[0].access is Access.DATA)
                tally = self._tallies[replace(subject, path=path.template), other]
                tally.add(owner, 1, given, _curl(theirs[0], path), own[1], theirs[1])

    async def _read(self, subject: InterfaceSubject, speaker: str, path: IdPath) -> tuple[Reply, EvidenceRef] | None:
        interface = self._interfaces.get((subject, speaker))
        if interface is None:
            return None
        url = with_query(with_path(interface.url, *path.segments), **path.query)
        shown = _template(interface.url, path)
        wanted = f"{interface.name}{path.template} as {speaker}"
        reply = await self._client.get(url, wanted, interface.credential, shown_url=shown)
        if not isinstance(reply, Reply):
            return None
        # The id may name a driver: it stays out of the evidence.
        more: dict[str, JsonValue] = {"request": {"method": "GET", "url": shown}}
        book = Notebook(self._context, self._endpoint, speaker)
        return reply, book.keep(f"{interface.name}{path.template} as {speaker}", reply, body=False, more=more)

    def _record(self) -> None:
        for (subject, speaker), tally in self._tallies.items():
            book = Notebook(self._context, self._endpoint, speaker)
            book.seen(subject, tally.fact(), *sorted(tally.evidence))
        if not self._tallies:
            book = Notebook(self._context, self._endpoint, None)
            detail = "none of the identities could read a session or CDR of its own, so there was nothing to keep apart"
            why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
            book.missing(book.platform(), (TenancyObserved,), why)


def _template(url: str, path: IdPath) -> str:
    return url.rstrip("/") + path.template


def _curl(reply: Reply, path: IdPath) -> str:
    words = path.template.strip("/").replace("{", "$").replace("}", "").upper()
    base = reply.exchange.url.partition("?")[0].rsplit("/", len(path.segments))[0]
    url = f"{base}/{words}"
    return repeat_line(reply.exchange, url).replace(f"'{url}'", f'"{url}"')  # so that a shell fills the variables in
