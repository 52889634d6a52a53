"""Token and its authorisation (OCPI 2.2.1, mod_tokens: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import CiString2, CiString3, CiString36, DateTime, OcpiObject, String2, String64
from infra.service.v2_2_1.objects.shared import DisplayText, ProfileType, TokenType

AllowedType = Literal["ALLOWED", "BLOCKED", "EXPIRED", "NO_CREDIT", "NOT_ALLOWED"]
WhitelistType = Literal["ALWAYS", "ALLOWED", "ALLOWED_OFFLINE", "NEVER"]


class EnergyContract(OcpiObject):
    """The driver's own energy supplier."""

    supplier_name: String64
    contract_id: String64 | None = None


class Token(OcpiObject):
    """What a driver charges with. Identified by `uid` and `type` together."""

    country_code: CiString2
    party_id: CiString3
    uid: CiString36
    type: TokenType
    contract_id: CiString36
    visual_number: String64 | None = None
    issuer: String64
    group_id: CiString36 | None = None
    valid: bool
    whitelist: WhitelistType
    language: String2 | None = None
    default_profile_type: ProfileType | None = None
    energy_contract: EnergyContract | None = None
    last_updated: DateTime


class LocationReferences(OcpiObject):
    """Where a driver wants to charge."""

    location_id: CiString36
    evse_uids: list[CiString36] | None = None


class AuthorizationInfo(OcpiObject):
    """May this token charge?"""

    allowed: AllowedType
    token: Token
    location: LocationReferences | None = None
    authorization_reference: CiString36 | None = None
    info: DisplayText | None = None
