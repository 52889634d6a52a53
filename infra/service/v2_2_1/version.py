"""OCPI 2.2.1: its objects, and what else makes it differ."""

from __future__ import annotations

from typing import Final

from infra.service.modules.dialect import Dialect, ObjectTypes, ProfileTypes
from infra.service.modules.version import make_version
from infra.service.v2_2_1.objects.cdr import Cdr
from infra.service.v2_2_1.objects.charging_profile import (
    ActiveChargingProfile,
    ActiveChargingProfileResult,
    ChargingProfileResult,
    SetChargingProfile,
)
from infra.service.v2_2_1.objects.client_info import ClientInfo
from infra.service.v2_2_1.objects.command import (
    CancelReservation,
    CommandResult,
    ReserveNow,
    StartSession,
    StopSession,
    UnlockConnector,
)
from infra.service.v2_2_1.objects.credentials import Credentials
from infra.service.v2_2_1.objects.location import Connector, Evse, Location
from infra.service.v2_2_1.objects.session import ChargingPreferences, Session
from infra.service.v2_2_1.objects.tariff import Tariff
from infra.service.v2_2_1.objects.token import LocationReferences, Token

DIALECT: Final = Dialect(
    number="2.2.1",
    names_parties=True,
    types=ObjectTypes(
        location=Location,
        evse=Evse,
        connector=Connector,
        tariff=Tariff,
        token=Token,
        session=Session,
        cdr=Cdr,
        location_references=LocationReferences,
        credentials=Credentials,
    ),
    token_types=frozenset({"AD_HOC_USER", "APP_USER", "OTHER", "RFID"}),
    commands={
        "CANCEL_RESERVATION": CancelReservation,
        "RESERVE_NOW": ReserveNow,
        "START_SESSION": StartSession,
        "STOP_SESSION": StopSession,
        "UNLOCK_CONNECTOR": UnlockConnector,
    },
    command_result=CommandResult,
    preferences=ChargingPreferences,
    profiles=ProfileTypes(
        set_profile=SetChargingProfile,
        active_profile=ActiveChargingProfile,
        active_result=ActiveChargingProfileResult,
        result=ChargingProfileResult,
    ),
    client_info=ClientInfo,
)
VERSION: Final = make_version(DIALECT)
