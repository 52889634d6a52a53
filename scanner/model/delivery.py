"""Delivery: how a request's body gets to the target, where it does not get there whole.

A length that promises more than comes makes the message incomplete (RFC 9112, section 6.3: the recipient considers it
so, and closes); a shorter one leaves bytes behind that nobody announced.
"""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Ending(StrEnum):
    """What follows the last byte that is sent."""

    WAIT = "waits for the answer"
    HALF_CLOSE = "ends its own direction and waits for the answer"
    LEAVE = "ends the connection without waiting"
    VANISH = "is gone, without the end that TLS asks for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`sent`: bytes of the body that go out (None: all); `declared`: Content-Length (None: of the whole body).

    It always takes a connection of its own.
    """

    sent: int | None = None
    declared: int | None = None
    ending: Ending = Ending.WAIT

    def oversends(self, body: bytes) -> bool:
        """True where more goes out than was declared: what is behind it could be read as another's request."""
        return len(self.part(body)) > self.length(body)

    def part(self, body: bytes) -> bytes:
        """What goes out of a body."""
        return body if self.sent is None else body[: self.sent]

    def length(self, body: bytes) -> int:
        """The Content-Length of a body."""
        return len(body) if self.declared is None else self.declared
