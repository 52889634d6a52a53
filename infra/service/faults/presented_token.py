"""What a request presents as its token: as it stands in the header, as it is meant, and how much of it is right."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from itertools import takewhile

from starlette.requests import Request

from infra.service.partner import RAW_VERSION


def values(request: Request) -> list[str]:
    """The token as it stands in the header; nothing where there are several."""
    headers = request.headers.getlist("authorization")
    return [header.removeprefix("Token ") for header in headers if header.startswith("Token ") and len(headers) == 1]


def texts(request: Request) -> list[str]:
    """The token as it is meant: decoded, but on the paths of 2.1.1."""
    every = (value if is_raw(request) else decoded(value) for value in values(request))
    return [text for text in every if text is not None]


def is_raw(request: Request) -> bool:
    """True on the paths of 2.1.1, where a token stands in the header as it is."""
    return RAW_VERSION in request.scope["path"].split("/")


def decoded(value: str) -> str | None:
    """The text that Base64 stands for; None where it stands for none."""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def longest_match(request: Request, tokens: Iterable[str]) -> int:
    """How many characters a presented token has in common with the beginning of one of `tokens`."""
    pairs = [(presented, token) for presented in texts(request) for token in tokens]
    return max((_same(presented, token) for presented, token in pairs), default=0)


def _same(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def with_authorization(request: Request, value: str) -> Request:
    """The request with this one Authorization header."""
    others = [(name, v) for name, v in request.scope["headers"] if name != b"authorization"]
    headers = [*others, (b"authorization", value.encode("latin-1", "replace"))]
    return Request({**request.scope, "headers": headers})
