"""Where OCPI carries personal data: the one list, by field of its objects, and patterns for what stands elsewhere.

OCPI 2.1.1 to 2.3.0: Token, CdrToken, PublishTokenType, EnergyContract (mod_tokens), CDR, CdrLocation (mod_cdrs),
Session (mod_sessions), Location, EVSE (mod_locations). Plates, VINs and addresses of mail are in no class of OCPI;
platforms add such fields, which OCPI allows.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What was masked, by the name under which it is counted."""

    CONTRACT_ID = "contract_id"
    TOKEN_UID = "token_uid"
    VISUAL_NUMBER = "visual_number"
    TOKEN_GROUP = "token_group"
    LICENCE_PLATE = "licence_plate"
    EMAIL = "email"
    VIN = "vin"
    HOME = "home"


# Masked wherever they stand; names in lower case.
ALWAYS: Final[Mapping[str, Kind]] = {
    "contract_id": Kind.CONTRACT_ID,
    "auth_id": Kind.CONTRACT_ID,
    "emaid": Kind.CONTRACT_ID,
    "evco_id": Kind.CONTRACT_ID,
    "visual_number": Kind.VISUAL_NUMBER,
    "group_id": Kind.TOKEN_GROUP,
    "token_uid": Kind.TOKEN_UID,
    "license_plate": Kind.LICENCE_PLATE,
    "licence_plate": Kind.LICENCE_PLATE,
    "number_plate": Kind.LICENCE_PLATE,
    "vehicle_license_plate": Kind.LICENCE_PLATE,
    "vehicle_licence_plate": Kind.LICENCE_PLATE,
    "email": Kind.EMAIL,
    "e_mail": Kind.EMAIL,
    "email_address": Kind.EMAIL,
    "vin": Kind.VIN,
    "vehicle_vin": Kind.VIN,
}

# `uid` names a driver's token, but for an EVSE, which has one of these beside it and none of those of a token.
UID: Final = "uid"
OF_AN_EVSE: Final = frozenset(
    {
        "evse_id", "connectors", "status", "status_schedule", "capabilities", "floor_level", "physical_reference",
        "parking_restrictions", "parking",
    }
)  # fmt: skip
OF_A_TOKEN: Final = frozenset({"contract_id", "auth_id", "visual_number", "issuer", "group_id", "valid", "whitelist"})

# A charging point at a home: a Location that is not published or stands on a driveway; the location of a CDR or Session
# that does not say that no home is compensated for (2.1.1 cannot say it).
NOT_PUBLISHED: Final = "publish"
PARKING: Final = "parking_type"
DRIVEWAY: Final = "ON_DRIVEWAY"
COMPENSATION: Final = "home_charging_compensation"
LOCATIONS_OF_A_CHARGE: Final = frozenset({"cdr_location", "location"})
OF_A_CHARGE: Final = frozenset({"cdr_token", "auth_id", "charging_periods", COMPENSATION})
# What tells where a home is, at any depth below it.
PLACE: Final = frozenset({"latitude", "longitude", "address", "postal_code", "name", "text"})

EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b")
# eMAID: country, provider, C, eight characters, check digit (ISO 15118-1, annex H; eMI3), with or without separators.
CONTRACT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?i:[A-Z]{2}([-*])[A-Z0-9]{3}\1C[A-Z0-9]{8}(?:\1?[A-Z0-9])?)"
    r"|[A-Z]{2}[A-Z0-9]{3}C[A-Z0-9]{8}[A-Z0-9]?)(?![A-Za-z0-9])"
)
# ISO 3779: 17 characters without I, O and Q; the serial number at its end is numeric in practice.
VIN: Final = re.compile(r"(?<![A-Za-z0-9])(?=\d{0,3}[A-Z])[A-HJ-NPR-Z0-9]{13}\d{4}(?![A-Za-z0-9])")
SHORTEST_PATTERN: Final = 14  # characters of what either of the two can match
# The Token object in a URL: .../tokens/{country_code}/{party_id}/{token_uid}
TOKEN_PATH: Final = re.compile(r"(/tokens/[A-Za-z]{2}/[A-Za-z0-9]{3}/)([^/?#\s\"'\\]+)", re.IGNORECASE)
# What the scanner itself made up is nobody's.
MADE_UP: Final = re.compile(r"POSTURE-|\[redacted|\{")
