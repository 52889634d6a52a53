"""What a platform did with sessions, reservations and charging profiles: legal steps, illegal and open ones.

One fact an `InterfaceSubject`: the receiver side of commands (path `/RESERVE_NOW` or `/START_SESSION`) or of charging
profiles. It holds names of steps, and no value of a message.
"""

from scanner.model.facts.ocpi.transitions import StepTaken
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsWalked:
    """The steps of one machine in the order in which they were asked for.

    A step is done where the result that came to our platform says so, and refused where the answer or the result does.
    """

    machine: str
    steps: tuple[StepTaken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedSessionSeen:
    """The session that a START_SESSION began, as the platform lists it to who started it.

    `differing`: pointers at which it is not what the command said. `stopped`: a STOP_SESSION of it was done, as its
    result says; `status_after` it, and seconds `after_s` at most, as long as was looked. `curl` starts one.
    """

    differing: tuple[str, ...]
    stopped: bool
    status_after: str
    after_s: float
    curl: str


REQUEST_FACTS: tuple[type, ...] = (RequestsWalked,)
STARTED_FACTS: tuple[type, ...] = (StartedSessionSeen,)
