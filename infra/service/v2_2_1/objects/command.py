"""Objects (OCPI 2.2.1, mod_commands: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import CiString36, DateTime, OcpiObject, Url
from infra.service.v2_2_1.objects.shared import DisplayText
from infra.service.v2_2_1.objects.token import Token

CommandResponseType = Literal["NOT_SUPPORTED", "REJECTED", "ACCEPTED", "UNKNOWN_SESSION"]
CommandResultType = Literal[
    "ACCEPTED", "CANCELED_RESERVATION", "EVSE_OCCUPIED", "EVSE_INOPERATIVE", "FAILED", "NOT_SUPPORTED", "REJECTED",
    "TIMEOUT", "UNKNOWN_RESERVATION",
]  # fmt: skip


class CommandResponse(OcpiObject):
    """What the platform says to a command at once; timeout in seconds."""

    result: CommandResponseType
    timeout: int
    message: list[DisplayText] | None = None


class CommandResult(OcpiObject):
    """What the Charge Point said to a command."""

    result: CommandResultType
    message: list[DisplayText] | None = None


class CancelReservation(OcpiObject):
    """Give a reservation back."""

    response_url: Url
    reservation_id: CiString36


class ReserveNow(OcpiObject):
    """Keep an EVSE free for a token."""

    response_url: Url
    token: Token
    expiry_date: DateTime
    reservation_id: CiString36
    location_id: CiString36
    evse_uid: CiString36 | None = None
    authorization_reference: CiString36 | None = None


class StartSession(OcpiObject):
    """Start a session for a token."""

    response_url: Url
    token: Token
    location_id: CiString36
    evse_uid: CiString36 | None = None
    connector_id: CiString36 | None = None
    authorization_reference: CiString36 | None = None


class StopSession(OcpiObject):
    """Stop a session."""

    response_url: Url
    session_id: CiString36


class UnlockConnector(OcpiObject):
    """Unlock a connector."""

    response_url: Url
    location_id: CiString36
    evse_uid: CiString36
    connector_id: CiString36
