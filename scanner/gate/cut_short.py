"""Requests whose body does not get there whole, and where they may go."""

from ipaddress import ip_address

from scanner.model.effect import Effect
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import HttpIntent


def not_deliverable(intent: HttpIntent, addresses: tuple[str, ...]) -> Refused | None:
    """Why a body may not be delivered so; None where it may."""
    if intent.delivery is None:
        return None
    if intent.effect is Effect.REGISTRATION or not isinstance(intent.body, bytes):
        return Refused(kind=RefusalKind.UNSENDABLE, detail="what may bring a token is sent whole or not at all")
    if intent.delivery.oversends(intent.body) and not all(ip_address(a).is_loopback for a in addresses):
        why = "more bytes than were declared could be read as a request of somebody else: to loopback only"
        return Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=why)
    return None
