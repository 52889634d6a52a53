"""The way to find and to stop a session that a START_SESSION of ours may begin, as one of our identities sees it."""

from dataclasses import replace

from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.party import Party
from scanner.ocpi.callbacks.commands import STOP
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.writing.surface import as_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Emsp:
    """One identity of ours: where it sends commands, and `listed`, the URL where it reads sessions of this run."""

    commands: Interface
    listed: str
    party: Party


def session_of(mark: str, evse: str, who: Emsp, response_url: str) -> Leftover:
    """The session of the command with a mark; `response_url` goes with its stop."""
    left = Leftover(
        what=f"the session of {mark} at EVSE {evse}",
        environment=who.commands.subject.environment,
        identity=None,
        module="commands",
        undo_method="POST",
        undo_body=as_bytes({"response_url": response_url}).decode(),
        session_mark=mark,
        evse=evse,
    )
    return as_seen_by(who, left)


def as_seen_by(who: Emsp, left: Leftover) -> Leftover:
    """The same session, found and stopped by somebody else of ours."""
    credential = who.commands.credential
    return replace(
        left,
        identity=credential.identity,
        owner=str(who.party),
        encoding=credential.encoding,
        undo_url=f"{who.commands.url.rstrip('/')}/{STOP}",
        session_list=who.listed,
    )
