"""The runs before this one."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from reports.model.control_status import ControlStatus
from reports.wire.base import Count, Fingerprint, Percent, Wire


class TrendRunDocument(Wire):
    """One run of the trend."""

    id: str
    started_at: datetime
    profile: str
    score: Percent | None
    coverage: Percent | None
    fails: Count


class ControlTrendDocument(Wire):
    """One row in one environment: a status a run of the trend, null where the run did not look there."""

    environment: str
    control: str
    statuses: tuple[ControlStatus | None, ...]


class OpenSinceDocument(Wire):
    """A fail of this run, and the beginning of the run that saw it first."""

    fingerprint: Fingerprint
    since: datetime


class SincePreviousDocument(Wire):
    """What changed since an earlier run, as fingerprints."""

    run: str
    new: tuple[Fingerprint, ...]
    fixed: tuple[Fingerprint, ...]
    still_there: tuple[Fingerprint, ...]
    no_longer_looked_at: tuple[Fingerprint, ...]


class TrendDocument(Wire):
    """The last runs up to this one, oldest first, as the history knew them when this one was judged."""

    runs: Annotated[tuple[TrendRunDocument, ...], Field(min_length=1)]
    controls: tuple[ControlTrendDocument, ...]
    open_since: tuple[OpenSinceDocument, ...]
    previous: SincePreviousDocument | None
