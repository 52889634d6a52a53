"""Objects (OCPI 2.3.0, mod_locations: object description)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import (
    CiString2,
    CiString3,
    CiString25,
    CiString36,
    CiString48,
    CiString255,
    DateTime,
    Number,
    OcpiObject,
    OpenEnum,
    String3,
    String4,
    String10,
    String12,
    String16,
    String45,
    String50,
    String255,
    Url,
)
from infra.service.v2_3_0.objects.places import (
    AdditionalGeoLocation,
    BusinessDetails,
    EnergyMix,
    GeoLocation,
    Hours,
    Image,
    PublishTokenType,
)
from infra.service.v2_3_0.objects.shared import DisplayText

ParkingDirection = Literal["PARALLEL", "PERPENDICULAR", "ANGLE"]
EvsePosition = Literal["LEFT", "RIGHT", "CENTER"]
ConnectorFormat = Literal["SOCKET", "CABLE"]
PowerType = Literal["AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC"]
Status = Literal[
    "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN",
]  # fmt: skip


class Parking(OcpiObject):
    """A parking space; weight in kg, sizes in cm, time limit in minutes."""

    id: CiString36
    physical_reference: String12 | None = None
    vehicle_types: Annotated[list[OpenEnum], Field(min_length=1)]
    max_vehicle_weight: Number | None = None
    max_vehicle_height: Number | None = None
    max_vehicle_length: Number | None = None
    max_vehicle_width: Number | None = None
    parking_space_length: Number | None = None
    parking_space_width: Number | None = None
    dangerous_goods_allowed: bool | None = None
    direction: ParkingDirection | None = None
    drive_through: bool | None = None
    restricted_to_type: bool
    reservation_required: bool
    time_limit: Number | None = None
    roofed: bool | None = None
    images: list[Image] | None = None
    lighting: bool | None = None
    refrigeration_outlet: bool | None = None
    standards: list[CiString36] | None = None
    apds_reference: CiString255 | None = None


class EvseParking(OcpiObject):
    """Which parking space belongs to an EVSE."""

    parking_id: CiString36
    evse_position: EvsePosition | None = None


class Connector(OcpiObject):
    """One socket or cable; volts, amperes, watts."""

    id: CiString36
    standard: OpenEnum
    format: ConnectorFormat
    power_type: PowerType
    max_voltage: int
    max_amperage: int
    max_electric_power: int | None = None
    tariff_ids: list[CiString36] | None = None
    terms_and_conditions: Url | None = None
    capabilities: list[OpenEnum] | None = None
    last_updated: DateTime


class StatusSchedule(OcpiObject):
    """A status in the future."""

    period_begin: DateTime
    period_end: DateTime | None = None
    status: Status


class Evse(OcpiObject):
    """The part that charges one vehicle at a time."""

    uid: CiString36
    evse_id: CiString48 | None = None
    status: Status
    status_schedule: list[StatusSchedule] | None = None
    capabilities: list[OpenEnum] | None = None
    connectors: Annotated[list[Connector], Field(min_length=1)]
    floor_level: String4 | None = None
    coordinates: GeoLocation | None = None
    physical_reference: String16 | None = None
    directions: list[DisplayText] | None = None
    parking_restrictions: list[OpenEnum] | None = None
    parking: list[EvseParking] | None = None
    images: list[Image] | None = None
    accepted_service_providers: list[String50] | None = None
    last_updated: DateTime


class Location(OcpiObject):
    """A place where EVSEs stand together."""

    country_code: CiString2
    party_id: CiString3
    id: CiString36
    publish: bool
    publish_allowed_to: list[PublishTokenType] | None = None
    name: String255 | None = None
    address: String255
    city: String45
    postal_code: String10 | None = None
    state: String45 | None = None
    country: String3
    coordinates: GeoLocation
    related_locations: list[AdditionalGeoLocation] | None = None
    parking_type: OpenEnum | None = None
    evses: list[Evse] | None = None
    parking_places: list[Parking] | None = None
    directions: list[DisplayText] | None = None
    operator: BusinessDetails | None = None
    suboperator: BusinessDetails | None = None
    owner: BusinessDetails | None = None
    facilities: list[OpenEnum] | None = None
    time_zone: String255
    opening_times: Hours | None = None
    charging_when_closed: bool | None = None
    images: list[Image] | None = None
    energy_mix: EnergyMix | None = None
    help_phone: CiString25 | None = None
    last_updated: DateTime
