"""Objects (OCPI 2.1.1, mod_cdrs: object description)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from infra.service.objects.base import Ascii3, Ascii36, Ascii255, CiString36, DateTime, Number, OcpiObject
from infra.service.v2_1_1.objects.location import Location
from infra.service.v2_1_1.objects.session import AuthMethod, ChargingPeriod
from infra.service.v2_1_1.objects.tariff import Tariff


class Cdr(OcpiObject):
    """The bill of a session: energy in kWh, time in hours, costs in `currency`. Never changed once it was sent."""

    id: CiString36
    start_date_time: DateTime
    stop_date_time: DateTime
    auth_id: Ascii36
    auth_method: AuthMethod
    location: Location
    meter_id: Ascii255 | None = None
    currency: Ascii3
    tariffs: list[Tariff] | None = None
    charging_periods: Annotated[list[ChargingPeriod], Field(min_length=1)]
    total_cost: Number
    total_energy: Number
    total_time: Number
    total_parking_time: Number | None = None
    remark: Ascii255 | None = None
    last_updated: DateTime
