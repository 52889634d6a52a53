"""Whose objects and parts an identity may write, and in whose name it may speak: facts, or why there are none."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scanner.model.effect import Mode
from scanner.model.facts.ocpi.contract import OPEN, Conduct, OwnersCompared, PartOwnersCompared, SendersClaimed
from scanner.model.observation import Reason
from scanner.model.party import Right
from scanner.model.subject import InterfaceSubject
from scanner.ocpi.contract.claims import Claims, hub_side, list_door, with_pushes
from scanner.ocpi.contract.doors import Door
from scanner.ocpi.contract.looking import Looking, registered
from scanner.ocpi.contract.owners import Owners, best_door, others, parts_door
from scanner.ocpi.contract.part_owners import PartOwners

Found = Mapping[str, list[Door]]  # doors by the name of their identity


class OfParties:
    """One endpoint, version by version and identity by identity."""

    def __init__(self, looking: Looking, found: Found) -> None:
        self._looking = looking
        self._found = found
        self._seen: set[type] = set()

    async def look(self) -> None:
        """Owners, owners of parts, and senders."""
        for doors in self._found.values():
            for own in _by_version(doors).values():
                owners = await self._owners(own)
                await self._part_owners(own)
                if hub := hub_side(own):
                    await self._claims(own, hub, owners)
        if self._looking.context.focus is None:
            self._say_what_is_missing()

    async def _owners(self, own: list[Door]) -> OwnersCompared | None:
        door, looking = best_door(own), self._looking
        if door is None or not self._may_write(door):
            return None
        subject = replace(door.subject, method="PUT")
        other = next(others(looking.target, door), None)
        if other is None or not looking.in_focus(subject, door.identity.name):
            return None
        self._seen.add(OwnersCompared)
        theirs = _same_door(door, other, self._found)
        asked = Owners(looking.context, looking.asker, door, other, theirs, looking.emsp(door))
        combinations = await asked.compare()
        fact = OwnersCompared(other=str(other), combinations=combinations)
        if not asked.documents or combinations[0].conduct not in OPEN:
            why = combinations[0].why or f"an object of its own was not accepted: {combinations[0].conduct}"
            self._unavailable(door, subject, OwnersCompared, why, chosen=combinations[0].conduct is Conduct.NOT_ASKED)
            return fact
        evidence = looking.store(f"whose objects: {door.name}", list(asked.documents))
        looking.context.record.seen(subject, fact, evidence, identity=door.identity.name)
        return fact

    async def _part_owners(self, own: list[Door]) -> None:
        door, looking = parts_door(own), self._looking
        if door is None or not self._may_write(door):
            return
        subject = replace(door.subject, method="PATCH")
        theirs = self._other_way_in(door)
        if theirs is None or not looking.in_focus(subject, door.identity.name):
            return
        self._seen.add(PartOwnersCompared)
        start = looking.begun(f"{looking.endpoint.name} parts at {door.name}")
        asked = PartOwners(looking.context, looking.asker, door, theirs, start)
        combinations = await asked.compare()
        if not any(c.conduct is Conduct.WORKED for c in combinations if c.agrees):
            why = asked.why or f"not even parts of its own could be changed: {combinations[0].conduct}"
            chosen = asked.kept_back or {c.conduct for c in combinations} == {Conduct.NOT_ASKED}
            self._unavailable(door, subject, PartOwnersCompared, why, chosen=chosen)
            return
        evidence = looking.store(f"whose EVSEs and Connectors: {door.name}", list(asked.documents))
        fact = PartOwnersCompared(other=str(theirs.identity.party), combinations=combinations)
        looking.context.record.seen(subject, fact, evidence, identity=door.identity.name)

    def _unavailable(self, door: Door, subject: InterfaceSubject, fact: type, why: str, *, chosen: bool) -> None:
        reason = Reason.NOT_PERMITTED if chosen else Reason.CONTROL_FAILED
        self._looking.context.record.unavailable(subject, fact, reason, why, identity=door.identity.name)

    async def _claims(self, own: list[Door], hub: str, compared: OwnersCompared | None) -> None:
        door, looking = list_door(own), self._looking
        if door is None or door.identity.party is None:
            return
        self._seen.add(SendersClaimed)
        subject = replace(door.subject, method="GET")
        if not looking.in_focus(subject, door.identity.name):
            return
        asked = Claims(looking.asker, looking.target)
        fact = with_pushes(hub, await asked.at(door), compared)
        record = looking.context.record
        if not asked.documents or fact.claims[0].conduct not in OPEN:
            detail = f"{door.name}: not even its own name as OCPI-from was accepted, so other names show nothing"
            record.unavailable(subject, SendersClaimed, Reason.CONTROL_FAILED, detail, identity=door.identity.name)
            return
        evidence = looking.store(f"claimed senders: {door.name}", list(asked.documents))
        record.seen(subject, fact, evidence, identity=door.identity.name)

    def _may_write(self, door: Door) -> bool:
        return self._looking.exercising and door.identity.disposable and door.identity.party is not None

    def _other_way_in(self, door: Door) -> Door | None:
        """That of another party of ours that may push Locations here, too."""
        for party in others(self._looking.target, door):
            theirs = _same_door(door, party, self._found)
            if theirs is not None and theirs.identity.disposable and theirs.granted(Right.WRITE):
                return theirs
        return None

    def _say_what_is_missing(self) -> None:
        looking = self._looking
        if OwnersCompared not in self._seen:
            looking.context.record.unavailable(looking.subject, OwnersCompared, *self._why_no_owners())
        if PartOwnersCompared not in self._seen:
            looking.context.record.unavailable(looking.subject, PartOwnersCompared, *self._why_no_part_owners())
        if SendersClaimed not in self._seen:
            # Looked for, and not there: a fact, too.
            detail = "no identity is a hub, and the platform offers hubclientinfo as a sender to nobody"
            evidence = looking.store("is a hub involved?", {"hub": detail})
            looking.context.record.seen(looking.subject, SendersClaimed(hub="", claims=()), evidence)

    def _why_no_owners(self) -> tuple[Reason, str]:
        target, endpoint = self._looking.target, self._looking.endpoint
        if not self._looking.exercising:
            return Reason.NOT_PERMITTED, f"owners are compared by writes, which need mode {Mode.EXERCISE}"
        if len({i.party for i in target.speakers(endpoint) if i.party}) < 2 and not target.absent_parties:  # noqa: PLR2004
            detail = "another party takes a second disposable identity, or one in absent_parties"
            return Reason.ONE_IDENTITY_ONLY, detail
        writing = [d for doors in self._found.values() if (d := best_door(doors)) and d.identity.disposable]
        if not writing:
            return Reason.NOT_CONFIGURED, "no disposable identity may write objects under an owner's path"
        return Reason.ONE_IDENTITY_ONLY, "no other party may be written for"

    def _why_no_part_owners(self) -> tuple[Reason, str]:
        if not self._looking.exercising:
            return Reason.NOT_PERMITTED, f"owners of parts are compared by writes, which need mode {Mode.EXERCISE}"
        speakers = registered(self._looking.target, self._looking.endpoint)
        writing = {i.party for i in speakers if i.disposable and parts_door(self._found.get(i.name, []))}
        detail = "another's EVSE takes two disposable identities, each with a party and the right to push Locations"
        return (Reason.ONE_IDENTITY_ONLY if writing else Reason.NOT_CONFIGURED), detail


def _by_version(doors: Iterable[Door]) -> dict[str, list[Door]]:
    found: dict[str, list[Door]] = {}
    for door in doors:
        found.setdefault(door.specified.version, []).append(door)
    return found


def _same_door(door: Door, other: object, found: Found) -> Door | None:
    """The way in of the other party, where it is an identity of ours."""
    for doors in found.values():
        for theirs in doors:
            if theirs.identity.party == other and theirs.subject == door.subject:
                return theirs
    return None
