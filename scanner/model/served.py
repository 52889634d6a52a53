"""Calls of the target to a platform of ours, and what they are answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CallersToken(StrEnum):
    """What the caller shows of the credentials tokens that this run handed out."""

    NEWEST = "the token that was handed out last"
    FORMER = "a token that was handed out before"
    UNKNOWN = "a token that was never handed out"
    NONE = "no token"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedCall:
    """One call: when (UTC), from where, and what it asked for; tokens in headers and body are masked.

    `path` begins behind the nonce, with a slash, and keeps its query.
    """

    received_at: datetime
    peer: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    token: CallersToken

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAnswer:
    """What a call is answered: the body at once, or piece by piece as it is asked for (then without a length)."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | AsyncIterator[bytes] = b""


Answers = Callable[[ServedCall], Awaitable[ServedAnswer | None]]
"""Called for each call in turn; None hangs up without an answer."""
