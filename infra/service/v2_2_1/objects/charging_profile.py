"""Objects (OCPI 2.2.1, mod_charging_profiles: object description)."""

from __future__ import annotations

from typing import Literal

from infra.service.objects.base import DateTime, Number, OcpiObject, Url

ChargingRateUnit = Literal["W", "A"]
ChargingProfileResponseType = Literal["ACCEPTED", "NOT_SUPPORTED", "REJECTED", "TOO_OFTEN", "UNKNOWN_SESSION"]
ChargingProfileResultType = Literal["ACCEPTED", "REJECTED", "UNKNOWN"]


class ChargingProfilePeriod(OcpiObject):
    """A limit, from `start_period` seconds after the start of the profile."""

    start_period: int
    limit: Number


class ChargingProfile(OcpiObject):
    """Limits over time, in W or A; duration in seconds."""

    start_date_time: DateTime | None = None
    duration: int | None = None
    charging_rate_unit: ChargingRateUnit
    min_charging_rate: Number | None = None
    charging_profile_period: list[ChargingProfilePeriod] | None = None


class ActiveChargingProfile(OcpiObject):
    """The profile that the EVSE follows."""

    start_date_time: DateTime
    charging_profile: ChargingProfile


class ChargingProfileResponse(OcpiObject):
    """What the platform says to a request at once; timeout in seconds."""

    result: ChargingProfileResponseType
    timeout: int


class ActiveChargingProfileResult(OcpiObject):
    """The profile that the EVSE said it follows."""

    result: ChargingProfileResultType
    profile: ActiveChargingProfile | None = None


class ChargingProfileResult(OcpiObject):
    """What the EVSE said to a new profile."""

    result: ChargingProfileResultType


class ClearProfileResult(OcpiObject):
    """What the EVSE said to the end of a profile."""

    result: ChargingProfileResultType


class SetChargingProfile(OcpiObject):
    """A new profile for a session."""

    charging_profile: ChargingProfile
    response_url: Url
