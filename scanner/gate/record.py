"""Every intent on record before it is sent, with a number of its own, and what came of it after."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from scanner.gate.journal import Journal
from scanner.gate.refused import says_no
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed
from scanner.model.intent import HttpIntent, Intent
from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover

_MUST_SURVIVE_POWER_LOSS: Final = frozenset({Effect.REGISTRATION, Effect.ACTUATE})
_MAY_WAIT: Final = frozenset({Effect.READ, Effect.WRITE, Effect.LASTING})
_MAY_NAME_A_PERSON: Final = frozenset({"url", "purpose", "scenario"})


class IntentRecord:
    """Numbers intents and writes them ahead of their requests; remembers the ways back that they announced."""

    def __init__(self, journal: Journal, first_number: int = 1) -> None:
        self._journal = journal
        self._number = first_number - 1
        self._ways_back: set[tuple[str | None, str | None]] = set()
        self._sessions: set[tuple[str, str | None, str]] = set()

    def note(self, intent: Intent, what: Mapping[str, JsonValue]) -> int:
        """Write the intent; gives its number.

        Raises: OSError where it cannot be written: then nothing may be sent.
        """
        self._number += 1
        entry: dict[str, JsonValue] = {
            "number": self._number,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "effect": intent.effect,
            "environment": intent.environment,
            "identity": intent.identity,
            "probe": intent.probe,
            "scenario": intent.scenario,
            "purpose": intent.purpose,
            **what,
        }
        if intent.effect is Effect.READ and not intent.leaves:  # of a write, cleanup needs the URL as it is
            entry |= {key: self._journal.of_nobody(entry[key]) for key in _MAY_NAME_A_PERSON & entry.keys()}
        if intent.leaves:
            self._ways_back |= {(left.undo_method, left.undo_url) for left in intent.leaves if left.removable}
            self._ways_back |= {("GET", _without_query(left.session_list)) for left in intent.leaves}
            self.remember(intent.leaves)
            entry["leaves"] = [_fields(left) for left in intent.leaves]
        self._journal.write("intent", entry, durable=intent.effect in _MUST_SURVIVE_POWER_LOSS)
        return self._number

    def outcome(self, intent: Intent, number: int, outcome: Exchange | Failed, received: int) -> None:
        """Write what came of it; `received`: bytes from the host so far.

        Of a read, and of a write that leaves nothing new behind, the entry goes to the file together with the next
        intent: a kill loses how that was answered, and nothing that somebody would have to take back.
        """
        status = outcome.status if isinstance(outcome, Exchange) else outcome.kind
        entry: dict[str, JsonValue] = {"number": number, "status": status, "bytes": received}
        if isinstance(outcome, Exchange):
            entry["ms"] = round(outcome.elapsed_s * 1000, 1)
        module = intent.module if isinstance(intent, HttpIntent) else None
        if intent.leaves and isinstance(outcome, Exchange) and says_no(outcome, module):
            entry["refused"] = True
        self._journal.write("outcome", entry, at_once=bool(intent.leaves) or intent.effect not in _MAY_WAIT)

    def burst(self, number: int, requests: int, received: int, stopped: str | None) -> None:
        """Write how many requests the burst that intent `number` announced has sent, and why it ended early."""
        entry: dict[str, JsonValue] = {"number": number, "requests": requests, "bytes": received, "stopped": stopped}
        self._journal.write("burst", entry, at_once=True)

    def taken_back(self, leftover: Leftover) -> None:
        """Write down that a leftover is no longer there."""
        self._journal.write("removed", _fields(leftover), durable=True)

    def new_token(self, environment: str, identity: str, what: str, place: str) -> None:
        """Write down that a new token was kept, and where; never the token."""
        entry: dict[str, JsonValue] = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "environment": environment,
            "identity": identity,
            "what": what,
            "place": place,
        }
        self._journal.write("kept", entry, durable=True)

    def called(self, number: int, what: Mapping[str, JsonValue]) -> None:
        """Write down a call of the target to the server that intent `number` opened."""
        self._journal.write(
            "call", {"number": number, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **what}
        )

    def takes_back(self, intent: Intent) -> bool:
        """True for what was announced as the way back."""
        if not isinstance(intent, HttpIntent):
            return False
        url = _without_query(intent.url) if intent.method == "GET" else intent.url  # a list has pages
        return (intent.method, url) in self._ways_back

    def remember(self, leaves: Iterable[Leftover]) -> None:
        """Know the sessions that commands of ours may have begun; `cleanup` brings those of its journal."""
        marked = (left for left in leaves if left.session_mark)
        self._sessions |= {(left.environment, left.evse, left.session_mark or "") for left in marked}

    def began(self, intent: HttpIntent) -> bool:
        """True where the mark that the intent names is that of a command of ours at the same EVSE."""
        return (intent.environment, intent.evse, intent.begun_with) in self._sessions

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._journal.flush()


def _without_query(url: str | None) -> str | None:
    return url and url.partition("?")[0]


def _fields(leftover: Leftover) -> dict[str, JsonValue]:
    return {name: getattr(leftover, name) for name in leftover.__dataclass_fields__}
