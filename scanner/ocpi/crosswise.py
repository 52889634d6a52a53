"""Every owner's sessions, CDRs and driver tokens, as everybody else."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from scanner.model.facts.ocpi.tenancy import TenancyObserved
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.observation import Reason
from scanner.model.party import Party
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.target import Endpoint
from scanner.ocpi.by_id import ById
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.module_pages import OWNED
from scanner.ocpi.notes import Notebook
from scanner.ocpi.owned import IdPath, OwnedList, id_paths, owned_list
from scanner.ocpi.partners import pairs
from scanner.ocpi.reply import NoReply
from scanner.ocpi.tally import Tally
from scanner.ocpi.version_lists import MOST_VERSIONS
from scanner.probe import ProbeContext

SAMPLED: Final = 2  # objects of each owner and path
_PATHS: Final = 2  # by id behind the list, and the driver token
_SIDES: Final = 1 + len(Side)  # and none, in 2.1.1


def most_gets(parties: int) -> int:
    """GETs at one endpoint as so many identities: each list, and some objects of each by its owner and all others."""
    lists = len(OWNED) * _SIDES * MOST_VERSIONS * parties
    return lists * (1 + SAMPLED * _PATHS * parties)


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
        self._reads = ById(context, self._client, self._interfaces)
        self._tallies: dict[tuple[InterfaceSubject, str], Tally] = defaultdict(Tally)
        self._served: set[str] = set()  # identities that were given some session or CDR: the positive control
        self._only_push: set[str] = set()  # identities that the platform receives from, and gives no list to

    async def look(self) -> None:
        """Lists first; they tell which ids there are."""
        readers = {key: found for key, found in self._interfaces.items() if found.module in OWNED}
        asked = {key: await self._list(found) for key, found in readers.items()}
        lists = {key: found for key, found in asked.items() if found is not None}
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

    async def _list(self, interface: Interface) -> OwnedList | NoReply | None:
        """None where the platform is but the receiver for this identity: it takes objects, and lists none."""
        wanted, speaker = f"{interface.name} as {interface.credential.identity}", interface.credential.identity
        reply = await self._client.get(interface.url, f"{wanted}, to compare", interface.credential)
        if isinstance(reply, NoReply):
            return reply
        if not reply.gives_list:
            if not interface.only_takes(reply):
                return reply.unreadable(wanted)
            self._only_push.add(speaker)
            return None
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
        if not owned:
            tally = self._tallies[subject, other]
            tally.nothing_of(owner, theirs.evidence, mine.evidence)
            tally.unnamed += len(theirs.objects)
        else:
            shared = sum(o.id in owned for o in mine.objects)
            self._tallies[subject, other].add(owner, len(owned), shared, mine.curl, theirs.evidence, mine.evidence)

    async def _by_id(self, listed: InterfaceSubject, owner: str, path: IdPath) -> None:
        subject = replace(listed, module=path.module, side=path.side)
        own = await self._reads.read(subject, owner, path)
        if own is None or isinstance(own, NoReply) or not own.given:
            return  # not offered by id, so nothing to keep apart
        for other in self._others(owner):
            theirs = await self._reads.read(subject, other, path)
            if theirs is None:
                continue
            tally = self._tallies[replace(subject, path=path.template), other]
            if isinstance(theirs, NoReply):
                tally.leave_open(theirs)
            elif theirs.given or theirs.denied:
                tally.add(owner, 1, int(theirs.given), theirs.curl, own.evidence, theirs.evidence)
            else:
                tally.leave_open(theirs.undecided(f"{path.module}{path.template} as {other}"), theirs.evidence)

    def _record(self) -> None:
        said = False
        for (subject, speaker), tally in self._tallies.items():
            book = Notebook(self._context, self._endpoint, speaker)
            why = tally.undecided or self._shows_nothing(speaker, tally)
            if why is not None and not tally.readable and speaker in self._only_push - self._served:
                continue  # it has nothing of its own to read here, and was given nothing of others
            said = True
            if tally.readable or why is None:
                book.seen(subject, tally.fact(), *sorted(tally.evidence))
            else:
                book.missing(subject, (TenancyObserved,), why, *sorted(tally.evidence))
        if not said:
            book = Notebook(self._context, self._endpoint, None)
            book.missing(book.platform(), (TenancyObserved,), self._why_nobody())

    def _why_nobody(self) -> NoReply:
        """One that reads, beside those that only push, has nobody to be kept apart from."""
        if self._tallies:
            pushing = "; ".join(f"{name} only pushes here" for name in sorted(self._only_push - self._served))
            detail = f"it takes two that read sessions or CDRs of their own; {pushing}"
            return NoReply(reason=Reason.ONE_IDENTITY_ONLY, detail=detail)
        detail = "none of the identities could read a session or CDR of its own, so there was nothing to keep apart"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)

    def _shows_nothing(self, speaker: str, tally: Tally) -> NoReply | None:
        """Why what was refused to this identity shows nothing, if it does not."""
        detail = ""
        if speaker not in self._served:
            detail = f"{speaker} was given no session or CDR at all, so a refusal to it shows nothing"
        elif not tally.examined:
            owners = " and ".join(sorted(tally.without))
            detail = f"{owners} has nothing of its own here, so nothing could be kept from {speaker}"
            if tally.unnamed:
                detail = f"none of the {tally.unnamed} objects here names {owners} and not {speaker}: whose are they?"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail) if detail else None
