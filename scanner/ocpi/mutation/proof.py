"""That a surface takes valid objects: without it no malformed message shows anything."""

from scanner.model.exchange import Exchange
from scanner.model.late_dataclass import dataclass
from scanner.ocpi.writing.reaction import Reaction


class LaneBroken(Exception):
    """Nothing more can be learned on this lane; the text says why."""


class NotAccepted(LaneBroken):
    """A valid object was not accepted; `reaction` is how it was answered. `around`: it was what contains the object."""

    def __init__(self, said: Reaction, what: str = "a valid object", *, around: bool = False) -> None:
        super().__init__(not_accepted(said, what))
        self.reaction = said
        self.around = around


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The valid object was accepted: the exchange that wrote it, and how what was read back differs."""

    written: Exchange
    read_back: bool
    unlike: tuple[str, ...]
    not_where_said: bool = False
    lags: bool = False  # a newer valid message was accepted, and the older one is still read


def not_accepted(said: Reaction, what: str) -> str:
    """For people."""
    if said.http_status is None:
        return f"{what} was not answered: {said.why}"
    inner = f", OCPI status {said.ocpi_status}" if said.ocpi_status is not None else ""
    return f"{what} was not accepted: HTTP {said.http_status}{inner}"
