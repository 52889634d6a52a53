"""Faults of what answers say."""

from __future__ import annotations

import traceback
from typing import Final, NoReturn

from starlette.types import Scope

from infra.service.faults.answers import changing_json, served_objects
from infra.service.faults.fault import Fault
from infra.service.strict_json import JsonObject

_DETAILS: Final = "/ocpi/2.2.1"
_LOCATIONS: Final = "/ocpi/cpo/2.2.1/locations"
_TARIFFS: Final = "/ocpi/cpo/2.2.1/tariffs"
_ERRORS: Final = 400


def _advertise_plaintext(document: JsonObject, scope: Scope, _status: int) -> None:
    if scope["path"].rstrip("/") != _DETAILS:
        return
    for details in served_objects(document):
        for endpoint in details["endpoints"]:
            if endpoint["identifier"] == "credentials":
                endpoint["url"] = endpoint["url"].replace("https://", "http://", 1)


def _leak_stack_trace(document: JsonObject, _scope: Scope, status: int) -> None:
    if status < _ERRORS:
        return
    try:
        _fail(document)
    except LookupError:
        document["data"] = {"exception": traceback.format_exc()}


def _fail(document: JsonObject) -> NoReturn:
    raise LookupError(document["status_message"])


def _leave_out_city(document: JsonObject, scope: Scope, _status: int) -> None:
    if scope["path"].startswith(_LOCATIONS):
        for location in served_objects(document):
            location.pop("city", None)


def _serve_unknown_type(document: JsonObject, scope: Scope, _status: int) -> None:
    if scope["path"].startswith(_TARIFFS):
        for tariff in served_objects(document):
            tariff["type"] = "NIGHT_RATE"


FAULTS: Final = (
    Fault(
        name="plaintext-url-advertised",
        summary="the version details have an http URL for the credentials module",
        wrap_app=changing_json(_advertise_plaintext),
    ),
    Fault(
        name="leaking-stack-trace",
        summary="error answers carry a Python traceback",
        wrap_app=changing_json(_leak_stack_trace),
    ),
    Fault(
        name="missing-mandatory-field",
        summary="locations are served without `city`",
        wrap_app=changing_json(_leave_out_city),
    ),
    Fault(
        name="invalid-enum-served",
        summary="tariffs are served with a `type` that is no TariffType",
        wrap_app=changing_json(_serve_unknown_type),
    ),
)
