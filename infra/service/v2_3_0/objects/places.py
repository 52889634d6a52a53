"""Objects (OCPI 2.3.0, mod_locations: data types)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import (
    CiString4,
    CiString36,
    DateTime,
    Latitude,
    Longitude,
    Number,
    OcpiObject,
    OpenEnum,
    String64,
    String100,
    TimeOfDay,
    Url,
)
from infra.service.v2_3_0.objects.shared import DisplayText

EnergySourceCategory = Literal["NUCLEAR", "GENERAL_FOSSIL", "COAL", "GAS", "GENERAL_GREEN", "SOLAR", "WIND", "WATER"]


class GeoLocation(OcpiObject):
    """WGS 84 coordinates in decimal degrees."""

    latitude: Latitude
    longitude: Longitude


class AdditionalGeoLocation(OcpiObject):
    """A related point, with its name."""

    latitude: Latitude
    longitude: Longitude
    name: DisplayText | None = None


class Image(OcpiObject):
    """A picture at another URL; width and height in pixels."""

    url: Url
    thumbnail: Url | None = None
    category: OpenEnum
    type: CiString4
    width: Annotated[int, Field(ge=0, le=99999)] | None = None
    height: Annotated[int, Field(ge=0, le=99999)] | None = None


class BusinessDetails(OcpiObject):
    """The name under which a party does business."""

    name: String100
    website: Url | None = None
    logo: Image | None = None


class EnergySource(OcpiObject):
    """Share of one source, in percent."""

    source: EnergySourceCategory
    percentage: Number


class EnvironmentalImpact(OcpiObject):
    """Waste or emission, in g/kWh."""

    category: OpenEnum
    amount: Number


class EnergyMix(OcpiObject):
    """Where the energy comes from."""

    is_green_energy: bool
    energy_sources: list[EnergySource] | None = None
    environ_impact: list[EnvironmentalImpact] | None = None
    supplier_name: String64 | None = None
    energy_product_name: String64 | None = None


class RegularHours(OcpiObject):
    """Opening hours of one weekday, 1 is Monday; local time."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    period_begin: TimeOfDay
    period_end: TimeOfDay


class ExceptionalPeriod(OcpiObject):
    """A period outside the regular hours."""

    period_begin: DateTime
    period_end: DateTime


class Hours(OcpiObject):
    """Opening hours and their exceptions."""

    twentyfourseven: bool
    regular_hours: list[RegularHours] | None = None
    exceptional_openings: list[ExceptionalPeriod] | None = None
    exceptional_closings: list[ExceptionalPeriod] | None = None


class PublishTokenType(OcpiObject):
    """Tokens whose owners may see a location that is not published."""

    uid: CiString36 | None = None
    type: OpenEnum | None = None
    visual_number: String64 | None = None
    issuer: String64 | None = None
    group_id: CiString36 | None = None
