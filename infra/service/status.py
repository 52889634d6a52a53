"""OCPI status codes (OCPI 2.2.1, status_codes) and the one exception that turns into an OCPI error answer."""

from __future__ import annotations

from enum import IntEnum
from http import HTTPStatus


class StatusCode(IntEnum):
    """The `status_code` of the OCPI response format; the HTTP status travels beside it."""

    SUCCESS = 1000
    CLIENT_ERROR = 2000
    INVALID_PARAMETERS = 2001
    NOT_ENOUGH_INFORMATION = 2002
    UNKNOWN_LOCATION = 2003
    UNKNOWN_TOKEN = 2004
    SERVER_ERROR = 3000
    UNUSABLE_API = 3001
    UNSUPPORTED_VERSION = 3002
    NO_MATCHING_ENDPOINTS = 3003
    HUB_ERROR = 4000
    UNKNOWN_RECEIVER = 4001
    HUB_TIMEOUT = 4002
    NOT_CONNECTED = 4003


class Refusal(Exception):
    """The request is not served.

    `message` goes to the partner: it names a field or a rule, never a value that was sent, nor anything internal.
    """

    def __init__(
        self,
        http_status: HTTPStatus,
        status_code: StatusCode,
        message: str,
        *,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.status_code = status_code
        self.message = message
        self.headers = headers


def invalid_parameter(message: str) -> Refusal:
    """A malformed query parameter, header or path: HTTP 400 with OCPI 2001."""
    return Refusal(HTTPStatus.BAD_REQUEST, StatusCode.INVALID_PARAMETERS, message)


def invalid_object(message: str) -> Refusal:
    """A well-formed request whose object breaks a rule.

    It has reached the OCPI layer, where HTTP errors must not be returned (OCPI 2.2.1, status_codes): 200 with 2001.
    """
    return Refusal(HTTPStatus.OK, StatusCode.INVALID_PARAMETERS, message)


def not_found(message: str = "No such object", status_code: StatusCode = StatusCode.CLIENT_ERROR) -> Refusal:
    """The resource does not exist, or is not the partner's to see: the answer is the same."""
    return Refusal(HTTPStatus.NOT_FOUND, status_code, message)


def forbidden(message: str) -> Refusal:
    """The partner is known, and its contract does not cover the request."""
    return Refusal(HTTPStatus.FORBIDDEN, StatusCode.CLIENT_ERROR, message)
