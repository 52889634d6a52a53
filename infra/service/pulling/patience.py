"""Asking for one page: again after a pause where the partner cannot answer now, and never sooner than it says.

Pauses double and are jittered, so that partners that come back do not meet everybody at once (RFC 9110, 10.2.3).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from infra.service.outbound import OutboundError, OutboundReply
from infra.service.pulling.settings import PullSettings

_SUCCESS: Final = range(1000, 2000)
_SERVER: Final = range(3000, 4000)
_LASTING: Final = frozenset({"invalid_url", "address_not_public", "too_large", "invalid_json", "not_successful"})
Fetch = Callable[[str], Awaitable[OutboundReply]]


class PullError(Exception):
    """The pass ends here. `reason` is for the log; `wait_s`: how long the partner asked to be left alone."""

    def __init__(self, reason: str, wait_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """`sleep` takes seconds; `chance` gives numbers from 0 to 1."""

    settings: PullSettings
    sleep: Callable[[float], Awaitable[None]]
    chance: Callable[[], float]

    async def ask(self, fetch: Fetch, url: str) -> OutboundReply:
        """The successful answer. Raises PullError."""
        why = _Trouble("", 0.0)
        for number in range(self.settings.tries):
            if number:
                await self.sleep(max(why.wait_s, self._pause(number)))
            try:
                reply = await fetch(url)
            except OutboundError as error:
                why = _unanswered(error)
            else:
                if (trouble := _trouble(reply)) is None:
                    return reply
                why = trouble
            if why.wait_s > self.settings.longest_pause_s:
                break
        raise PullError(why.reason, why.wait_s)

    def _pause(self, number: int) -> float:
        """Between a half and the whole of what is due."""
        due = min(self.settings.first_pause_s * 2.0 ** (number - 1), self.settings.longest_pause_s)
        return due * (0.5 + self.chance() / 2)


@dataclass(frozen=True, slots=True)
class _Trouble:
    reason: str
    wait_s: float


def _unanswered(error: OutboundError) -> _Trouble:
    """Raises PullError where asking again would not help."""
    status = error.reason.removeprefix("http_status: ")
    if error.reason in _LASTING or (status.isdigit() and not _passes(int(status))):
        raise PullError(error.reason)
    return _Trouble(error.reason, error.retry_after_s)


def _trouble(reply: OutboundReply) -> _Trouble | None:
    """None for a success. Raises PullError where asking again would not help."""
    if reply.http_status == HTTPStatus.OK and reply.status_code in _SUCCESS:
        return None
    if reply.http_status == HTTPStatus.OK:
        reason, passes = f"status_code: {reply.status_code}", reply.status_code in _SERVER
    else:
        reason, passes = f"http_status: {reply.http_status}", _passes(reply.http_status)
    if not passes:
        raise PullError(reason)
    return _Trouble(reason, reply.retry_after_s)


def _passes(status: int) -> bool:
    """True for what may be over soon."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
