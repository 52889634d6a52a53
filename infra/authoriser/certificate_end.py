"""Says in the log that a partner's client certificate ends soon, while there is time to renew it.

API Gateway refuses one that is over by itself, before anybody here is asked.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

SOON_DAYS: Final = 30
_DAY_S: Final = 24 * 3600


def certificate_end(event: Mapping[str, Any], partner: str, now: datetime) -> dict[str, Any] | None:
    """{event, partner, days, serial}: whole days that are left; None where there are more, or nobody can tell.

    The gateway writes dates as OpenSSL does, `Aug  5 09:36:04 2026 GMT`.
    """
    shown = ((event.get("requestContext") or {}).get("identity") or {}).get("clientCert") or {}
    try:
        ends = ssl.cert_time_to_seconds(shown["validity"]["notAfter"])
    except (KeyError, TypeError, ValueError):
        return None
    days = int((ends - now.timestamp()) // _DAY_S)
    if days > SOON_DAYS:
        return None
    return {"event": "certificate_ends", "partner": partner, "days": days, "serial": shown.get("serialNumber")}
