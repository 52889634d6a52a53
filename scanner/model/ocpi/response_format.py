"""The envelope of every OCPI answer (transport and format, response format)."""

import json


def ocpi_status(body: bytes) -> int | None:
    """`status_code` of an answer; None where the body is not in the response format."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    status = document.get("status_code") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
