"""Malformed messages at every receiver interface at which a disposable identity may write."""

from collections.abc import Iterable
from typing import Final

from scanner.model.effect import Effect, Mode
from scanner.model.facts.ocpi.mutation import MutantsTreated, ValidObjectProven
from scanner.model.intent import PlannedRequest
from scanner.model.leftover import Leftover
from scanner.model.observation import Reason
from scanner.model.subject import EndpointSubject, Subject
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.mutation.shrinking import PART, Allowance
from scanner.ocpi.mutation.trial import Trial
from scanner.ocpi.writing.counterpart import emsps
from scanner.ocpi.writing.receivers import surfaces
from scanner.ocpi.writing.surface import Surface
from scanner.probe import ProbeContext

_PROVIDES: Final = (ValidObjectProven, MutantsTreated)
_SHARE: Final = 0.7  # of a host's requests; the rest is for what else is looked at
_REQUESTS_A_MUTANT: Final = 2.5  # with what is read back and put right
_PART_OF_A_WHOLE: Final = 0.5
_PATCH_OF_A_WHOLE: Final = 0.5
_BY_MUTANTS: Final = ("Token", "Connector", "EVSE", "Tariff", "Session", "CDR", "Location")  # the most last


class MutationProbe:
    """One surface after the other, each on lanes of its own."""

    name = "ocpi-mutation"
    witness = Witness.PROTOCOL
    provides: frozenset[type] = frozenset(_PROVIDES)
    after = frozenset({"ocpi-discovery"})
    focuses = True

    def plan(self, target: EnvironmentTarget) -> Iterable[PlannedRequest]:
        """One line an identity that may write: where it may push what is known only once the platform was asked."""
        for endpoint in target.endpoints if target.mode.includes(Mode.EXERCISE) else ():
            for identity in target.speakers(endpoint):
                if identity.disposable and identity.party:
                    yield PlannedRequest(
                        probe=self.name,
                        effect=Effect.LASTING if Effect.LASTING in target.allow else Effect.WRITE,
                        environment=target.name,
                        what="valid and malformed objects of its own to every receiver interface that it may push to",
                        at_least=0,
                        at_most=int(target.limits.max_requests * (_SHARE + PART)),
                        identity=identity.name,
                        leaves=(_may_stay(target, identity.name, str(identity.party)),),
                    )

    async def run(self, context: ProbeContext) -> None:
        """Prove a valid object at each surface, then try its mutants."""
        for endpoint in context.target.endpoints:
            subject = EndpointSubject(environment=context.target.name, endpoint=endpoint.name)
            if not context.target.mode.includes(Mode.EXERCISE):
                detail = f"malformed messages need mode {Mode.EXERCISE}; the scan ran in mode {context.target.mode}"
                _missing(context, subject, Reason.NOT_PERMITTED, detail)
                continue
            await self._at(context, endpoint, subject)

    async def _at(self, context: ProbeContext, endpoint: Endpoint, subject: Subject) -> None:
        found = _in_focus(context, surfaces(context, endpoint, self.name, parts=True))
        if not found:
            detail = "no disposable identity with a party may push objects to a receiver interface of this platform"
            _missing(context, subject, Reason.NOT_CONFIGURED, detail)
        permitted = sorted((surface for surface in found if _permitted(context, surface)), key=_room)
        left = context.target.limits.max_requests * _SHARE / _REQUESTS_A_MUTANT
        parties = await emsps(context, endpoint, self.name) if permitted else {}
        allowance = Allowance.of(context.target.limits.max_requests)
        for number, surface in enumerate(permitted):
            at, weights = surface.interface, sum(map(_weight, permitted[number:]))
            share = int(left * _weight(surface) / weights)
            emsp = parties.get((at.version, at.credential.identity))
            left -= await Trial(context, surface, share, emsp, allowance).run()  # what it leaves is for the others


def _room(surface: Surface) -> int:
    """In this order what one surface leaves of its share comes to those that have more mutants."""
    return _BY_MUTANTS.index(surface.class_name)


def _weight(surface: Surface) -> float:
    """Its part of the messages: what an EVSE and a Connector hold is sent inside whole locations as well.

    Of what a PATCH may be, there is little beside what a whole object may be.
    """
    of_a_part = 1.0 if surface.inside is None else _PART_OF_A_WHOLE
    return of_a_part if surface.write is surface.whole else of_a_part * _PATCH_OF_A_WHOLE


def _in_focus(context: ProbeContext, found: tuple[Surface, ...]) -> tuple[Surface, ...]:
    focus = context.focus
    if focus is None:
        return found
    speakers = {focus.identity} if focus.identity else {s.interface.credential.identity for s in found}
    return tuple(
        s for s in found if s.subject.agrees_with(focus.subject) and s.interface.credential.identity in speakers
    )


def _permitted(context: ProbeContext, surface: Surface) -> bool:
    """False where what is written would stay, and nobody allowed that; then it is recorded."""
    if surface.effect is not Effect.LASTING or Effect.LASTING in context.target.allow:
        return True
    detail = f"{surface.name} leaves what OCPI cannot take back; it needs `allow: [{Effect.LASTING}]`"
    identity = surface.interface.credential.identity
    for kind in _PROVIDES:
        context.record.unavailable(surface.subject, kind, Reason.NOT_PERMITTED, detail, identity=identity)
    return False


def _missing(context: ProbeContext, subject: Subject, reason: Reason, detail: str) -> None:
    for kind in _PROVIDES:
        context.record.unavailable(subject, kind, reason, detail)


def _may_stay(target: EnvironmentTarget, identity: str, owner: str) -> Leftover:
    what = "locations, sessions, CDRs and tokens under POSTURE-.. ids; tariffs are deleted again"
    return Leftover(what=what, environment=target.name, identity=identity, owner=owner)
