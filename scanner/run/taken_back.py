"""When an answer means that an object is gone: an OCPI platform may refuse with HTTP 200."""

from typing import Final

from scanner.model.exchange import Exchange, HttpOutcome
from scanner.model.ocpi.response_format import ocpi_status

_DONE: Final = frozenset({200, 202, 204})
_NEVER_THERE: Final = frozenset({404, 410})
_OCPI_SUCCESS: Final = range(1000, 2000)  # OCPI 2.2.1 status_codes


def is_gone(outcome: HttpOutcome) -> bool:
    """True where the platform took the object back, or never had it."""
    if not isinstance(outcome, Exchange):
        return False
    status = ocpi_status(outcome.body)
    return outcome.status in _NEVER_THERE or (outcome.status in _DONE and (status is None or status in _OCPI_SUCCESS))
