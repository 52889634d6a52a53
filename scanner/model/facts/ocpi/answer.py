"""How one GET was answered, and what the caller was given."""

from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass


class Access(StrEnum):
    """What a caller was given."""

    DATA = "data"  # OCPI data
    ACCEPTED = "accepted"  # answered as a success, without data
    REFUSED = "refused"
    SERVER_ERROR = "server error"  # decides nothing
    UNDECIDED = "undecided"  # not read to its end, and no data in what was read: decides nothing either
    PUT_OFF = "put off"  # HTTP 429: a word about how often, and none about who


MAY_HOLD_DATA: Final = frozenset({Access.DATA, Access.UNDECIDED})
DECIDES_NOTHING: Final = frozenset({Access.SERVER_ERROR, Access.UNDECIDED, Access.PUT_OFF})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one GET was answered. `ocpi_status`: status_code of the response format, None where the body has none."""

    http_status: int
    ocpi_status: int | None
    access: Access
    curl: str

    def said(self) -> str:
        """The statuses as a phrase."""
        inner = f", OCPI status {self.ocpi_status}" if self.ocpi_status is not None else ""
        return f"HTTP {self.http_status}{inner}"
