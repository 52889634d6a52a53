"""Calls of the target to a platform of ours, and what they are answered."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class CallersToken(StrEnum):
    """What the caller shows of the credentials tokens that this run handed out."""

    NEWEST = "the token that was handed out last"
    FORMER = "a token that was handed out before"
    ANOTHERS = "a token that was handed out as another identity"
    UNKNOWN = "a token that was never handed out"
    NONE = "no token"
    AGREED = "the CREDENTIALS_TOKEN_A that its operator was given"


class Speaks(StrEnum):
    """How a platform of ours can be spoken to: as it should be, or as no client should agree to."""

    MODERN = "TLS 1.2 and 1.3"
    TLS_1_1 = "TLS 1.1 alone"
    TLS_1_0 = "TLS 1.0 alone"
    PLAINTEXT = "http without TLS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """One connection: when (UTC), from where, and how its handshake ended.

    `tls` is the version that was agreed on, None where there was none; `failure` says why, in OpenSSL's words.
    """

    at: datetime
    peer: str
    tls: str | None
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedCall:
    """One call: when (UTC), from where, and what it asked for; tokens in headers and body are masked.

    `path` begins behind the nonce, with a slash, and keeps its query. `brought`: it handed credentials in, and the gate
    has kept their token.
    """

    received_at: datetime
    peer: str
    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    token: CallersToken
    brought: bool = False

    def header(self, name: str) -> str | None:
        """The first header of that name, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedAnswer:
    """What a call is answered: the body at once, or piece by piece as it is asked for (then without a length).

    `cut`: the connection ends before the end of the message. `takes`: the credentials that were handed in are taken;
    the body holds `NEW_TOKEN` once, where the token for the caller goes.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | AsyncIterator[bytes] = b""
    cut: bool = False
    takes: bool = False


Answers = Callable[[ServedCall], Awaitable[ServedAnswer | None]]
"""Called for each call in turn; None hangs up without an answer."""
