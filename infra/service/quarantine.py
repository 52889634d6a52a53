"""Records that the service refused: set aside, so that somebody can look at them, and never mixed with those it took.

A refused record may be a partner's bug, a version that differs, or a forgery; its sender is told which rule it breaks,
and whoever has to find out more needs the record itself. It holds personal data, so where it is kept is not the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from infra.service.strict_json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord:
    """`rule` is what the partner was told; `route` is the template of the path, without the object's id.

    `reference` is the same for the same record, and tells nothing of it to who has not the key.
    """

    at: datetime
    partner: str
    module: str
    method: str
    route: str
    status_code: int
    rule: str
    request_id: str
    reference: str
    body: JsonObject


class Quarantine(Protocol):
    """Where refused records are kept; what is kept cannot be read through this."""

    async def keep(self, record: RefusedRecord) -> None:
        """Keep it for a set time; the same record of the same partner again is counted. Raises what a storage does."""
