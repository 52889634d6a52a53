"""Objects (OCPI 2.1.1, mod_tokens: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import Ascii2, Ascii36, Ascii39, Ascii64, DateTime, OcpiObject
from infra.service.v2_1_1.objects.shared import DisplayText

TokenType = Literal["OTHER", "RFID"]
WhitelistType = Literal["ALWAYS", "ALLOWED", "ALLOWED_OFFLINE", "NEVER"]
Allowed = Literal["ALLOWED", "BLOCKED", "EXPIRED", "NO_CREDIT", "NOT_ALLOWED"]


class Token(OcpiObject):
    """What a driver charges with. Identified by `uid` and `type` together."""

    uid: Ascii36
    type: TokenType
    auth_id: Ascii36
    visual_number: Ascii64 | None = None
    issuer: Ascii64
    valid: bool
    whitelist: WhitelistType
    language: Ascii2 | None = None
    last_updated: DateTime


class LocationReferences(OcpiObject):
    """Where a driver wants to charge."""

    location_id: Ascii39
    evse_uids: list[Ascii39] | None = None
    connector_ids: list[Ascii36] | None = None


class AuthorizationInfo(OcpiObject):
    """May this token charge?"""

    allowed: Allowed
    location: LocationReferences | None = None
    info: DisplayText | None = None
