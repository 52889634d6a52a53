"""A clear no to a write: what it announced to leave was not made."""

from typing import Final

from scanner.model.exchange import Exchange
from scanner.model.ocpi.response_format import ocpi_status

_CLIENT_ERRORS: Final = range(400, 500)  # RFC 9110, 15.5
_OCPI_CLIENT_ERRORS: Final = range(2000, 3000)  # status codes
_OCPI_UNUSABLE_PARTNER: Final = range(3001, 3004)  # status codes: the platform that would be registered does not do
_CREDENTIALS: Final = "credentials"


def says_no(exchange: Exchange, module: str | None) -> bool:
    """True where the answer says that the request was not carried out because of what it asked; an error is no no.

    Credentials are turned down with the server errors that say what is wrong with the partner's own platform.
    """
    if exchange.status in _CLIENT_ERRORS:
        return True
    status = ocpi_status(exchange.body)
    if exchange.status >= _CLIENT_ERRORS.start or status is None:
        return False
    return status in _OCPI_CLIENT_ERRORS or (module == _CREDENTIALS and status in _OCPI_UNUSABLE_PARTNER)
