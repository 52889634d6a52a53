"""Notice a target that goes down, and leave it alone."""

from collections import deque
from typing import Final

from scanner.model.exchange import Exchange, FailureKind, HttpOutcome, Refused

_FAILURES_BEFORE_CONTACT: Final = 3
_FAILURES_AFTER_CONTACT: Final = 6
_WINDOW: Final = 40
_ERROR_SHARE: Final = 0.75
_SERVER_ERROR: Final = 500
_NEVER_SENT: Final = frozenset({FailureKind.ADDRESS_OUT_OF_SCOPE})


class OriginHealth:
    """Watches the answers of one origin; `stopped` says why no more is sent.

    Stops after 3 failures in a row where nothing ever answered, 6 where something had, and when three quarters of the
    last 40 answers were server errors.
    """

    def __init__(self) -> None:
        self.stopped: str | None = None
        self._answered = False
        self._failures = 0
        self._recent: deque[bool] = deque(maxlen=_WINDOW)

    def saw(self, request: str, outcome: HttpOutcome) -> None:
        """Take note of one outcome; `request` is a short name of what was sent, for the message."""
        if isinstance(outcome, Refused):
            return
        if isinstance(outcome, Exchange):
            self._answered, self._failures = True, 0
            self._recent.append(outcome.status >= _SERVER_ERROR)
            if len(self._recent) == _WINDOW and sum(self._recent) >= _WINDOW * _ERROR_SHARE:
                self.stopped = (
                    f"{sum(self._recent)} of the last {_WINDOW} answers were server errors, the last to {request}"
                )
            return
        if outcome.kind in _NEVER_SENT:
            return
        self._failures += 1
        limit = _FAILURES_AFTER_CONTACT if self._answered else _FAILURES_BEFORE_CONTACT
        if self._failures >= limit:
            since = "stopped answering" if self._answered else "never answered"
            self.stopped = f"the target {since}: {outcome} ({request})"
