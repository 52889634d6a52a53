"""What a listener expects and what called it; "nobody called" is a fact only beside a positive control."""

from datetime import datetime

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """A call that is awaited: its nonce, and until when (UTC)."""

    nonce: str
    expected_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerEvent:
    """One call that arrived: when (UTC), from where, what it asked for, and which nonce it carried, if any."""

    received_at: datetime
    peer: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    nonce: str | None

    def answers(self, expectation: Expectation) -> bool:
        """True where the nonce is the awaited one and the call came in time."""
        return self.nonce == expectation.nonce and self.received_at <= expectation.expected_by
