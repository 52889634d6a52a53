"""Faults of reservations and charging profiles: what cannot be is taken, or what can be is not done."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.held import json_object, replaying, whole_body
from infra.service.faults.mending import mending
from infra.service.faults.records import answer
from infra.service.status import StatusCode
from infra.service.strict_json import JsonObject

_FAR: Final = "2099-01-01T00:00:00Z"
_RESERVE: Final = "/commands/RESERVE_NOW"
_CANCEL: Final = "/commands/CANCEL_RESERVATION"
_PROFILES: Final = "/chargingprofiles/"


def _never_past(path: str, document: JsonObject) -> JsonObject:
    return {**document, "expiry_date": _FAR} if path.endswith(_RESERVE) else document


def _in_order(path: str, document: JsonObject) -> JsonObject:
    profile = document.get("charging_profile")
    if _PROFILES not in path or not isinstance(profile, dict):
        return document
    periods: list[Any] = sorted(profile["charging_profile_period"], key=lambda period: period["start_period"])
    return {**document, "charging_profile": {**profile, "charging_profile_period": periods}}


class _WhoeverCancels:
    """Takes a cancellation for that of the partner who reserved."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._by: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith((_RESERVE, _CANCEL)):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        headers, named = dict(scope["headers"]), str(json_object(body).get("reservation_id"))
        if scope["path"].endswith(_RESERVE):
            self._by.setdefault(named, headers[b"authorization"])
        elif named in self._by:
            headers[b"authorization"] = self._by[named]
        await self._app({**scope, "headers": list(headers.items())}, replaying(body), send)


def _without_clearing(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "DELETE" and _PROFILES in scope["path"]:
            await answer(HTTPStatus.METHOD_NOT_ALLOWED, StatusCode.CLIENT_ERROR)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return wrapped


FAULTS: Final = (
    Fault(
        name="past-reservation-taken",
        summary="Reserves until a moment that is over.",
        by_writing=True,
        wrap_app=mending(_never_past),
    ),
    Fault(
        name="unordered-profile-taken",
        summary="Takes a charging profile whose periods are out of order.",
        by_writing=True,
        wrap_app=mending(_in_order),
    ),
    Fault(
        name="cancelled-by-anyone",
        summary="Cancels the reservation of another partner.",
        by_writing=True,
        wrap_app=_WhoeverCancels,
    ),
    Fault(
        name="profiles-not-cleared",
        summary="Has no DELETE of charging profiles.",
        by_writing=True,
        wrap_app=_without_clearing,
    ),
)
