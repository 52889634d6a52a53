"""Objects (OCPI 2.1.1, mod_locations: object description)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import (
    Ascii3,
    Ascii4,
    Ascii10,
    Ascii16,
    Ascii36,
    Ascii39,
    Ascii45,
    Ascii48,
    Ascii255,
    DateTime,
    OcpiObject,
    Url,
)
from infra.service.v2_1_1.objects.places import (
    AdditionalGeoLocation,
    BusinessDetails,
    EnergyMix,
    GeoLocation,
    Hours,
    Image,
)
from infra.service.v2_1_1.objects.shared import DisplayText

ConnectorType = Literal[
    "CHADEMO", "DOMESTIC_A", "DOMESTIC_B", "DOMESTIC_C", "DOMESTIC_D", "DOMESTIC_E", "DOMESTIC_F", "DOMESTIC_G",
    "DOMESTIC_H", "DOMESTIC_I", "DOMESTIC_J", "DOMESTIC_K", "DOMESTIC_L", "IEC_60309_2_single_16",
    "IEC_60309_2_three_16", "IEC_60309_2_three_32", "IEC_60309_2_three_64", "IEC_62196_T1", "IEC_62196_T1_COMBO",
    "IEC_62196_T2", "IEC_62196_T2_COMBO", "IEC_62196_T3A", "IEC_62196_T3C", "TESLA_R", "TESLA_S",
]  # fmt: skip
ConnectorFormat = Literal["SOCKET", "CABLE"]
PowerType = Literal["AC_1_PHASE", "AC_3_PHASE", "DC"]
Status = Literal[
    "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN",
]  # fmt: skip
Capability = Literal[
    "CHARGING_PROFILE_CAPABLE", "CREDIT_CARD_PAYABLE", "REMOTE_START_STOP_CAPABLE", "RESERVABLE", "RFID_READER",
    "UNLOCK_CAPABLE",
]  # fmt: skip
ParkingRestriction = Literal["EV_ONLY", "PLUGGED", "DISABLED", "CUSTOMERS", "MOTORCYCLES"]
LocationType = Literal["ON_STREET", "PARKING_GARAGE", "UNDERGROUND_GARAGE", "PARKING_LOT", "OTHER", "UNKNOWN"]
Facility = Literal[
    "HOTEL", "RESTAURANT", "CAFE", "MALL", "SUPERMARKET", "SPORT", "RECREATION_AREA", "NATURE", "MUSEUM",
    "BUS_STOP", "TAXI_STAND", "TRAIN_STATION", "AIRPORT", "CARPOOL_PARKING", "FUEL_STATION", "WIFI",
]  # fmt: skip


class Connector(OcpiObject):
    """One socket or cable; volts, amperes, watts."""

    id: Ascii36
    standard: ConnectorType
    format: ConnectorFormat
    power_type: PowerType
    voltage: int
    amperage: int
    tariff_id: Ascii36 | None = None
    terms_and_conditions: Url | None = None
    last_updated: DateTime


class StatusSchedule(OcpiObject):
    """A status in the future."""

    period_begin: DateTime
    period_end: DateTime | None = None
    status: Status


class Evse(OcpiObject):
    """The part that charges one vehicle at a time."""

    uid: Ascii39
    evse_id: Ascii48 | None = None
    status: Status
    status_schedule: list[StatusSchedule] | None = None
    capabilities: list[Capability] | None = None
    connectors: Annotated[list[Connector], Field(min_length=1)]
    floor_level: Ascii4 | None = None
    coordinates: GeoLocation | None = None
    physical_reference: Ascii16 | None = None
    directions: list[DisplayText] | None = None
    parking_restrictions: list[ParkingRestriction] | None = None
    images: list[Image] | None = None
    last_updated: DateTime


class Location(OcpiObject):
    """A place where EVSEs stand together."""

    id: Ascii39
    type: LocationType
    name: Ascii255 | None = None
    address: Ascii45
    city: Ascii45
    postal_code: Ascii10
    country: Ascii3
    coordinates: GeoLocation
    related_locations: list[AdditionalGeoLocation] | None = None
    evses: list[Evse] | None = None
    directions: list[DisplayText] | None = None
    operator: BusinessDetails | None = None
    suboperator: BusinessDetails | None = None
    owner: BusinessDetails | None = None
    facilities: list[Facility] | None = None
    time_zone: Ascii255 | None = None
    opening_times: Hours | None = None
    charging_when_closed: bool | None = None
    images: list[Image] | None = None
    energy_mix: EnergyMix | None = None
    last_updated: DateTime
