"""What probes share that push objects of their own to each receiver interface where a disposable identity may write."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from scanner.model.effect import Effect, Mode
from scanner.model.intent import PlannedRequest
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.model.subject import EndpointSubject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.transitions.allowance import Allowance
from scanner.ocpi.transitions.bench import Bench, benches
from scanner.ocpi.writing.counterpart import emsps
from scanner.ocpi.writing.receivers import surfaces
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

_TAKING_BACK: Final = 1.5


class BenchProbe(ABC):
    """One kind of object after the other.

    `kinds` of facts are brought. `share` of the requests of a host are its own (what takes objects back comes on top);
    `messages` names what it sends, `what` says so in the plan, `leaves` what stays of it.
    """

    name: str
    witness = Witness.PROTOCOL
    provides: frozenset[type]
    after = frozenset({"ocpi-discovery"})
    kinds: ClassVar[tuple[type, ...]]
    share: ClassVar[float]
    messages: ClassVar[str]
    what: ClassVar[str]
    leaves: ClassVar[str]
    every_bench: ClassVar[bool] = True  # False: the first of each interface is enough

    @abstractmethod
    async def try_at(self, context: ProbeContext, bench: Bench, allowance: Allowance) -> None:
        """What is done with one kind of object at one interface."""

    def chosen(self, found: Sequence[Surface]) -> Sequence[Surface]:
        """Where it is done: everywhere that an identity may write, once for each identity."""
        return found

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line an identity that may write: where it may push what is known only once the platform was asked."""
        for endpoint in target.endpoints if target.mode.includes(Mode.EXERCISE) else ():
            for identity in target.speakers(endpoint):
                if identity.disposable and identity.party:
                    yield self._planned(target, identity)

    async def run(self, context: ProbeContext) -> None:
        """Go to every receiver interface."""
        for endpoint in context.target.endpoints:
            if context.target.mode.includes(Mode.EXERCISE):
                await self._at(context, endpoint)
            else:
                mode = context.target.mode
                detail = f"{self.messages} need mode {Mode.EXERCISE}; the scan ran in mode {mode}"
                self._missing(context, endpoint, Reason.NOT_PERMITTED, detail)

    async def _at(self, context: ProbeContext, endpoint: Endpoint) -> None:
        found = [s for s in surfaces(context, endpoint, self.name) if s.write is s.whole]
        if not found:
            detail = "no disposable identity with a party may push objects to a receiver interface of this platform"
            self._missing(context, endpoint, Reason.NOT_CONFIGURED, detail)
            return
        allowance = Allowance(total=int(context.target.limits.max_requests * self.share))
        parties = await emsps(context, endpoint, self.name)
        for surface in self.chosen(found):
            at = surface.interface
            for bench in benches(surface, parties.get((at.version, at.credential.identity))):
                if _in_focus(context, bench):
                    await self.try_at(context, bench, allowance)
                if not self.every_bench:
                    break

    def _planned(self, target: EnvironmentTarget, identity: Identity) -> PlannedRequest:
        leaves = Leftover(what=self.leaves, environment=target.name, identity=identity.name, owner=str(identity.party))
        return PlannedRequest(
            probe=self.name,
            effect=Effect.LASTING if Effect.LASTING in target.allow else Effect.WRITE,
            environment=target.name,
            what=self.what,
            at_least=0,
            at_most=int(target.limits.max_requests * self.share * _TAKING_BACK),
            identity=identity.name,
            leaves=(leaves,),
        )

    def _missing(self, context: ProbeContext, endpoint: Endpoint, reason: Reason, detail: str) -> None:
        subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
        for kind in self.kinds:
            context.record.unavailable(subject, kind, reason, detail)


def _in_focus(context: ProbeContext, bench: Bench) -> bool:
    return context.focus is None or bench.subject == context.focus.subject
