"""The machines at one platform, where a registered platform of ours takes the results."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from scanner.model.facts.ocpi.requests import REQUEST_FACTS, STARTED_FACTS, RequestsWalked
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.machines.catalog import machine
from scanner.model.party import Identity, Party, Role
from scanner.model.subject import Side, Subject
from scanner.model.target import Endpoint
from scanner.ocpi.callbacks.commands import Commanding
from scanner.ocpi.callbacks.named_evse import FREE
from scanner.ocpi.callbacks.platform import ResultPlatform
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface, discovered
from scanner.ocpi.notes import Notebook, not_configured
from scanner.ocpi.reply import NoReply
from scanner.ocpi.requests.profiles import Profiles, Stays, sessions
from scanner.ocpi.requests.remote_sessions import LEAST_REQUESTS, RemoteSessions
from scanner.ocpi.requests.requester import Requester
from scanner.ocpi.requests.reservations import Reservations
from scanner.ocpi.requests.session_leftover import Emsp
from scanner.ocpi.requests.standing_sessions import LEAST_S
from scanner.ocpi.version_lists import version_with_data
from scanner.probe import ProbeContext

STARTS: Final = "REMOTE_START_STOP_CAPABLE"
_CLOCKS_APART: Final = timedelta(hours=1)  # at most, between the platform's clock and ours
_ACTIVE: Final = "ACTIVE"
_COMPLETED: Final = "COMPLETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walking:
    """What they share: who commands which EVSE, through which platform of ours."""

    context: ProbeContext
    endpoint: Endpoint
    identity: Identity
    commands: Interface
    platform: ResultPlatform
    commanding: Commanding
    probe: str
    patience_s: float
    ends_within_s: float

    async def walk(self) -> None:
        """Reservations, then a session, then charging profiles; each is recorded."""
        book = Notebook(self.context, self.endpoint, self.identity.name)
        reserving = replace(self.commands.subject, method="POST", path="/RESERVE_NOW")
        if self.commanding.reserves:
            await self._reservations(book, reserving)
        else:
            detail = "2.1.1 numbers reservations: one of ours could not be told from a driver's"
            book.missing(reserving, REQUEST_FACTS, not_configured(detail))
        await self._remote_session(book)
        profiles = self._interface("chargingprofiles", Side.RECEIVER, self.identity.name)
        if profiles is not None:
            await self._profiles(book, profiles)

    async def _reservations(self, book: Notebook, subject: Subject) -> None:
        requester = self._requester("reservations")
        evse = self.commanding.evse.evse_uid
        leftover = Leftover(
            what=f"a reservation of EVSE {evse}, which ends by itself after some minutes",
            environment=self.context.target.name,
            identity=self.identity.name,
            module="commands",
            owner=str(self.commanding.party),
        )
        walk = Reservations(
            requester=requester,
            interface=self.commands,
            commanding=self.commanding,
            others=next(self._others("commands", Side.RECEIVER), None),
            stranger=next(self._strangers(), None),
            leftover=leftover,
        )
        await walk.walk()
        self._record(book, subject, requester)

    async def _remote_session(self, book: Notebook) -> None:
        subject = replace(self.commands.subject, method="POST", path="/START_SESSION")
        own = self._emsp(self.commands, self.commanding.party)
        why_not = self._why_no_session() or (None if own else "the platform offers this identity no list of sessions")
        if own is None or why_not is not None:
            book.missing(subject, (*REQUEST_FACTS, *STARTED_FACTS), not_configured(str(why_not)))
            return
        others = (self._emsp(*other) for other in self._others("commands", Side.RECEIVER))
        requester = self._requester("remote-sessions")
        walk = RemoteSessions(
            requester=requester,
            commanding=self.commanding,
            own=own,
            other=next((other for other in others if other), None),
            patience_s=self.patience_s,
            ends_within_s=self.ends_within_s,
        )
        seen = await walk.walk()
        if isinstance(seen, NoReply):
            book.missing(subject, (*REQUEST_FACTS, *STARTED_FACTS), seen, *requester.evidence)
            return
        self._record(book, subject, requester)
        book.seen(subject, seen, *requester.evidence)

    def _why_no_session(self) -> str | None:
        evse = self.commanding.evse
        if STARTS not in evse.capabilities:
            return f"EVSE {evse.evse_uid} does not say that it is {STARTS}, so no session is started there"
        if evse.status != FREE:
            return f"EVSE {evse.evse_uid} is {evse.status}: a session is started only where one is {FREE}"
        requests = self.context.gate.requests_left(self.commands.url, self.context.target.name)
        if requests < LEAST_REQUESTS:
            return f"{requests} requests of the run are left, and what is started has to be looked for and stopped"
        left_s = self.context.gate.seconds_left(self.commands.url, self.context.target.name)
        if left_s < LEAST_S:
            return f"{left_s:.0f} s of the run are left, and what is started has to be stopped in them"
        return None

    def _emsp(self, commands: Interface, party: Party) -> Emsp | None:
        """Where an identity commands, and where it reads the sessions of this run."""
        listed = self._interface("sessions", Side.SENDER, commands.credential.identity)
        since = f"{self.context.now - _CLOCKS_APART:%Y-%m-%dT%H:%M:%SZ}"
        if listed is None:
            return None
        before = "&" if "?" in listed.url else "?"
        return Emsp(commands=commands, listed=f"{listed.url}{before}date_from={since}", party=party)

    async def _profiles(self, book: Notebook, profiles: Interface) -> None:
        client, names = OcpiClient(self.context, self.endpoint, self.probe), self.context.target.evses
        listed = self._interface("sessions", Side.SENDER, self.identity.name)
        mine = await sessions(client, listed, names, self.commanding.party) if listed else {}
        if isinstance(mine, NoReply):
            book.missing(profiles.subject, REQUEST_FACTS, mine)
            return
        if _ACTIVE not in mine:
            detail = "no session of this identity is ACTIVE at an EVSE that is named in `evses`"
            book.missing(profiles.subject, REQUEST_FACTS, not_configured(detail))
            return
        requester = self._requester("chargingprofiles")
        walk = Profiles(
            requester=requester,
            interface=profiles,
            party=self.commanding.party,
            now=self.context.now,
            own=mine[_ACTIVE],
            ended=mine.get(_COMPLETED),
            theirs=await self._theirs(client, names),
        )
        await walk.walk()
        self._record(book, profiles.subject, requester)

    async def _theirs(self, client: OcpiClient, names: frozenset[str]) -> Stays | None:
        for interface, party in self._others("sessions", Side.SENDER):
            found = await sessions(client, interface, names, party)
            if not isinstance(found, NoReply) and _ACTIVE in found:
                return found[_ACTIVE]
        return None

    def _record(self, book: Notebook, subject: Subject, requester: Requester) -> None:
        if requester.evidence:
            fact = RequestsWalked(machine=requester.machine.name, steps=tuple(requester.steps))
            book.seen(subject, fact, *requester.evidence)
        else:
            why = next((step.why for step in requester.steps if step.why), "nothing was answered")
            book.missing(subject, REQUEST_FACTS, NoReply(reason=Reason.CONTROL_FAILED, detail=why))

    def _requester(self, name: str) -> Requester:
        seed = f"{self.context.seed}/{self.context.now.isoformat()}/{self.probe}/{name}/{self.identity.name}"
        return Requester(
            context=self.context,
            platform=self.platform,
            machine=machine(version_with_data(self.commands.version), name),
            probe=self.probe,
            ids=Random(seed),  # noqa: S311 - made-up ids
            patience_s=self.patience_s,
        )

    def _others(self, module: str, side: Side) -> Iterator[tuple[Interface, Party]]:
        """The same interface as our other disposable eMSPs are offered it."""
        for other in self.context.target.speakers(self.endpoint):
            apart = other.party is not None and other.party != self.commanding.party
            if apart and other.disposable and other.role is Role.EMSP:
                found = self._interface(module, side, other.name)
                if found is not None and other.party is not None:
                    yield found, other.party

    def _strangers(self) -> Iterator[Party]:
        target = self.context.target
        yield from (i.party for i in target.identities if i.party and i.party != self.commanding.party)
        yield from sorted(target.absent_parties, key=str)

    def _interface(self, module: str, side: Side, identity: str) -> Interface | None:
        for interface in discovered(self.context, self.endpoint):
            at = (interface.version, interface.module, interface.credential.identity)
            here = at == (self.commands.version, module, identity) and interface.side in {side, None}
            if here and interface.place is UrlPlace.IN_SCOPE:
                return interface
        return None
