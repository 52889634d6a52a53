"""One HTTP request as it goes out: decided, addressed, with its real credential and what is shown of it."""

import ssl
from collections.abc import Callable
from typing import Final

import msgspec

from scanner.gate.presented import Headers
from scanner.model.delivery import Delivery
from scanner.model.target import Origin
from scanner.model.token_encoding import TokenEncoding

USER_AGENT: Final = "ocpi-posture"


class Wire(msgspec.Struct, frozen=True, kw_only=True):
    """One request, ready to go: real headers in order, the pinned addresses, and every limit.

    `connection` names a connection of its own; None: any of the pool. A `delivery` takes a new one for itself. What
    follows these is told in the `Exchange`.
    """

    method: str
    url: str
    shown_url: str
    headers: Headers
    shown_headers: Headers
    body: bytes | None
    shown_body: bytes | None
    origin: Origin
    addresses: tuple[str, ...]
    tls: ssl.SSLContext | None
    timeout_s: float
    max_body_bytes: int
    max_header_bytes: int
    received: Callable[[int], None]
    connection: str | None = None
    delivery: Delivery | None = None
    spoken_as: str | None = None
    encoding: TokenEncoding | None = None
    derived_from: str | None = None
    token_form: str | None = None
    private_ca: bool = False
