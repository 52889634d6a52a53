"""The envelope of every OCPI answer (transport and format, response format)."""

import json
from typing import Final

import msgspec


class _Envelope(msgspec.Struct):
    status_code: int | None = None


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


def ocpi_status(body: bytes) -> int | None:
    """`status_code` of an answer; None where the body is not in the response format."""
    try:
        return _ENVELOPE.decode(body).status_code
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _status_of_odd_json(body)


def _status_of_odd_json(body: bytes) -> int | None:
    """What the strict decoder refuses may still be an answer: NaN, huge numbers, other encodings."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    status = document.get("status_code") if isinstance(document, dict) else None
    return status if isinstance(status, int) and not isinstance(status, bool) else None
