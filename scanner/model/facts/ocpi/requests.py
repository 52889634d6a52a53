"""What a platform did with reservations and charging profiles: legal steps, illegal ones, and some that are left open.

One fact an `InterfaceSubject`: the receiver side of commands (path `/RESERVE_NOW`) or of charging profiles. It holds
names of steps, and no value of a message.
"""

from dataclasses import dataclass

from scanner.model.facts.ocpi.transitions import StepTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsWalked:
    """The steps of one machine in the order in which they were asked for.

    A step is done where the result that came to our platform says so, and refused where the answer or the result does.
    """

    machine: str
    steps: tuple[StepTaken, ...]


REQUEST_FACTS: tuple[type, ...] = (RequestsWalked,)
