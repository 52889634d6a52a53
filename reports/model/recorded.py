"""A request of a run, as the run's folder holds it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One HTTP request: what the journal says of it, and the stored exchange where it is evidence.

    `status` None: no whole answer; then `failure` says why, "" where the run ended before anybody knew. `elapsed_ms`
    None: not known. `exchange` is the document of `scanner.gate.documents.exchange_document`, redacted.
    """

    number: int
    at: datetime
    environment: str
    probe: str
    identity: str | None
    purpose: str
    method: str
    url: str
    status: int | None
    failure: str
    elapsed_ms: float | None
    exchange: Mapping[str, Any] | None
