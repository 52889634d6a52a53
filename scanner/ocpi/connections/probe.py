"""Disturbed connections and parallel messages at every receiver interface at which a disposable identity may write."""

from collections.abc import Iterable
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.intent import PlannedRequest
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.subject import EndpointSubject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.connections.trial import PROVIDES, ConnectionTrial
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench, benches
from scanner.ocpi.writing.counterpart import emsps
from scanner.ocpi.writing.receivers import surfaces
from scanner.probe import ProbeContext

_SHARE: Final = 0.2  # of the requests of a host; what takes objects back comes on top
_TAKING_BACK: Final = 1.5


class ConnectionsProbe:
    """One kind of object after the other."""

    name = "ocpi-connections"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(PROVIDES)
    after = frozenset({"ocpi-discovery"})

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line an identity that may write: where it may push what is known only once the platform was asked."""
        for endpoint in target.endpoints if target.mode.includes(Mode.EXERCISE) else ():
            for identity in target.speakers(endpoint):
                if identity.disposable and identity.party:
                    yield self._planned(target, identity)

    async def run(self, context: ProbeContext) -> None:
        """Disturb every receiver interface."""
        for endpoint in context.target.endpoints:
            if context.target.mode.includes(Mode.EXERCISE):
                await self._at(context, endpoint)
            else:
                mode = context.target.mode
                detail = f"disturbed and parallel messages need mode {Mode.EXERCISE}; the scan ran in mode {mode}"
                _missing(context, endpoint, Reason.NOT_PERMITTED, detail)

    async def _at(self, context: ProbeContext, endpoint: Endpoint) -> None:
        found = [s for s in surfaces(context, endpoint, self.name) if s.write is s.whole]
        if not found:
            detail = "no disposable identity with a party may push objects to a receiver interface of this platform"
            _missing(context, endpoint, Reason.NOT_CONFIGURED, detail)
            return
        allowance = Allowance(total=int(context.target.limits.max_requests * _SHARE))
        parties = await emsps(context, endpoint, self.name)
        for surface in found:
            at = surface.interface
            bench = next(benches(surface, parties.get((at.version, at.credential.identity))))
            if _in_focus(context, bench):
                await ConnectionTrial(context, bench, allowance).run()

    def _planned(self, target: EnvironmentTarget, identity: Identity) -> PlannedRequest:
        leaves = Leftover(
            what="tokens made invalid, sessions ended, locations, and CDRs, under POSTURE-.. ids; tariffs are deleted",
            environment=target.name,
            identity=identity.name,
            owner=str(identity.party),
        )
        return PlannedRequest(
            probe=self.name,
            effect=Effect.LASTING if Effect.LASTING in target.allow else Effect.WRITE,
            environment=target.name,
            what="valid objects of its own on connections that are cut or half-closed, the same again, and up to three "
            "messages about one object at the same time, to every receiver interface that it may push to",
            at_least=0,
            at_most=int(target.limits.max_requests * _SHARE * _TAKING_BACK),
            identity=identity.name,
            leaves=(leaves,),
        )


def _in_focus(context: ProbeContext, bench: Bench) -> bool:
    return context.focus is None or bench.subject == context.focus.subject


def _missing(context: ProbeContext, endpoint: Endpoint, reason: Reason, detail: str) -> None:
    subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
    for kind in PROVIDES:
        context.record.unavailable(subject, kind, reason, detail)
