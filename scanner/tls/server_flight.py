"""Read a server's first flight of TLS 1.0 to 1.2 up to its key exchange (RFC 5246, sections 6.2 and 7.4).

The bytes come from whoever listens there: every length is checked, and what does not fit is `Malformed`.
"""

import struct
from collections.abc import Iterator
from typing import Final

from scanner.model.late_dataclass import dataclass

_ALERT: Final = 21
_HANDSHAKE: Final = 22
_SERVER_HELLO: Final = 2
_SERVER_KEY_EXCHANGE: Final = 12
_SERVER_HELLO_DONE: Final = 14
_NAMED_CURVE: Final = 3
_LONGEST_RECORD: Final = 2**14 + 2048


class Malformed(Exception):
    """Not what a TLS server says; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The server refused: the description is a number of RFC 8446, section 6 (40: handshake_failure)."""

    description: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFlight:
    """What the server chose: version on the wire, suite, extensions; the group where the suite has a named curve."""

    version: int
    suite: int
    extensions: frozenset[int]
    group: int | None


def read_flight(received: bytes) -> ServerFlight | Alert | None:
    """The flight in these bytes, or None where more must be read.

    Raises: Malformed.
    """
    handshake, alert = _payload(received)
    messages = list(_messages(handshake))
    for kind, body in messages:
        if kind in {_SERVER_KEY_EXCHANGE, _SERVER_HELLO_DONE}:
            return _flight(messages[0], body if kind == _SERVER_KEY_EXCHANGE else None)
    return alert


def _payload(received: bytes) -> tuple[bytes, Alert | None]:
    """The handshake bytes of all whole records, and the alert that ended them."""
    handshake, at = b"", 0
    while len(received) - at >= 5:  # noqa: PLR2004 - the header of a record
        kind, version, length = struct.unpack_from("!BHH", received, at)
        if kind not in {_ALERT, _HANDSHAKE} or version >> 8 != 3 or length > _LONGEST_RECORD:  # noqa: PLR2004 - TLS
            raise Malformed("the answer is no TLS record of a handshake")
        body = received[at + 5 : at + 5 + length]
        if len(body) < length:
            break
        if kind == _ALERT:
            if length != 2:  # noqa: PLR2004 - level and description
                raise Malformed("the answer holds an alert of a wrong length")
            return handshake, Alert(description=body[1])
        handshake, at = handshake + body, at + 5 + length
    return handshake, None


def _messages(handshake: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while len(handshake) - at >= 4:  # noqa: PLR2004 - the header of a message
        kind, length = handshake[at], int.from_bytes(handshake[at + 1 : at + 4], "big")
        if at == 0 and kind != _SERVER_HELLO:
            raise Malformed("the first message is no ServerHello")
        body = handshake[at + 4 : at + 4 + length]
        if len(body) < length:
            return
        yield kind, body
        at += 4 + length


def _flight(first: tuple[int, bytes], key_exchange: bytes | None) -> ServerFlight:
    hello = first[1]
    try:
        (version,) = struct.unpack_from("!H", hello, 0)
        at = 34 + 1 + hello[34]
        (suite,) = struct.unpack_from("!H", hello, at)
        extensions = frozenset(_extension_numbers(hello[at + 3 :]))
    except (struct.error, IndexError):
        raise Malformed("the ServerHello is cut short") from None
    return ServerFlight(version=version, suite=suite, extensions=extensions, group=_group(key_exchange))


def _extension_numbers(data: bytes) -> Iterator[int]:
    at, end = 2, 2 + int.from_bytes(data[:2], "big") if data else 0
    if end > len(data):
        raise Malformed("the extensions of the ServerHello are longer than it")
    while at < end:
        number, length = struct.unpack_from("!HH", data, at)
        yield number
        at += 4 + length


def _group(key_exchange: bytes | None) -> int | None:
    """RFC 8422, section 5.4; anything else is finite-field DH, or a curve spelled out that nobody should take."""
    if key_exchange is None or len(key_exchange) < 4 or key_exchange[0] != _NAMED_CURVE:  # noqa: PLR2004 - type, group, length
        return None
    return int.from_bytes(key_exchange[1:3], "big")
