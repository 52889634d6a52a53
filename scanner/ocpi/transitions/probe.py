"""Illegal steps and repeated messages at every receiver interface at which a disposable identity may write."""

from collections.abc import Iterable
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.intent import PlannedRequest
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.ocpi.machines.catalog import machines
from scanner.model.ocpi.machines.machine import illegal_edges
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity
from scanner.model.subject import EndpointSubject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.transitions.bench import Bench, benches
from scanner.ocpi.transitions.trial import PROVIDES, BenchTrial
from scanner.ocpi.writing.counterpart import emsps
from scanner.ocpi.writing.receivers import surfaces
from scanner.probe import ProbeContext

_PUSHED: Final = ("locations", "evses", "tariffs", "tokens", "sessions", "cdrs")
_WALKED: Final = 40  # requests at most of the legal ways and repetitions of one machine, and of what is taken back
_A_STEP: Final = 9  # requests at most: an object brought into the state, the step, both places read, taken back


class TransitionsProbe:
    """One state machine after the other."""

    name = "ocpi-transitions"
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
        """Walk every machine of every receiver interface."""
        for endpoint in context.target.endpoints:
            if context.target.mode.includes(Mode.EXERCISE):
                await self._at(context, endpoint)
            else:
                mode = context.target.mode
                detail = f"illegal steps and repeated messages need mode {Mode.EXERCISE}; the scan ran in mode {mode}"
                _missing(context, endpoint, Reason.NOT_PERMITTED, detail)

    async def _at(self, context: ProbeContext, endpoint: Endpoint) -> None:
        found = [s for s in surfaces(context, endpoint, self.name) if s.write is s.whole]
        if not found:
            detail = "no disposable identity with a party may push objects to a receiver interface of this platform"
            _missing(context, endpoint, Reason.NOT_CONFIGURED, detail)
            return
        parties = await emsps(context, endpoint, self.name)
        for surface in found:
            at = surface.interface
            for bench in benches(surface, parties.get((at.version, at.credential.identity))):
                if _in_focus(context, bench):
                    await BenchTrial(context, bench).run()

    def _planned(self, target: EnvironmentTarget, identity: Identity) -> PlannedRequest:
        leaves = Leftover(
            what="tokens made invalid, sessions ended, EVSEs removed, and CDRs, under POSTURE-.. ids; tariffs are "
            "deleted again",
            environment=target.name,
            identity=identity.name,
            owner=str(identity.party),
        )
        return PlannedRequest(
            probe=self.name,
            effect=Effect.LASTING if Effect.LASTING in target.allow else Effect.WRITE,
            environment=target.name,
            what="valid objects of its own, illegal steps of their lifecycle and repeated messages, to every "
            "receiver interface that it may push to",
            at_least=0,
            at_most=min(target.limits.max_requests, _most()),
            identity=identity.name,
            leaves=(leaves,),
        )


def _most() -> int:
    every = [machines(version)[name] for version in VERSIONS for name in _PUSHED]
    return sum(_WALKED + _A_STEP * len(illegal_edges(machine)) for machine in every)


def _in_focus(context: ProbeContext, bench: Bench) -> bool:
    return context.focus is None or bench.subject == context.focus.subject


def _missing(context: ProbeContext, endpoint: Endpoint, reason: Reason, detail: str) -> None:
    subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
    for kind in PROVIDES:
        context.record.unavailable(subject, kind, reason, detail)
