"""How a command, or the result of one, was answered (commands, CommandResponse object; status codes)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from scanner.model.exchange import Exchange, HttpOutcome, Refused
from scanner.model.facts.ocpi.commands import Asked, Took
from scanner.model.ocpi.response_format import ocpi_status
from scanner.ocpi.repeat import repeat_line

_NOT_LET_IN: Final = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_CLIENT_ERROR: Final = range(2000, 3000)
_OF_THE_MESSAGE: Final = frozenset({2001, 2002})  # a parameter; it may be the URL for the result
_SERVER_ERROR: Final = range(3000, 5000)
_LONGEST_CURL: Final = 4000  # characters


def asked(command: str, outcome: HttpOutcome, *, result: bool) -> Asked:
    """Read an answer to a command, or to the `result` of one."""
    if isinstance(outcome, Refused):
        return Asked(command=command, took=Took.NOT_SENT, why=outcome.detail)
    if not isinstance(outcome, Exchange):
        return Asked(command=command, took=Took.FAILED, why=str(outcome))
    ocpi, response = ocpi_status(outcome.body), _response(outcome.body)
    took = _took(outcome.status, ocpi, response)
    if took is Took.REFUSED and ocpi in _OF_THE_MESSAGE and not result:
        took = Took.OF_THE_MESSAGE
    curl = repeat_line(outcome) if took is Took.ACCEPTED else ""
    return Asked(
        command=command,
        took=took,
        http_status=outcome.status,
        ocpi_status=ocpi,
        result=response,
        curl=curl if len(curl) <= _LONGEST_CURL else "",
    )


def _took(http: int, ocpi: int | None, response: str) -> Took:
    if http in _NOT_LET_IN:
        return Took.NOT_LET_IN
    if http >= HTTPStatus.INTERNAL_SERVER_ERROR or ocpi in _SERVER_ERROR:
        return Took.FAILED
    if ocpi in _CLIENT_ERROR:
        return Took.REFUSED
    if http >= HTTPStatus.MULTIPLE_CHOICES:  # a bare 404 may be about the path as well
        return Took.UNREADABLE if ocpi is None else Took.REFUSED
    if ocpi is None:
        return Took.UNREADABLE
    return Took.REFUSED if response not in {"", "ACCEPTED"} else Took.ACCEPTED


def promised_s(outcome: HttpOutcome) -> float | None:
    """Within how many seconds the result of a command is due, as its CommandResponse says (not in 2.1.1)."""
    said = _data(outcome.body).get("timeout") if isinstance(outcome, Exchange) else None
    return float(said) if isinstance(said, int) and not isinstance(said, bool) and said > 0 else None


def _response(body: bytes) -> str:
    """The `result` of a CommandResponse; empty where there is none."""
    result = _data(body).get("result")
    return result[:64] if isinstance(result, str) else ""


def _data(body: bytes) -> Mapping[str, object]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    data = document.get("data") if isinstance(document, dict) else None
    return data if isinstance(data, dict) else {}
