"""Does an answer without a valid token come from a platform, or from something that stands before it?"""

import json
from typing import Final

from scanner.model.exchange import Exchange

_UNAUTHORIZED: Final = frozenset({401, 407})


def answered_by_platform(exchange: Exchange) -> str | None:
    """What makes the answer a platform's own, in a few words: success, a demand for credentials, or an OCPI body."""
    if is_ocpi(exchange):
        return "an OCPI answer"
    if exchange.status in _UNAUTHORIZED:
        return "a demand for credentials"
    if exchange.status // 100 == 2:  # noqa: PLR2004 - the class of success, RFC 9110 section 15.3
        return "a success"
    return None


def is_ocpi(exchange: Exchange) -> bool:
    """An OCPI response object: `status_code` and `timestamp` (OCPI 2.2.1, transport_and_format, response format)."""
    try:
        document = json.loads(exchange.body)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and {"status_code", "timestamp"} <= document.keys()
