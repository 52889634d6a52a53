"""Faults of what a receiver takes: each lets one kind of malformed object through, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeGuard

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.answers import changing_json
from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer, replaying, whole_body
from infra.service.faults.leniency import ABSENT, Refused, taking
from infra.service.status import StatusCode
from infra.service.strict_json import JsonObject

_ILL_TYPED: Final = "Invalid or missing"
_NOT_ONE_OBJECT: Final = ("Invalid JSON", "Content-Type", "The body must be")
_OF_OWNER: Final = ("country_code and party_id", "The id differs")
_OF_STATE: Final = ("last_updated", "The type", "A CDR with", "A session", "status:")
_BEYOND: Final = 1e15
_OF_A_LOCATION: Final = 2  # slashes in country code, party id and location id
_NO_NUMBER: Final = re.compile(rb"NaN|Infinity|\de[+-]?\d{3}|\d{300}")
_TEMPLATE: Final = re.compile(rb"\{\{7\*7\}\}|[$#]\{7\*7\}")
_NO_CHANGE: Final = (ABSENT, ABSENT)
_WRITES: Final = frozenset({"PUT", "POST", "PATCH"})
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_missing(refused: Refused) -> bool:
    before, now = refused.change() or _NO_CHANGE
    return refused.message.startswith(_ILL_TYPED) and before is not ABSENT and now is ABSENT


def _is_empty(refused: Refused) -> bool:
    before, now = refused.change() or _NO_CHANGE
    alike = now is None or type(now) is type(before)
    return refused.message.startswith(_ILL_TYPED) and now in _EMPTY and alike


def _is_ill_typed(refused: Refused) -> bool:
    before, now = refused.change() or _NO_CHANGE
    if not refused.message.startswith(_ILL_TYPED) or before is ABSENT or now is ABSENT or now in _EMPTY:
        return False
    return not (_number(before) and _number(now))


def _is_beyond(refused: Refused) -> bool:
    """Not a number, infinite, or larger than anything that is charged for."""
    before, now = refused.change() or _NO_CHANGE
    return _number(before) and _number(now) and not abs(now) < _BEYOND


def _is_contradiction(refused: Refused) -> bool:
    others = (_ILL_TYPED, *_NOT_ONE_OBJECT, *_OF_OWNER, *_OF_STATE)
    return not refused.message.startswith(others) and (refused.change() or _NO_CHANGE)[1] is not ABSENT


def _is_of_another(refused: Refused) -> bool:
    return refused.message.startswith(_OF_OWNER)


def _is_loose_json(refused: Refused) -> bool:
    return refused.message.startswith(_NOT_ONE_OBJECT) and not _NO_NUMBER.search(refused.body)


def _is_patch(refused: Refused) -> bool:
    return refused.method == "PATCH" and refused.message.startswith(_ILL_TYPED)


def _is_of_part(refused: Refused) -> bool:
    """Of an EVSE or Connector by itself: behind the owner's two segments and the location's one."""
    inside = refused.path.partition("/locations/")[2].count("/") > _OF_A_LOCATION
    return inside and _is_ill_typed(refused)


def _refused_write(document: JsonObject, scope: Scope) -> bool:
    return scope["method"] in _WRITES and document.get("status_code") in {
        StatusCode.CLIENT_ERROR,
        StatusCode.INVALID_PARAMETERS,
    }


def _say_success(document: JsonObject, scope: Scope, _status: int) -> None:
    if _refused_write(document, scope):
        document["status_code"] = int(StatusCode.SUCCESS)
        document["status_message"] = "Success"


def _answering(status: int, ocpi: StatusCode) -> Callable[[ASGIApp], ASGIApp]:
    """A wrapper that answers refused writes with other statuses."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["method"] not in _WRITES:
                await app(scope, receive, send)
                return
            held = HeldAnswer()
            await app(scope, receive, held)
            body = held.body
            refused = b'"status_code":2001' in body or b'"status_code":2000' in body
            if refused:
                held.messages[0]["status"] = status
                changed = body.replace(b'"status_code":2001', b'"status_code":%d' % ocpi)
                held.messages[1:] = [{"type": "http.response.body", "body": changed.replace(b":2000", b":%d" % ocpi)}]
            await held.pass_on(send)

        return wrapped

    return wrap


def _evaluating(app: ASGIApp) -> ASGIApp:
    """Fills templates in what partners push, as one that builds its pages or mails from it would."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITES:
            await app(scope, receive, send)
            return
        body = await whole_body(receive)
        await app(scope, replaying(_TEMPLATE.sub(b"49", body)), send)

    return wrapped


FAULTS: Final = (
    Fault(
        name="templates-evaluated",
        summary="Fills templates in the texts that a partner pushes.",
        by_writing=True,
        wrap_app=_evaluating,
    ),
    Fault(
        name="unvalidated-values",
        summary="Stores values of a wrong type, length or form that a partner pushes.",
        by_writing=True,
        wrap_app=taking(_is_ill_typed),
    ),
    Fault(
        name="mandatory-missing-stored",
        summary="Stores pushed objects that lack a mandatory property.",
        by_writing=True,
        wrap_app=taking(_is_missing),
    ),
    Fault(
        name="null-stored",
        summary="Stores null and empty values of mandatory properties.",
        by_writing=True,
        wrap_app=taking(_is_empty),
    ),
    Fault(
        name="unbounded-numbers",
        summary="Stores numbers beyond any meaning.",
        by_writing=True,
        wrap_app=taking(_is_beyond),
    ),
    Fault(
        name="contradictions-stored",
        summary="Stores pushed objects whose properties contradict each other.",
        by_writing=True,
        wrap_app=taking(_is_contradiction),
    ),
    Fault(
        name="body-owner-believed",
        summary="Stores an object under the owner or id that its body names, whatever the URL says.",
        by_writing=True,
        wrap_app=taking(_is_of_another),
    ),
    Fault(
        name="lenient-json",
        summary="Takes broken JSON, trailing text and any content type.",
        by_writing=True,
        wrap_app=taking(_is_loose_json),
    ),
    Fault(
        name="patch-unvalidated",
        summary="Validates whole objects, but not what a PATCH changes.",
        by_writing=True,
        wrap_app=taking(_is_patch),
    ),
    Fault(
        name="parts-unvalidated",
        summary="Validates whole Locations, but not EVSEs and Connectors that are pushed by themselves.",
        by_writing=True,
        wrap_app=taking(_is_of_part),
    ),
    Fault(
        name="success-for-refused",
        summary="Answers a refused write as a success.",
        by_writing=True,
        group="answer to a refused write",
        wrap_app=changing_json(_say_success),
    ),
    Fault(
        name="not-found-for-refused",
        summary="Answers a malformed message with 404.",
        by_writing=True,
        group="answer to a refused write",
        wrap_app=_answering(404, StatusCode.INVALID_PARAMETERS),
    ),
    Fault(
        name="crash-on-malformed",
        summary="Answers a malformed message with a server error.",
        by_writing=True,
        group="answer to a refused write",
        wrap_app=_answering(500, StatusCode.SERVER_ERROR),
    ),
)
