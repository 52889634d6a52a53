"""Every owner's sessions, CDRs and driver tokens, as everybody else."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.tenancy import TenancyObserved
from scanner.model.facts.ocpi.urls import UrlPlace
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
_DENIALS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_CLIENT_ERRORS: Final = range(2000, 3000)  # 3xxx: the server failed (status_codes)


@dataclass(slots=True)
class _Tally:
    """What one identity was given on one subject."""

    owners: set[str] = field(default_factory=set)
    examined: int = 0
    readable: int = 0
    curl: str = ""
    undecided: NoReply | None = None
    evidence: set[EvidenceRef] = field(default_factory=set)

    def add(self, owner: str, examined: int, readable: int, curl: str, *evidence: EvidenceRef) -> None:
        """Count further objects; the curl line is one that showed somebody else's, if any did."""
        self.owners.add(owner)
        self.examined += examined
        self.readable += readable
        self.evidence |= set(evidence)
        if readable or not self.curl:
            self.curl = curl

    def leave_open(self, why: NoReply, *evidence: EvidenceRef) -> None:
        """One read decided nothing, so that what was kept from this identity is not known as a whole."""
        self.undecided = self.undecided or why
        self.evidence |= set(evidence)

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
        self._served: set[str] = set()  # identities that were given some session or CDR: the positive control

    async def look(self) -> None:
        """Lists first; they tell which ids there are."""
        readers = {key: found for key, found in self._interfaces.items() if found.module in OWNED}
        lists = {key: await self._list(found) for key, found in readers.items()}
        for (subject, owner), theirs in lists.items():
            for other in self._others(owner):
                if (subject, other) in lists:
                    self._compare(subject, owner, other, theirs, lists[subject, other])
            for item in theirs.objects[:SAMPLED] if isinstance(theirs, OwnedList) else ():
                for path in id_paths(readers[subject, owner], item):
                    await self._by_id(subject, owner, path)
        self._record()

    def _others(self, owner: str) -> Iterator[str]:
        return (other for one, other in pairs(self._context.target) if one == owner)

    async def _list(self, interface: Interface) -> OwnedList | NoReply:
        wanted, speaker = f"{interface.name} as {interface.credential.identity}", interface.credential.identity
        reply = await self._client.get(interface.url, f"{wanted}, to compare", interface.credential)
        if isinstance(reply, NoReply):
            return reply
        if not reply.gives_list:
            return reply.unreadable(wanted)
        book = Notebook(self._context, self._endpoint, speaker)
        found = owned_list(reply, book.keep(f"{wanted}, to compare", reply, body=False))
        if found.objects:
            self._served.add(speaker)
        return found

    def _compare(
        self,
        subject: InterfaceSubject,
        owner: str,
        other: str,
        theirs: OwnedList | NoReply,
        mine: OwnedList | NoReply,
    ) -> None:
        """Objects of the owner that stand in the other's list, too."""
        for found in (theirs, mine):
            if isinstance(found, NoReply):
                self._tallies[subject, other].leave_open(found)
        if isinstance(theirs, NoReply) or isinstance(mine, NoReply):
            return
        owned = theirs.of(self._parties[owner], self._parties[other])
        if owned:
            shared = sum(o.id in owned for o in mine.objects)
            self._tallies[subject, other].add(owner, len(owned), shared, mine.curl, theirs.evidence, mine.evidence)

    async def _by_id(self, listed: InterfaceSubject, owner: str, path: IdPath) -> None:
        subject = replace(listed, module=path.module, side=path.side)
        own = await self._read(subject, owner, path)
        if own is None or isinstance(own, NoReply) or own[0].access is not Access.DATA:
            return  # not offered by id, so nothing to keep apart
        for other in self._others(owner):
            theirs = await self._read(subject, other, path)
            if theirs is None:
                continue
            tally = self._tallies[replace(subject, path=path.template), other]
            if isinstance(theirs, NoReply):
                tally.leave_open(theirs)
            elif theirs[0].access is Access.DATA or _denies(theirs[0]):
                given = int(theirs[0].access is Access.DATA)
                tally.add(owner, 1, given, _curl(theirs[0], path), own[1], theirs[1])
            else:
                wanted = f"{path.module}{path.template} as {other}"
                detail = f"{wanted}: {theirs[0].answer.said()} does not say whether the object is kept from it"
                tally.leave_open(NoReply(reason=Reason.UNPARSABLE, detail=detail), theirs[1])

    async def _read(
        self, subject: InterfaceSubject, speaker: str, path: IdPath
    ) -> tuple[Reply, EvidenceRef] | NoReply | None:
        interface = self._interfaces.get((subject, speaker))
        if interface is None:
            return None
        url = with_query(with_path(interface.url, *path.segments), **path.query)
        shown = _template(interface.url, path)
        wanted = f"{interface.name}{path.template} as {speaker}"
        reply = await self._client.get(url, wanted, interface.credential, shown_url=shown)
        if isinstance(reply, NoReply):
            return reply
        # The id may name a driver: it stays out of the evidence.
        more: dict[str, JsonValue] = {"request": {"method": "GET", "url": shown}}
        book = Notebook(self._context, self._endpoint, speaker)
        return reply, book.keep(f"{interface.name}{path.template} as {speaker}", reply, body=False, more=more)

    def _record(self) -> None:
        for (subject, speaker), tally in self._tallies.items():
            book = Notebook(self._context, self._endpoint, speaker)
            why = tally.undecided
            if why is None and speaker not in self._served:
                detail = f"{speaker} was given no session or CDR at all, so a refusal to it shows nothing"
                why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
            if tally.readable or why is None:
                book.seen(subject, tally.fact(), *sorted(tally.evidence))
            else:
                book.missing(subject, (TenancyObserved,), why, *sorted(tally.evidence))
        if not self._tallies:
            book = Notebook(self._context, self._endpoint, None)
            detail = "none of the identities could read a session or CDR of its own, so there was nothing to keep apart"
            why = NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
            book.missing(book.platform(), (TenancyObserved,), why)


def _denies(reply: Reply) -> bool:
    """An answer that keeps an object back for good: neither a failure of the server nor a matter of its load."""
    if reply.exchange.truncated or reply.refused_redirect is not None:
        return False
    by_ocpi = reply.exchange.status == HTTPStatus.OK and reply.ocpi_status in _CLIENT_ERRORS
    return by_ocpi or reply.exchange.status in _DENIALS


def _template(url: str, path: IdPath) -> str:
    return url.rstrip("/") + path.template


def _curl(reply: Reply, path: IdPath) -> str:
    words = path.template.strip("/").replace("{", "$").replace("}", "").upper()
    base = reply.exchange.url.partition("?")[0].rsplit("/", len(path.segments))[0]
    url = f"{base}/{words}"
    return repeat_line(reply.exchange, url).replace(f"'{url}'", f'"{url}"')  # so that a shell fills the variables in
