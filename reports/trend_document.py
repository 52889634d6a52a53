"""The trend of a posture as it stands in posture.json, and back."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reports.model.trend import ControlTrend, OpenSince, SincePrevious, Trend, TrendRun
from scanner.model.json_value import JsonValue

if TYPE_CHECKING:  # its types take long to load, and only a reader needs them
    from reports.wire.trend import TrendDocument


def trend_object(trend: Trend) -> dict[str, JsonValue]:
    """For posture.json; times in UTC."""
    return {
        "runs": [{**asdict(run), "started_at": _time(run.started_at)} for run in trend.runs],
        "controls": [asdict(control) for control in trend.controls],
        "open_since": [{"fingerprint": one.fingerprint, "since": _time(one.since)} for one in trend.open_since],
        "previous": asdict(trend.previous) if trend.previous else None,
    }


def trend_of(document: "TrendDocument") -> Trend:
    """What `trend_object` wrote.

    Raises: ValueError where it contradicts itself.
    """
    return Trend(
        runs=tuple(TrendRun(**{**dict(run), "started_at": run.started_at.astimezone(UTC)}) for run in document.runs),
        controls=tuple(ControlTrend(**dict(control)) for control in document.controls),
        open_since=tuple(
            OpenSince(fingerprint=one.fingerprint, since=one.since.astimezone(UTC)) for one in document.open_since
        ),
        previous=SincePrevious(**dict(document.previous)) if document.previous else None,
    )


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
