"""What a receiver interface made of writes that came without a valid token.

One fact an `InterfaceSubject` (version, module, receiver side, path form, party). It holds no value of an object.
"""

from enum import StrEnum
from typing import Final

from scanner.model.late_dataclass import dataclass


class Became(StrEnum):
    """What became of one write, by its answer and by what its owner read afterwards."""

    TOOK_EFFECT = "took effect"
    SAID_DONE = "answered as done"  # and nothing of it was read back
    REFUSED = "refused"  # and nothing of it was read back
    UNREAD = "refused, and whether it took effect cannot be read back"
    UNDECIDED = "not decided"  # an error of the server, come back later, a redirect, or no answer
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangersWrite:
    """One write; `caller`: with what in place of a valid token. `why` stands where nothing is decided."""

    method: str
    caller: str
    became: Became
    http_status: int | None = None
    ocpi_status: int | None = None
    why: str = ""
    curl: str = ""

    def said(self) -> str:
        """The write and its answer as a phrase."""
        inner = f", OCPI status {self.ocpi_status}" if self.ocpi_status is not None else ""
        status = f" (HTTP {self.http_status}{inner})" if self.http_status is not None else ""
        return f"{self.method} with {self.caller} {self.became}{status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangersWrites:
    """Every write that makes sense here, each beside the same one with the valid token, which worked.

    `unproven`: methods whose valid write did not work or could not be read back, so that a refusal shows nothing.
    `cut_short`: why the rest was not tried.
    """

    object_type: str
    tried: tuple[StrangersWrite, ...]
    unproven: tuple[str, ...] = ()
    cut_short: str | None = None


STRANGER_FACTS: Final[tuple[type, ...]] = (StrangersWrites,)
