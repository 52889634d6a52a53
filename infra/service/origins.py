"""Where an https URL leads."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_HTTPS_PORT: Final = 443


def https_origin(url: str) -> tuple[str, int] | None:
    """Host and port of an https URL; None for anything else, also for one with a user name or password in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _HTTPS_PORT
    except ValueError:
        return None
    if parts.scheme.lower() != "https" or not host or parts.username is not None or parts.password is not None:
        return None
    return host.lower(), port
