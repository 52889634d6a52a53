"""Notice a target that goes down, and leave it alone."""

from collections import deque
from typing import Final

from scanner.model.exchange import Exchange, Failed, FailureKind, HttpOutcome

_FAILURES_BEFORE_CONTACT: Final = 3
_FAILURES_AFTER_CONTACT: Final = 6
_ODD_FAILURES: Final = 24  # of malformed messages in a row: several are under way at once, each followed by a read
_WINDOW: Final = 40
_ERROR_SHARE: Final = 0.75
_SERVER_ERROR: Final = 500
_OURS: Final = frozenset({FailureKind.ADDRESS_OUT_OF_SCOPE, FailureKind.LEFT})
_AFTER_ACCEPTING: Final = frozenset({FailureKind.RESET, FailureKind.TIMEOUT, FailureKind.NOT_HTTP})


class OriginHealth:
    """Watches the answers of one origin; `stopped` says why no more is sent.

    Stops after 3 failures in a row where nothing ever answered, 6 where something had, and when three quarters of the
    last 40 answers were server errors. A server error to a message that is malformed on purpose counts for nothing; a
    connection that such a message ends counts only towards 24 in a row, because a sound read between them shows life.
    """

    def __init__(self) -> None:
        self.stopped: str | None = None
        self._answered = False
        self._failures = 0
        self._odd_failures = 0
        self._recent: deque[bool] = deque(maxlen=_WINDOW)

    def saw(self, request: str, outcome: HttpOutcome, *, expects_errors: bool = False) -> None:
        """Take note of one outcome; `request` is a short name of what was sent, for the message."""
        if isinstance(outcome, Exchange):
            self._answered, self._failures, self._odd_failures = True, 0, 0
            if not (expects_errors and outcome.status >= _SERVER_ERROR):
                self._answer(request, outcome.status)
        elif isinstance(outcome, Failed) and outcome.kind not in _OURS:
            self._failure(request, outcome, odd=expects_errors and outcome.kind in _AFTER_ACCEPTING)

    def _answer(self, request: str, status: int) -> None:
        self._recent.append(status >= _SERVER_ERROR)
        if len(self._recent) == _WINDOW and sum(self._recent) >= _WINDOW * _ERROR_SHARE:
            self.stopped = (
                f"{sum(self._recent)} of the last {_WINDOW} answers were server errors, the last to {request}"
            )

    def _failure(self, request: str, failure: Failed, *, odd: bool) -> None:
        self._failures += not odd
        self._odd_failures += odd
        limit = _FAILURES_AFTER_CONTACT if self._answered else _FAILURES_BEFORE_CONTACT
        if self._failures >= limit or self._odd_failures >= _ODD_FAILURES:
            since = "stopped answering" if self._answered else "never answered"
            self.stopped = f"the target {since}: {failure} ({request})"
