"""Objects (OCPI 2.3.0, mod_cdrs: object description)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from infra.service.objects.base import (
    CiString2,
    CiString3,
    CiString32,
    CiString36,
    CiString39,
    CiString48,
    DateTime,
    Number,
    OcpiObject,
    OpenEnum,
    String3,
    String10,
    String20,
    String45,
    String255,
    String512,
    String5000,
)
from infra.service.v2_3_0.objects.location import ConnectorFormat, PowerType
from infra.service.v2_3_0.objects.places import GeoLocation
from infra.service.v2_3_0.objects.session import AuthMethod, CdrToken, ChargingPeriod
from infra.service.v2_3_0.objects.shared import Price
from infra.service.v2_3_0.objects.tariff import Tariff


class CdrLocation(OcpiObject):
    """Where the session took place, as it was then."""

    id: CiString36
    name: String255 | None = None
    address: String45
    city: String45
    postal_code: String10 | None = None
    state: String20 | None = None
    country: String3
    coordinates: GeoLocation
    evse_uid: CiString36
    evse_id: CiString48
    connector_id: CiString36
    connector_standard: OpenEnum
    connector_format: ConnectorFormat
    connector_power_type: PowerType


class SignedValue(OcpiObject):
    """One signed meter value."""

    nature: CiString32
    plain_data: String5000
    signed_data: String5000


class SignedData(OcpiObject):
    """Signed meter values of a session."""

    encoding_method: CiString36
    encoding_method_version: int | None = None
    public_key: String512 | None = None
    signed_values: Annotated[list[SignedValue], Field(min_length=1)]
    url: String512 | None = None


class Cdr(OcpiObject):
    """The bill of a session: energy in kWh, time in hours, costs in `currency`. Never changed once it was sent."""

    country_code: CiString2
    party_id: CiString3
    id: CiString39
    start_date_time: DateTime
    end_date_time: DateTime
    session_id: CiString36 | None = None
    cdr_token: CdrToken
    auth_method: AuthMethod
    authorization_reference: CiString36 | None = None
    cdr_location: CdrLocation
    meter_id: String255 | None = None
    currency: String3
    tariffs: list[Tariff] | None = None
    charging_periods: Annotated[list[ChargingPeriod], Field(min_length=1)]
    signed_data: SignedData | None = None
    total_cost: Price
    total_fixed_cost: Price | None = None
    total_energy: Number
    total_energy_cost: Price | None = None
    total_time: Number
    total_time_cost: Price | None = None
    total_parking_time: Number | None = None
    total_parking_cost: Price | None = None
    total_reservation_cost: Price | None = None
    remark: String255 | None = None
    invoice_reference_id: CiString39 | None = None
    credit: bool | None = None
    credit_reference_id: CiString39 | None = None
    home_charging_compensation: bool | None = None
    last_updated: DateTime
