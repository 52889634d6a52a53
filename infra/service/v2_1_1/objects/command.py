"""Objects (OCPI 2.1.1, mod_commands: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import Ascii36, Ascii39, DateTime, OcpiObject, Url
from infra.service.v2_1_1.objects.token import Token

CommandResponseType = Literal["NOT_SUPPORTED", "REJECTED", "ACCEPTED", "TIMEOUT", "UNKNOWN_SESSION"]


class CommandResponse(OcpiObject):
    """What the platform says to a command at once; timeout in seconds."""

    result: CommandResponseType


class ReserveNow(OcpiObject):
    """Keep an EVSE free for a token."""

    response_url: Url
    token: Token
    expiry_date: DateTime
    reservation_id: int
    location_id: Ascii39
    evse_uid: Ascii39 | None = None


class StartSession(OcpiObject):
    """Start a session for a token."""

    response_url: Url
    token: Token
    location_id: Ascii39
    evse_uid: Ascii39 | None = None


class StopSession(OcpiObject):
    """Stop a session."""

    response_url: Url
    session_id: Ascii36


class UnlockConnector(OcpiObject):
    """Unlock a connector."""

    response_url: Url
    location_id: Ascii39
    evse_uid: Ascii39
    connector_id: Ascii36
