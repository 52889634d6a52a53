"""How a platform answered a write: a first reading of HTTP and OCPI status, before anything is read back."""

from enum import StrEnum
from http import HTTPStatus
from typing import Final

import msgspec

from scanner.model.exchange import Exchange, FailureKind, HttpOutcome, Refused
from scanner.model.ocpi.response_format import ocpi_status

_OCPI_SUCCESS: Final = range(1000, 2000)  # status_codes
_OCPI_SERVER_ERROR: Final = range(3000, 4000)
# As numbers: a member of HTTPStatus is found, and compared, in ten times the time.
_TOO_MANY: Final = int(HTTPStatus.TOO_MANY_REQUESTS)
_SERVER_ERROR: Final = int(HTTPStatus.INTERNAL_SERVER_ERROR)
_OTHERWISE: Final = int(HTTPStatus.MULTIPLE_CHOICES)
_OF_THE_MESSAGE: Final = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.CONFLICT,
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)


class Said(StrEnum):
    """What the answer says."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    OTHER_STATUS = "other status"
    SERVER_ERROR = "server error"
    DROPPED = "dropped"
    HUNG = "hung"
    NOT_SENT = "not sent"


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """The reading, the statuses it rests on, and why nothing was sent where that is so."""

    said: Said
    http_status: int | None = None
    ocpi_status: int | None = None
    why: str = ""


def reaction(outcome: HttpOutcome) -> Reaction:
    """Read what came of a write."""
    if isinstance(outcome, Refused):
        return Reaction(said=Said.NOT_SENT, why=outcome.detail)
    if not isinstance(outcome, Exchange):
        said = Said.HUNG if outcome.kind is FailureKind.TIMEOUT else Said.DROPPED
        return Reaction(said=said, why=str(outcome))
    ocpi = ocpi_status(outcome.body)
    return Reaction(said=_said(outcome.status, ocpi), http_status=outcome.status, ocpi_status=ocpi)


def _said(http: int, ocpi: int | None) -> Said:
    if http == _TOO_MANY:
        return Said.NOT_SENT
    # An unhandled exception may be answered as 200 with an OCPI status of the server's errors.
    if http >= _SERVER_ERROR or ocpi in _OCPI_SERVER_ERROR:
        return Said.SERVER_ERROR
    if http < _OTHERWISE:
        return Said.ACCEPTED if ocpi is None or ocpi in _OCPI_SUCCESS else Said.REFUSED
    return Said.REFUSED if http in _OF_THE_MESSAGE and ocpi not in _OCPI_SUCCESS else Said.OTHER_STATUS
