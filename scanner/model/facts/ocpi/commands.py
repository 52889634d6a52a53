"""How a platform answered commands about what does not exist, and results of commands that it never sent.

One fact an `InterfaceSubject` (version, module, side, party). Nothing of it can move hardware.
"""

from enum import StrEnum

from scanner.model.late_dataclass import dataclass


class Took(StrEnum):
    """How one message was answered."""

    REFUSED = "refused"
    ACCEPTED = "accepted"
    OF_THE_MESSAGE = "refused for one of its parameters, so that nothing was said of the object"
    NOT_LET_IN = "not let in, so that nothing was said of the object"
    FAILED = "not answered but by an error of the server"
    UNREADABLE = "answered in no form that OCPI has"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One message. `command` is its CommandType; `result`: the CommandResponseType that came, where one did."""

    command: str
    took: Took
    http_status: int | None = None
    ocpi_status: int | None = None
    result: str = ""
    why: str = ""
    curl: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandsOfNothing:
    """Valid commands about a location or session with a made-up id, at the receiver side."""

    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsOfNothing:
    """Valid results of commands that the platform never sent, under made-up ids, at its sender side."""

    asked: tuple[Asked, ...]


COMMAND_FACTS = (CommandsOfNothing, ResultsOfNothing)
