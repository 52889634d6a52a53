"""The positive control of a canary: whether the platform comes to its port at all, where a sound partner names it."""

from typing import Final

from scanner.model.party import Identity
from scanner.model.target import PartnerServer
from scanner.ocpi.credentials.bodies import PartyInRole
from scanner.ocpi.credentials.probe import leftover
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply
from scanner.ocpi.rogue.theatre import Theatre
from scanner.ocpi.rogue.trigger import Trigger
from scanner.ocpi.rogue.wall import AT_SECOND
from scanner.ocpi.rogue.wardrobe import Wardrobe
from scanner.probe import ProbeContext

_HANDSHAKE_S: Final = 30.0


async def second_is_called(
    context: ProbeContext, settings: PartnerServer, identity: Identity, credentials: Interface, probe: str
) -> bool:
    """PUT credentials whose versions URL stands there; no credentials module does, so that nothing comes of them."""
    if identity.party is None or identity.role is None:
        return False
    theatre = Theatre(
        context=context,
        settings=settings,
        identity=identity.name,
        version=credentials.version,
        wardrobe=Wardrobe(settings, context.scratch, context.now),
        patience_s=_HANDSHAKE_S,
        probe=probe,
    )
    own = PartyInRole(party=identity.party, role=identity.role)
    left = leftover(context.target, identity, credentials)
    async with theatre.opened() as closed:
        if closed is not None:
            return False
        trigger = Trigger(context, identity, own, credentials, left, _HANDSHAKE_S, probe)
        performance = await theatre.play(AT_SECOND, trigger)
    return not isinstance(performance, NoReply) and bool(performance.site.calls)
