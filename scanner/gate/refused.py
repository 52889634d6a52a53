"""A clear no to a write: what it announced to leave was not made."""

from typing import Final

from scanner.model.exchange import Exchange
from scanner.model.ocpi.response_format import ocpi_status

_CLIENT_ERRORS: Final = range(400, 500)  # RFC 9110, 15.5
_OCPI_CLIENT_ERRORS: Final = range(2000, 3000)  # status codes


def says_no(exchange: Exchange) -> bool:
    """True where the answer says that the request was not carried out because of what it asked; an error is no no."""
    if exchange.status in _CLIENT_ERRORS:
        return True
    status = ocpi_status(exchange.body)
    return status in _OCPI_CLIENT_ERRORS and exchange.status < _CLIENT_ERRORS.start
