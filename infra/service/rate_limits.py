"""How often a partner may ask, and how many wrong tokens one address may try.

Kept in memory, per instance of the service: behind a gateway, the gateway's usage plans count for all instances.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from infra.service.status import Refusal, StatusCode

_ADDRESSES: Final = 10_000  # remembered at a time; the ones that were quiet longest are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSettings:
    """A partner's steady rate and its burst in requests; wrong tokens in a row, and how long an address then waits."""

    requests_per_second: float = 5000.0
    burst: int = 5000
    max_wrong_tokens: int = 40
    lock_out_s: float = 30.0


class PartnerRates:
    """A token bucket for each partner. `now` gives seconds that only grow."""

    def __init__(self, settings: RateSettings, now: Callable[[], float]) -> None:
        self._settings, self._now = settings, now
        self._buckets: dict[str, tuple[float, float]] = {}  # what was left, and when

    def take(self, partner_id: str) -> None:
        """Count one request. Raises Refusal: HTTP 429 with Retry-After."""
        now, rate = self._now(), self._settings.requests_per_second
        left, since = self._buckets.get(partner_id, (float(self._settings.burst), now))
        left = min(float(self._settings.burst), left + (now - since) * rate)
        if left < 1:
            self._buckets[partner_id] = (left, now)
            raise too_many_requests((1 - left) / rate)
        self._buckets[partner_id] = (left - 1, now)


class WrongTokens:
    """Addresses that try one token after the other. A right one starts the count again."""

    def __init__(self, settings: RateSettings, now: Callable[[], float]) -> None:
        self._settings, self._now = settings, now
        self._counted: OrderedDict[str, tuple[int, float]] = OrderedDict()  # in a row, and when the last one came

    def check(self, address: str) -> None:
        """Raises Refusal while the address is locked out: no token is looked at, so none can be guessed."""
        count, last = self._counted.get(address, (0, 0.0))
        if count < self._settings.max_wrong_tokens:
            return
        waiting = last + self._settings.lock_out_s - self._now()
        if waiting > 0:
            raise too_many_requests(waiting)
        del self._counted[address]

    def wrong(self, address: str) -> None:
        """Count a well-formed token that is nobody's."""
        count, _ = self._counted.pop(address, (0, 0.0))
        self._counted[address] = (count + 1, self._now())
        if len(self._counted) > _ADDRESSES:
            self._counted.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the address's wrong tokens."""
        self._counted.pop(address, None)


def too_many_requests(seconds: float) -> Refusal:
    """HTTP 429 (RFC 6585, 4), with whole seconds to wait."""
    return Refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        StatusCode.CLIENT_ERROR,
        "Too many requests",
        headers=(("Retry-After", str(max(1, math.ceil(seconds)))),),
    )
