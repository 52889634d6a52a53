"""Probe `ocpi-contract`: every identity at every module, side and method; whose objects it may write; and hubs.

What the contract does not name is asked for as well, at URLs that others were told or such as siblings have: a module
that is only left out of the version details is still open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from scanner.model.codec import adapter
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.contract import (
    CONTRACT_FACTS,
    OPEN,
    Conduct,
    ContractMatrix,
    OwnersCompared,
    SendersClaimed,
)
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.interfaces import interfaces
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity, Party
from scanner.model.subject import EndpointSubject, InterfaceSubject, Subject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.contract.asking import PROBE, Asker, most_requests
from scanner.ocpi.contract.claims import MOST_CLAIMS, Claims, hub_side, list_door, with_pushes
from scanner.ocpi.contract.doors import Door, Doors
from scanner.ocpi.contract.owners import MOST_OWNERS, Owners, best_door, others
from scanner.ocpi.contract.reads import MOST_READS, Reads
from scanner.ocpi.contract.writes import MOST_WRITES, Walk
from scanner.ocpi.interfaces import why_nothing
from scanner.ocpi.planned import planned
from scanner.ocpi.version_lists import MOST_VERSIONS
from scanner.ocpi.writing.counterpart import emsps
from scanner.probe import ProbeContext

_DOORS: Final = sum(len(interfaces(version)) for version in VERSIONS)


class ContractProbe:
    """One endpoint after the other, one identity after the other."""

    name = PROBE
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(CONTRACT_FACTS)
    after = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """A line of reads for each identity, and one of writes where they are permitted; each within the share."""
        for endpoint in target.endpoints:
            for identity in _registered(target, endpoint):
                share = most_requests(target.limits.max_requests)
                reads = min(share, _DOORS * MOST_READS + len(VERSIONS) * MOST_CLAIMS)
                what = f"GET of every module below {endpoint.versions_url}, in its contract or not"
                yield self._line(target, identity, what, Effect.READ, reads)
                if target.mode.includes(Mode.EXERCISE) and identity.disposable and identity.party:
                    what = "whom a session may be for, from the credentials of the platform"
                    gets = MOST_VERSIONS * len(target.speakers(endpoint))
                    yield replace(planned(self.name, what, gets, target, endpoint), identity=identity.name)
                    yield self._writes(target, identity, share)

    def _writes(self, target: EnvironmentTarget, identity: Identity, share: int) -> PlannedRequest:
        effect = Effect.LASTING if Effect.LASTING in target.allow else Effect.WRITE
        what = "made-up objects of its own party to every module, in its contract or not, and under another party"
        most = min(share, _DOORS * MOST_WRITES + len(VERSIONS) * MOST_OWNERS)
        left = "locations, sessions, CDRs and tokens under POSTURE-.. ids; tariffs are deleted again"
        leaves = Leftover(what=left, environment=target.name, identity=identity.name, owner=str(identity.party))
        return replace(self._line(target, identity, what, effect, most), leaves=(leaves,))

    def _line(
        self, target: EnvironmentTarget, identity: Identity, what: str, effect: Effect, most: int
    ) -> PlannedRequest:
        return PlannedRequest(
            probe=self.name,
            effect=effect,
            environment=target.name,
            what=what,
            at_least=0,
            at_most=most,
            identity=identity.name,
        )

    async def run(self, context: ProbeContext) -> None:
        """Every door of every identity; then whose objects it may write, and what a hub believes."""
        for endpoint in context.target.endpoints:
            await _Platform(context, endpoint).look()


class _Platform:
    """One endpoint."""

    def __init__(self, context: ProbeContext, endpoint: Endpoint) -> None:
        self._context = context
        self._endpoint = endpoint
        self._subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
        self._asker = Asker(context)
        self._reads = Reads(context, self._asker)
        self._emsps: Mapping[tuple[str, str], Party] = {}

    async def look(self) -> None:
        speakers = _registered(self._context.target, self._endpoint)
        doors = Doors(self._context, self._endpoint)
        found = {identity.name: list(doors.of(identity)) for identity in speakers}
        if not any(found.values()):
            why = why_nothing(self._context, self._endpoint)
            for kind in CONTRACT_FACTS:
                self._context.record.unavailable(self._subject, kind, why.reason, why.detail)
            return
        if self._context.target.mode.includes(Mode.EXERCISE):
            self._emsps = await emsps(self._context, self._endpoint, PROBE)
        for own in _best_readers_first(found):
            for door in own:
                if self._in_focus(door.subject, door.identity.name):
                    await self._matrix(door)
        await self._of_parties(found)

    async def _matrix(self, door: Door) -> None:
        key = f"{self._endpoint.name} {door.name}"
        kept: Any = self._context.checkpoints.kept(key)
        if kept is not None:
            fact, evidence = adapter(ContractMatrix).validate_python(kept["fact"]), EvidenceRef(**kept["evidence"])
        else:
            walk = Walk(self._context, self._asker, self._reads, door, self._emsp(door), self._starts(key))
            await walk.walk()
            fact = walk.cells.fact()
            evidence = self._store(f"who may do what: {door.name}", walk.cells.document())
            document: JsonValue = {
                "fact": adapter(ContractMatrix).dump_python(fact, mode="json"),
                "evidence": asdict(evidence),
            }
            self._context.checkpoints.keep(key, document)
        if fact.cells:
            self._context.record.seen(door.subject, fact, evidence, identity=door.identity.name)

    def _starts(self, key: str) -> int:
        """How often a door was begun: an object that an interruption left may be newer than what is written again."""
        kept: Any = self._context.checkpoints.kept(f"{key}, begun")
        starts: int = 1 + (kept or 0)
        self._context.checkpoints.keep(f"{key}, begun", starts)
        return starts

    async def _of_parties(self, found: Mapping[str, list[Door]]) -> None:
        """Owners and senders, version by version; where nothing could be asked, one reason for the platform."""
        compared: dict[tuple[str, str], OwnersCompared] = {}
        seen = {OwnersCompared: False, SendersClaimed: False}
        for name, doors in found.items():
            for version, own in _by_version(doors).items():
                owners = await self._owners(own, found)
                if owners is not None:
                    seen[OwnersCompared] = True
                    compared[name, version] = owners
                if hub := hub_side(own):
                    seen[SendersClaimed] |= await self._claims(own, hub, compared.get((name, version)))
        if not seen[OwnersCompared] and self._context.focus is None:
            self._context.record.unavailable(self._subject, OwnersCompared, *self._why_no_owners(found))
        if not seen[SendersClaimed] and self._context.focus is None:
            # Looked for, and not there: a fact, too.
            detail = "no identity is a hub, and the platform offers hubclientinfo as a sender to nobody"
            evidence = self._store("is a hub involved?", {"hub": detail})
            self._context.record.seen(self._subject, SendersClaimed(hub="", claims=()), evidence)

    async def _owners(self, own: list[Door], found: Mapping[str, list[Door]]) -> OwnersCompared | None:
        door, context = best_door(own), self._context
        exercising = context.target.mode.includes(Mode.EXERCISE)
        if door is None or not exercising or not door.identity.disposable or door.identity.party is None:
            return None
        subject = replace(door.subject, method="PUT")
        other = next(others(context.target, door), None)
        if other is None or not self._in_focus(subject, door.identity.name):
            return None
        asked = Owners(context, self._asker, door, other, _same_door(door, other, found), self._emsp(door))
        combinations = await asked.compare()
        fact = OwnersCompared(other=str(other), combinations=combinations)
        if not asked.documents or combinations[0].conduct not in OPEN:
            why = combinations[0].why or f"an object of its own was not accepted: {combinations[0].conduct}"
            chosen = combinations[0].conduct is Conduct.NOT_ASKED
            reason = Reason.NOT_PERMITTED if chosen else Reason.CONTROL_FAILED
            context.record.unavailable(subject, OwnersCompared, reason, why, identity=door.identity.name)
            return fact
        evidence = self._store(f"whose objects: {door.name}", list(asked.documents))
        context.record.seen(subject, fact, evidence, identity=door.identity.name)
        return fact

    async def _claims(self, own: list[Door], hub: str, compared: OwnersCompared | None) -> bool:
        door = list_door(own)
        if door is None or door.identity.party is None:
            return False
        subject = replace(door.subject, method="GET")
        if not self._in_focus(subject, door.identity.name):
            return True
        asked = Claims(self._asker, self._context.target)
        fact = with_pushes(hub, await asked.at(door), compared)
        if not asked.documents or fact.claims[0].conduct not in OPEN:
            detail = f"{door.name}: not even its own name as OCPI-from was accepted, so other names show nothing"
            record = self._context.record
            record.unavailable(subject, SendersClaimed, Reason.CONTROL_FAILED, detail, identity=door.identity.name)
            return True
        evidence = self._store(f"claimed senders: {door.name}", list(asked.documents))
        self._context.record.seen(subject, fact, evidence, identity=door.identity.name)
        return True

    def _why_no_owners(self, found: Mapping[str, list[Door]]) -> tuple[Reason, str]:
        target = self._context.target
        if not target.mode.includes(Mode.EXERCISE):
            detail = f"owners are compared by writes, which need mode {Mode.EXERCISE}"
            return Reason.NOT_PERMITTED, detail
        if len({i.party for i in target.speakers(self._endpoint) if i.party}) < 2 and not target.absent_parties:  # noqa: PLR2004
            detail = "another party takes a second disposable identity, or one in absent_parties"
            return Reason.ONE_IDENTITY_ONLY, detail
        writing = [d for doors in found.values() if (d := best_door(doors)) and d.identity.disposable]
        if not writing:
            return Reason.NOT_CONFIGURED, "no disposable identity may write objects under an owner's path"
        return Reason.ONE_IDENTITY_ONLY, "no other party may be written for"

    def _in_focus(self, subject: InterfaceSubject, identity: str) -> bool:
        focus = self._context.focus
        if focus is None:
            return True
        if focus.identity != identity:
            return False
        # What passes is summed up by version, so then all of that version is asked.
        whole = isinstance(focus.subject, InterfaceSubject) and focus.subject.module is None
        wanted: Subject = replace(subject, module=None, side=None, method=None) if whole else subject
        return focus.subject == wanted

    def _emsp(self, door: Door) -> Party | None:
        return self._emsps.get((door.specified.version, door.identity.name))

    def _store(self, title: str, document: JsonValue) -> EvidenceRef:
        return self._context.evidence.store_document(title, self._context.record.witness, document)


def _best_readers_first(found: Mapping[str, list[Door]]) -> list[list[Door]]:
    """Who is offered most comes first: the ids that its lists show are asked for by the others."""
    return sorted(found.values(), key=lambda doors: -sum(bool(door.in_force) for door in doors))


def _by_version(doors: Iterable[Door]) -> dict[str, list[Door]]:
    found: dict[str, list[Door]] = {}
    for door in doors:
        found.setdefault(door.specified.version, []).append(door)
    return found


def _same_door(door: Door, other: Party, found: Mapping[str, list[Door]]) -> Door | None:
    """The way in of the other party, where it is an identity of ours."""
    for doors in found.values():
        for theirs in doors:
            if theirs.identity.party == other and theirs.subject == door.subject:
                return theirs
    return None


def _registered(target: EnvironmentTarget, endpoint: Endpoint) -> tuple[Identity, ...]:
    """Who may ask for modules: a bootstrap token opens none, whatever the contract says."""
    return tuple(identity for identity in target.speakers(endpoint) if not identity.bootstrap)
