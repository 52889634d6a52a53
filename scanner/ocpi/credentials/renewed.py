"""One renewal that makes a platform of ours known to the target, so that it may call it."""

from scanner.model.observation import Reason
from scanner.model.party import Identity
from scanner.ocpi.credentials.bodies import PartyInRole, credentials_body
from scanner.ocpi.credentials.desk import Desk, Ended
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.probe import leftover
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.notes import not_configured
from scanner.ocpi.reply import NoReply
from scanner.probe import ProbeContext


async def renewed(
    context: ProbeContext, identity: Identity, at: Interface, partner: MadeUpPartner, probe: str
) -> NoReply | None:
    """PUT credentials that name the partner's platform; why that came to nothing, or None."""
    if identity.party is None or identity.role is None:
        return not_configured(f"{identity.name} has no party and role to register with")
    desk = Desk(context, identity.name, leftover(context.target, identity, at), probe)
    own = PartyInRole(party=identity.party, role=identity.role)
    body = credentials_body(at.version, partner.url(""), own)
    try:
        done = await desk.send("PUT", at, "PUT credentials with a platform that is to be called", body)
    except Ended as ended:
        return ended.why
    if done.accepted:
        return None
    detail = f"credentials with a platform of ours that is to be called were {done.answer.said()}"
    return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
