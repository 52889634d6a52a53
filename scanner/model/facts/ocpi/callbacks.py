"""What became of commands that move a named EVSE: results that came to a platform of ours, and where else they went.

One fact an `InterfaceSubject`, the receiver side of the commands module. No token stands in any of them.
"""

from scanner.model.facts.ocpi.commands import Asked
from scanner.model.late_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultCame:
    """One call at the `response_url` of a command: seconds after the command was sent, and what it said.

    `with_our_token`: it showed the token that we had handed out last. `result`: the CommandResultType; empty where the
    body is none.
    """

    after_s: float
    with_our_token: bool
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFollowed:
    """One command with a `response_url` of ours, how it was answered, and the calls that came there.

    `within_s`: how long a result may take, as the answer says, or as long as was waited.
    """

    asked: Asked
    within_s: float
    came: tuple[ResultCame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResultsSeen:
    """Commands about a named EVSE. `calls`: of the platform to ours during the registration before, which were due."""

    followed: tuple[CommandFollowed, ...]
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlOffered:
    """A command whose `response_url`, as `story` says, leads where no result may go; `calls`: requests that came there.

    `with_our_token`: those of them with a token that we had handed out.
    """

    scenario: str
    story: str
    asked: Asked
    calls: int
    with_our_token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultUrlsOffered:
    """All of them. `sound`: results of the same command that came to a sound URL before, which show that any are sent.

    `connections`: to the listener that they lead to, from addresses that the platform calls from. `second_called`: it
    came to the port of that listener when a sound partner named it.
    """

    offered: tuple[UrlOffered, ...]
    sound: int
    second_called: bool
    connections: int
    waited_s: float


CALLBACK_FACTS: tuple[type, ...] = (CommandResultsSeen, ResultUrlsOffered)
