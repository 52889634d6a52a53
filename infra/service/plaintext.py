"""What the plaintext port says when it is open but OCPI is not served there."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import Receive, Scope, Send

from infra.service.call import Answer
from infra.service.datetimes import now
from infra.service.envelope import render
from infra.service.status import StatusCode

_ANSWER = Answer(http_status=HTTPStatus.FORBIDDEN, status_code=StatusCode.CLIENT_ERROR, message="HTTPS only")


async def refuse_plaintext(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse everything: no redirect, which would make clients send their token in clear first."""
    if scope["type"] != "http":
        return
    response = render(_ANSWER, now())
    response.headers["Cache-Control"] = "no-store"
    response.headers["Connection"] = "close"
    await response(scope, receive, send)
