"""The Authorization header of OCPI, read strictly: `Token <credentials token>`, once (2.2.1, transport and format)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")
_SCHEME: Final = "Token "
BASE64: Final = "base64"  # OCPI 2.2-d2 and later
RAW: Final = "raw"


@dataclass(frozen=True, slots=True)
class Presented:
    """What a caller may have meant: the encoding, and the SHA-256 of the credentials token in hexadecimal."""

    encoding: str
    digest: str = field(repr=False)


def presented(event: Mapping[str, Any]) -> tuple[Presented, ...]:
    """The readings of the header of an API Gateway request event; empty when it cannot be a credentials token."""
    values = _authorization(event)
    if len(values) != 1 or not values[0].startswith(_SCHEME):
        return ()
    value = values[0].removeprefix(_SCHEME)
    readings = ((BASE64, _decoded(value)), (RAW, value))
    return tuple(
        Presented(encoding, hashlib.sha256(text.encode("ascii")).hexdigest())
        for encoding, text in readings
        if text is not None and _TOKEN.fullmatch(text)
    )


def _authorization(event: Mapping[str, Any]) -> list[str]:
    """All values of the header: a second one could be read by whoever is behind us."""
    headers: Mapping[str, list[str]] = event.get("multiValueHeaders") or {}
    return [value for name, values in headers.items() if name.lower() == "authorization" for value in values]


def _decoded(value: str) -> str | None:
    """None also for Base64 that an encoder would not write: one token has one spelling."""
    try:
        text = base64.b64decode(value.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return None
    return text.decode("ascii") if text.isascii() and base64.b64encode(text).decode("ascii") == value else None
