"""Probe `ocpi-contract`: every identity at every module, side and method; whose objects it may write; and hubs.

What the contract does not name is asked for as well, at URLs that others were told or such as siblings have: a module
that is only left out of the version details is still open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from scanner.model.codec import adapter, to_json
from scanner.model.effect import Effect, Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.contract import CONTRACT_FACTS, ContractMatrix
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.interfaces import interfaces
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.contract.asking import PROBE, Asker, most_requests
from scanner.ocpi.contract.claims import MOST_CLAIMS
from scanner.ocpi.contract.doors import Door, Doors
from scanner.ocpi.contract.looking import Looking, registered
from scanner.ocpi.contract.of_parties import OfParties
from scanner.ocpi.contract.owners import MOST_OWNERS
from scanner.ocpi.contract.part_owners import MOST_PART_OWNERS
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
            for identity in registered(target, endpoint):
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
        most = min(share, _DOORS * MOST_WRITES + len(VERSIONS) * (MOST_OWNERS + MOST_PART_OWNERS))
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
        self._looking = Looking(context=context, endpoint=endpoint, asker=Asker(context))
        self._reads = Reads(context, self._looking.asker)

    async def look(self) -> None:
        endpoint = self._looking.endpoint
        doors = Doors(self._context, endpoint)
        found = {i.name: list(doors.of(i)) for i in registered(self._context.target, endpoint)}
        if not any(found.values()):
            why = why_nothing(self._context, endpoint)
            for kind in CONTRACT_FACTS:
                self._context.record.unavailable(self._looking.subject, kind, why.reason, why.detail)
            return
        if self._looking.exercising:
            self._looking.emsps = await emsps(self._context, endpoint, PROBE)
        for own in _best_readers_first(found):
            for door in own:
                if self._looking.in_focus(door.subject, door.identity.name):
                    await self._matrix(door)
        await OfParties(self._looking, found).look()

    async def _matrix(self, door: Door) -> None:
        key = f"{self._looking.endpoint.name} {door.name}"
        kept: Any = self._context.checkpoints.kept(key)
        if kept is not None:
            fact, evidence = adapter(ContractMatrix).validate_python(kept["fact"]), EvidenceRef(**kept["evidence"])
        else:
            emsp, start = self._looking.emsp(door), self._looking.begun(key)
            walk = Walk(self._context, self._looking.asker, self._reads, door, emsp, start)
            await walk.walk()
            fact = walk.cells.fact()
            evidence = self._looking.store(f"who may do what: {door.name}", walk.cells.document())
            if not _cut_off(fact):
                document: JsonValue = {"fact": to_json(fact), "evidence": asdict(evidence)}
                self._context.checkpoints.keep(key, document)
        if fact.cells:
            self._context.record.seen(door.subject, fact, evidence, identity=door.identity.name)


def _cut_off(fact: ContractMatrix) -> bool:
    """True where the run, or its host, was stopped before all was asked: a resumed run asks again."""
    return any(cell.reason is Reason.STOPPED for cell in fact.cells)


def _best_readers_first(found: Mapping[str, list[Door]]) -> list[list[Door]]:
    """Who is offered most comes first: the ids that its lists show are asked for by the others."""
    return sorted(found.values(), key=lambda doors: -sum(bool(door.in_force) for door in doors))
