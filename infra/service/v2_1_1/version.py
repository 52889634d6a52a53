"""OCPI 2.1.1: its objects, and what else makes it differ."""

from __future__ import annotations

from typing import Final

from infra.service.modules.dialect import Dialect, ObjectTypes
from infra.service.modules.version import make_version
from infra.service.v2_1_1.objects.cdr import Cdr
from infra.service.v2_1_1.objects.command import CommandResponse, ReserveNow, StartSession, StopSession, UnlockConnector
from infra.service.v2_1_1.objects.credentials import Credentials
from infra.service.v2_1_1.objects.location import Connector, Evse, Location
from infra.service.v2_1_1.objects.session import Session
from infra.service.v2_1_1.objects.tariff import Tariff
from infra.service.v2_1_1.objects.token import LocationReferences, Token

DIALECT: Final = Dialect(
    number="2.1.1",
    names_parties=False,
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
    token_types=frozenset({"OTHER", "RFID"}),
    commands={
        "RESERVE_NOW": ReserveNow,
        "START_SESSION": StartSession,
        "STOP_SESSION": StopSession,
        "UNLOCK_CONNECTOR": UnlockConnector,
    },
    command_result=CommandResponse,
)
VERSION: Final = make_version(DIALECT)
