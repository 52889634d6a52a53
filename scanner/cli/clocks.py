"""Do a platform's clock and ours tell the same time? Appointments and overlaps of tokens are kept by ours."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from scanner.model.exchange import Exchange

_TOLD_S: Final = 10.0  # apart, from which on it is worth a word: servers renew their Date every second or so
_WHOLE_S: Final = 1.0  # RFC 9110, 5.6.7: a Date has no fractions


def clocks_apart(exchange: Exchange, now: datetime) -> str | None:
    """How far a platform's clock is from ours, as a phrase; None where it is not, or no Date says so (RFC 9110, 6.6.1).

    `now`: when the answer was there. What the way of the answer and the whole seconds leave open is no difference.
    """
    ahead_s = _ahead_s(exchange, now)
    if ahead_s is None or abs(ahead_s) < _TOLD_S:
        return None
    return f"its clock is {abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'} this machine's"


def _ahead_s(exchange: Exchange, now: datetime) -> float | None:
    try:
        date = parsedate_to_datetime(exchange.header("Date") or "")
    except ValueError:
        return None
    least_s = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    most_s = least_s + _WHOLE_S + exchange.elapsed_s
    return 0.0 if least_s <= 0 <= most_s else least_s if least_s > 0 else most_s
