"""Objects (OCPI 2.1.1, mod_tariffs: object description)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from infra.service.objects.base import Ascii3, Ascii36, Date, DateTime, Number, OcpiObject, TimeOfDay, Url
from infra.service.v2_1_1.objects.places import EnergyMix
from infra.service.v2_1_1.objects.shared import DisplayText

TariffDimensionType = Literal["ENERGY", "FLAT", "PARKING_TIME", "TIME"]
DayOfWeek = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]


class PriceComponent(OcpiObject):
    """Price per kWh or hour; `step_size` in Wh or seconds."""

    type: TariffDimensionType
    price: Number
    step_size: int


class TariffRestrictions(OcpiObject):
    """When an element applies: kWh, A, kW, seconds; local times and dates."""

    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    min_kwh: Number | None = None
    max_kwh: Number | None = None
    min_power: Number | None = None
    max_power: Number | None = None
    min_duration: int | None = None
    max_duration: int | None = None
    day_of_week: list[DayOfWeek] | None = None


class TariffElement(OcpiObject):
    """Price components under the same restrictions."""

    price_components: Annotated[list[PriceComponent], Field(min_length=1)]
    restrictions: TariffRestrictions | None = None


class Tariff(OcpiObject):
    """What charging costs."""

    id: Ascii36
    currency: Ascii3
    tariff_alt_text: list[DisplayText] | None = None
    tariff_alt_url: Url | None = None
    elements: Annotated[list[TariffElement], Field(min_length=1)]
    energy_mix: EnergyMix | None = None
    last_updated: DateTime
