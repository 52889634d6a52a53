"""A command that repeats a request, for people."""

from typing import Final

from msgspec import structs

from scanner.gate.documents import curl_line
from scanner.model.exchange import Exchange

_NOISE: Final = frozenset({"x-request-id", "x-correlation-id", "accept"})


def repeat_line(exchange: Exchange, url: str | None = None) -> str:
    """A curl line with the token as a shell variable, without headers that do not matter; `url` replaces its own."""
    headers = tuple((name, value) for name, value in exchange.request_headers if name.lower() not in _NOISE)
    return curl_line(structs.replace(exchange, request_headers=headers, url=url or exchange.url))
