"""The OCPI response format (OCPI 2.2.1, transport_and_format: response format)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from pydantic_core import to_json
from starlette.responses import Response

from infra.service.call import Answer
from infra.service.datetimes import format_datetime
from infra.service.status import Refusal, StatusCode


def render(answer: Answer, moment: datetime) -> Response:
    """The HTTP response of an answer."""
    document: dict[str, object] = {}
    if answer.data is not None:
        document["data"] = answer.data
    document |= {
        "status_code": int(answer.status_code),
        "status_message": answer.message,
        "timestamp": format_datetime(moment),
    }
    body = to_json(document, inf_nan_mode="null")
    response = Response(body, status_code=answer.http_status, media_type="application/json")
    for name, value in answer.headers:
        response.headers.append(name, value)
    return response


def refused(refusal: Refusal) -> Answer:
    """A refusal as an answer without data."""
    return Answer(
        http_status=refusal.http_status,
        status_code=refusal.status_code,
        message=refusal.message,
        headers=refusal.headers,
    )


UNAUTHORIZED = Answer(
    http_status=HTTPStatus.UNAUTHORIZED,
    status_code=StatusCode.CLIENT_ERROR,
    message="Unauthorized",
    headers=(("WWW-Authenticate", "Token"),),  # RFC 9110, 11.6.1
)
SERVER_ERROR = Answer(
    http_status=HTTPStatus.INTERNAL_SERVER_ERROR,
    status_code=StatusCode.SERVER_ERROR,
    message="Internal error",
)
