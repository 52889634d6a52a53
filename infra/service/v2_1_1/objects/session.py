"""Objects (OCPI 2.1.1, mod_sessions: object description)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import Ascii3, Ascii36, Ascii255, DateTime, Number, OcpiObject
from infra.service.v2_1_1.objects.location import Location

CdrDimensionType = Literal["ENERGY", "FLAT", "MAX_CURRENT", "MIN_CURRENT", "PARKING_TIME", "TIME"]
AuthMethod = Literal["AUTH_REQUEST", "WHITELIST"]
SessionStatus = Literal["ACTIVE", "COMPLETED", "INVALID", "PENDING"]


class CdrDimension(OcpiObject):
    """One measured quantity, in the unit of its type."""

    type: CdrDimensionType
    volume: Number


class ChargingPeriod(OcpiObject):
    """A part of a session during which nothing changed that matters for the price."""

    start_date_time: DateTime
    dimensions: Annotated[list[CdrDimension], Field(min_length=1)]


class Session(OcpiObject):
    """A charging session as it goes on; energy in kWh."""

    id: Ascii36
    start_datetime: DateTime
    end_datetime: DateTime | None = None
    kwh: Number
    auth_id: Ascii36
    auth_method: AuthMethod
    location: Location
    meter_id: Ascii255 | None = None
    currency: Ascii3
    charging_periods: list[ChargingPeriod] | None = None
    total_cost: Number | None = None
    status: SessionStatus
    last_updated: DateTime
