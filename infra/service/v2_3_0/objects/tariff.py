"""Objects (OCPI 2.3.0, mod_tariffs: object description)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import (
    CiString2,
    CiString3,
    CiString36,
    Date,
    DateTime,
    Number,
    OcpiObject,
    String3,
    TimeOfDay,
    Url,
)
from infra.service.v2_3_0.objects.places import EnergyMix
from infra.service.v2_3_0.objects.shared import DisplayText

TariffDimensionType = Literal["ENERGY", "FLAT", "PARKING_TIME", "TIME"]
DayOfWeek = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
ReservationRestrictionType = Literal["RESERVATION", "RESERVATION_EXPIRES"]
TariffType = Literal["AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR"]
TaxIncluded = Literal["YES", "NO", "N/A"]


class PriceComponent(OcpiObject):
    """Price per kWh or hour; `step_size` in Wh or seconds."""

    type: TariffDimensionType
    price: Number
    vat: Number | None = None
    step_size: int


class TariffRestrictions(OcpiObject):
    """When an element applies: kWh, A, kW, seconds; local times and dates."""

    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    min_kwh: Number | None = None
    max_kwh: Number | None = None
    min_current: Number | None = None
    max_current: Number | None = None
    min_power: Number | None = None
    max_power: Number | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: list[DayOfWeek] | None = None
    reservation: ReservationRestrictionType | None = None


class TariffElement(OcpiObject):
    """Price components under the same restrictions."""

    price_components: Annotated[list[PriceComponent], Field(min_length=1)]
    restrictions: TariffRestrictions | None = None


class PriceLimit(OcpiObject):
    """The least or the most that a session costs."""

    before_taxes: Number
    after_taxes: Number | None = None


class Tariff(OcpiObject):
    """What charging costs."""

    country_code: CiString2
    party_id: CiString3
    id: CiString36
    currency: String3
    type: TariffType | None = None
    tariff_alt_text: list[DisplayText] | None = None
    tariff_alt_url: Url | None = None
    min_price: PriceLimit | None = None
    max_price: PriceLimit | None = None
    elements: Annotated[list[TariffElement], Field(min_length=1)]
    tax_included: TaxIncluded
    start_date_time: DateTime | None = None
    end_date_time: DateTime | None = None
    energy_mix: EnergyMix | None = None
    last_updated: DateTime
