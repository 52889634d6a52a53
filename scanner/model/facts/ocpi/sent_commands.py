"""Commands that the platform sent us, because its operator was asked to, and what became of our results.

One fact an `EndpointSubject`.
"""

from enum import StrEnum

from scanner.model.facts.ocpi.commands import Asked
from scanner.model.late_dataclass import dataclass


class ResultUrl(StrEnum):
    """Where a `response_url` leads."""

    OWN = "to the platform"
    ELSEWHERE = "to another origin than the platform's"
    PLAINTEXT = "to a URL without TLS"
    UNREADABLE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSent:
    """One command. None: that result was not sent, or its turn is with another command.

    `by_another` and `without_token` come first, then `rightly` (from whom it was sent to, in time), then `again`, which
    says something else. `late` came `late_after_s` seconds after the command, which we had said to take `timeout_s`.
    """

    command: str
    url: ResultUrl
    timeout_s: int
    by_another: Asked | None = None
    without_token: Asked | None = None
    rightly: Asked | None = None
    again: Asked | None = None
    late: Asked | None = None
    late_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultIds:
    """What tells the `response_url`s of `seen` commands apart, in the order in which they came.

    `repeated`: the same as one before. `in_sequence`: those that follow on the one before by a small number.
    `entropy_bits`: an upper bound for what changes from one to the next, of the weakest.
    """

    seen: int
    repeated: int
    in_sequence: int
    entropy_bits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandsSent:
    """All of them; `wanted`: how many the operator was to send. `another`: the identity that answered beside us.

    `another_answers`: it is a Charge Point operator as well, so that it is not refused for what it is.
    `out_of_time`: what is missing came, or was to be answered, after the host's time.
    """

    wanted: int
    sent: tuple[CommandSent, ...]
    ids: ResultIds
    another: str | None
    another_answers: bool = False
    out_of_time: bool = False


SENT_COMMAND_FACTS: tuple[type, ...] = (CommandsSent,)
