"""Probe `ocpi-hostile-partner`: be a partner that no client should trust, and look what the target does.

Needs what registrations need (`scanner.ocpi.credentials.probe`), and `hostile: true` of the `partner_server`. It comes
before registrations: on a sound platform no scenario changes a token, because none is accepted.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.rogue import ROGUE_FACTS
from scanner.model.intent import PlannedRequest
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.party import Identity
from scanner.model.target import Endpoint, EnvironmentTarget
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.doors import CREDENTIALS, interfaces_of
from scanner.ocpi.credentials.probe import leftover, may_register
from scanner.ocpi.interfaces import Interface, why_nothing
from scanner.ocpi.notes import Notebook
from scanner.ocpi.partner_probe import PartnerProbe, why_no_hostile_partner
from scanner.ocpi.reply import NoReply
from scanner.ocpi.rogue.playing import Playing
from scanner.ocpi.rogue.spellings import inward_places
from scanner.ocpi.rogue.theatre import Theatre
from scanner.ocpi.rogue.trigger import PROBE, Trigger
from scanner.ocpi.rogue.wall import CONTROLS, scenarios
from scanner.ocpi.rogue.wardrobe import Wardrobe
from scanner.probe import ProbeContext

_PATIENCE_S: Final = 65.0  # a client that reads for longer than a minute has no bound that helps it
_TIME_FOR_ALL: Final = 15.0


class RogueProbe(PartnerProbe):
    """Every scenario once an endpoint, as the first identity that may; `after`: the probes that only look."""

    name = PROBE
    provides: frozenset[type] = frozenset(ROGUE_FACTS)
    kinds = ROGUE_FACTS
    nobody = "no disposable identity has a party, a role and a sink to register with"

    def __init__(self, after: Iterable[str], patience_s: float = _PATIENCE_S) -> None:
        super().__init__(after)
        self._patience_s = patience_s

    def why_not(self, target: EnvironmentTarget) -> NoReply | None:
        """See `PartnerProbe.why_not`."""
        return why_no_hostile_partner(target, "a hostile partner needs")

    def may(self, _target: EnvironmentTarget, identity: Identity) -> bool:
        """See `PartnerProbe.may`."""
        return may_register(identity)

    def planned(self, target: EnvironmentTarget, endpoint: Endpoint, identity: Identity) -> Iterable[PlannedRequest]:
        """One credentials request a scenario."""
        server = target.partner_server
        if server is None:
            return
        number = len(scenarios(inward_places(server.inward, server.host))) + len(CONTROLS) + 2
        yield PlannedRequest(
            probe=PROBE,
            effect=Effect.REGISTRATION,
            environment=target.name,
            what=f"is a hostile partner of {endpoint.versions_url}: credentials of {identity.party} to refuse",
            at_least=1,
            at_most=3 * number,
            identity=identity.name,
            leaves=(leftover(target, identity, None),),
        )

    async def be_partner(self, context: ProbeContext, endpoint: Endpoint, identity: Identity) -> None:
        """Play every scenario."""
        book = Notebook(context, endpoint, identity.name)
        interface = _newest(context, endpoint, identity.name)
        settings = context.target.partner_server
        if interface is None or settings is None or identity.party is None or identity.role is None:
            book.missing(book.platform(), ROGUE_FACTS, why_nothing(context, endpoint))
            return
        own = PartyInRole(party=identity.party, role=identity.role)
        left = leftover(context.target, identity, interface)
        trigger = Trigger(context, identity, own, interface, left, self._patience_s + _TIME_FOR_ALL)
        theatre = Theatre(
            context=context,
            settings=settings,
            identity=identity.name,
            version=interface.version,
            wardrobe=Wardrobe(settings, context.scratch, context.now),
            patience_s=self._patience_s,
        )
        async with theatre.opened() as why:
            if why is not None:
                book.missing(book.platform(), ROGUE_FACTS, why)
                return
            subject = replace(interface.subject, method=trigger.method)
            wall = scenarios(inward_places(settings.inward, settings.host))
            await Playing(book, theatre, trigger, subject).all(wall)


def _newest(context: ProbeContext, endpoint: Endpoint, identity: str) -> Interface | None:
    """The credentials interface of the newest version that there is data for."""
    found = [i for i in interfaces_of(context, endpoint, identity) if i.module == CREDENTIALS and i.version in VERSIONS]
    return max(found, key=lambda i: VERSIONS.index(i.version), default=None)
