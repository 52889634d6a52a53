"""Faults of lifecycles: what an object becomes that it cannot, and what a repeated message does twice."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.leniency import Refused, taking
from infra.service.faults.records import Records, Write, answer, done, making
from infra.service.status import StatusCode

_UNKNOWN: Final = ("No such", "Unknown token")
_AFTER_PENDING: Final = frozenset({"ACTIVE", "INVALID"})  # what OCPI names
_KEPT_FOR_EVER: Final = ("/sessions/", "/tokens/", "/locations/")


def _is_of_ended_session(refused: Refused) -> bool:
    return refused.message.startswith("A session that has ended")


def _is_older(refused: Refused) -> bool:
    return refused.message.startswith("last_updated is older")


def _is_of_other_type(refused: Refused) -> bool:
    return refused.message.startswith("The type")


def _is_patch_of_unknown(refused: Refused) -> bool:
    return refused.method == "PATCH" and refused.before is None and refused.message.startswith(_UNKNOWN)


def _is_undated_patch(refused: Refused) -> bool:
    return refused.method == "PATCH" and refused.message == "Invalid or missing: last_updated"


def _is_bad_credit(refused: Refused) -> bool:
    is_credit = isinstance(refused.document, dict) and refused.document.get("credit") is True
    return is_credit and not _is_other_cdr(refused)


def _is_other_cdr(refused: Refused) -> bool:
    return refused.message.startswith("A CDR with this id exists")


def _edit(records: Records, write: Write) -> JSONResponse | None:
    if write.method == "POST" and write.accepted and write.location:
        records.taken[urlsplit(write.location).path] = write.document
    if write.method == "POST" or "/cdrs/" not in write.path:
        return None
    before = records.kept.get(write.path) or records.taken.get(write.path, {})
    edited = {"PUT": write.document, "PATCH": {**before, **write.document}, "DELETE": None}
    records.kept[write.path] = edited[write.method]
    return done()


def _delete(records: Records, write: Write) -> JSONResponse | None:
    if write.method != "DELETE" or not any(module in write.path for module in _KEPT_FOR_EVER):
        records.kept.pop(write.path, None)
        return None
    records.kept[write.path] = None
    return done()


def _post_twice(records: Records, write: Write) -> JSONResponse | None:
    if write.method != "POST" or not write.accepted or not write.location:
        return None
    path = urlsplit(write.location).path
    if path not in records.taken:
        records.taken[path] = write.document
        return None
    second = f"{path}-{len(records.kept)}"
    records.kept[second] = write.document
    return done(f"{write.origin}{second}")


def _count_twice(records: Records, write: Write) -> JSONResponse | None:
    if write.method != "PUT" or not write.accepted or "/sessions/" not in write.path:
        return None
    if records.taken.get(write.path) == write.document:
        records.kept[write.path] = {**write.document, "kwh": 2 * write.document["kwh"]}
    else:
        records.kept.pop(write.path, None)
    records.taken[write.path] = write.document
    return None


def _half_change(records: Records, write: Write) -> JSONResponse | None:
    if write.method not in {"PUT", "PATCH"} or not write.accepted or "/sessions/" not in write.path:
        return None
    before = records.taken.get(write.path, {})
    now = records.taken[write.path] = {**before, **write.document}
    if before.get("status") != "PENDING" or now.get("status") in _AFTER_PENDING:
        return None
    return answer(HTTPStatus.OK, StatusCode.INVALID_PARAMETERS)


class _AnswersFromMemory:
    """The service, but a message with an X-Request-ID that was used before gets the answer of the one before."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._seen: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        request_id = headers.get(b"x-request-id", b"")
        if scope["type"] == "http" and scope["method"] in {"PUT", "POST"}:
            if request_id in self._seen:
                await done()(scope, receive, send)
                return
            self._seen.add(request_id)
        await self._app(scope, receive, send)


def _without_patch(app: ASGIApp) -> ASGIApp:
    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "PATCH":
            await answer(HTTPStatus.METHOD_NOT_ALLOWED, StatusCode.CLIENT_ERROR)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return wrapped


def _reopen_in_oldest(app: ASGIApp) -> ASGIApp:
    """The fault `session-reopened` in 2.1.1 alone."""
    lax = taking(_is_of_ended_session)(app)

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        oldest = scope["type"] == "http" and "/2.1.1/" in scope["path"]
        await (lax if oldest else app)(scope, receive, send)

    return wrapped


FAULTS: Final = (
    Fault(
        name="session-reopened",
        summary="Takes changes of a session that is completed.",
        by_writing=True,
        wrap_app=taking(_is_of_ended_session),
    ),
    Fault(
        name="session-reopened-in-one-version",
        summary="Takes changes of a session that is completed, through its oldest version.",
        by_writing=True,
        wrap_app=_reopen_in_oldest,
    ),
    Fault(
        name="pending-session-half-changed",
        summary="Stores what becomes of a pending session that OCPI does not name, and answers it as refused.",
        by_writing=True,
        wrap_app=making(_half_change),
    ),
    Fault(
        name="older-update-wins",
        summary="Lets an older version of an object replace a newer one.",
        by_writing=True,
        wrap_app=taking(_is_older),
    ),
    Fault(
        name="token-retyped",
        summary="Lets a token become one of another type.",
        by_writing=True,
        wrap_app=taking(_is_of_other_type),
    ),
    Fault(
        name="patch-creates",
        summary="Makes an object of a PATCH of what is not there.",
        by_writing=True,
        wrap_app=taking(_is_patch_of_unknown),
    ),
    Fault(
        name="undated-patch",
        summary="Takes a PATCH that does not say when it was.",
        by_writing=True,
        wrap_app=taking(_is_undated_patch),
    ),
    Fault(
        name="credit-unchecked",
        summary="Takes credit CDRs that charge, give back more than was charged, or credit nothing.",
        by_writing=True,
        wrap_app=taking(_is_bad_credit),
    ),
    Fault(
        name="cdr-overwritten",
        summary="Takes another CDR under an id that is known.",
        by_writing=True,
        wrap_app=taking(_is_other_cdr),
    ),
    Fault(
        name="cdr-editable",
        summary="Takes PUT, PATCH and DELETE of a CDR.",
        by_writing=True,
        wrap_app=making(_edit),
    ),
    Fault(
        name="cdr-duplicated",
        summary="Makes a second CDR of one that comes twice.",
        by_writing=True,
        wrap_app=making(_post_twice),
    ),
    Fault(
        name="energy-counted-twice",
        summary="Adds the energy of a session again when its PUT comes twice.",
        by_writing=True,
        wrap_app=making(_count_twice),
    ),
    Fault(
        name="deletes-what-stays",
        summary="Deletes sessions, tokens and locations.",
        by_writing=True,
        wrap_app=making(_delete),
    ),
    Fault(
        name="request-id-remembered",
        summary="Answers any message whose X-Request-ID was used before as a success, and does nothing.",
        by_writing=True,
        wrap_app=_AnswersFromMemory,
    ),
    Fault(
        name="patch-missing",
        summary="Has no PATCH.",
        by_writing=True,
        wrap_app=_without_patch,
    ),
)
