"""The stress lab on the demo's own service: a rate that was agreed for an hour, briefer phases, and nobody else."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from scanner.ocpi.stress.pace import Pace
from scanner.ocpi.stress.probe import StressProbe
from scanner.probe import Probe

CHECKS: Final = ("ocpi-stress-*",)
AGREED: Final = 20  # requests a second, for each partner
RATES: Final = {"requests_per_second": AGREED, "burst": AGREED}  # the service's own limit
_PACE: Final = Pace(
    before_s=2.0,
    during_s=4.0,
    after_s=2.0,
    recovery_s=10.0,
    held_s=13.0,  # the service gives headers ten
    drip_s=1.0,
)


def with_load(environment: dict[str, Any], versions_url: str) -> dict[str, Any]:
    """The environment of the demo, without its stack, and with leave to put its service under load for an hour."""
    now = datetime.now(UTC)
    leave = {
        "host": urlsplit(versions_url).hostname,
        "who": "whoever started the demo",
        "starts": now.isoformat(),
        "ends": (now + timedelta(hours=1)).isoformat(),
    }
    kept = {name: value for name, value in environment.items() if name != "cloud"}
    stress = {"requests_per_second": 80, "max_connections": 30, "max_requests": 4000}
    return kept | {"mode": "stress", "allow": ["lasting"], "authorisation": [leave], "stress": stress}


def in_brief(probes: Iterable[Probe]) -> tuple[Probe, ...]:
    """The same probes, of which the stress lab takes less time."""
    return tuple(StressProbe(one.after, _PACE) if isinstance(one, StressProbe) else one for one in probes)
