"""What a run left at its targets, read from the journal: every object that was announced and not taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.token_encoding import TokenEncoding

TELLING: Final = frozenset({"intent", "outcome", "removed"})  # the kinds of entries that are read here


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A leftover that may still be there, the request that made it, and how that was answered (None: unknown)."""

    leftover: Leftover
    intent: int
    probe: str
    status: int | str | None


def left_behind(entries: Iterable[Mapping[str, Any]]) -> tuple[LeftBehind, ...]:
    """What the journal's intents announced, less what was refused and what its `removed` entries took back; in order.

    A request whose answer is unknown counts as having left everything that it announced.
    """
    announced: dict[Leftover, dict[int, LeftBehind]] = {}
    by_intent: dict[int, list[Leftover]] = {}
    for entry in entries:
        number = entry.get("number", 0)
        match entry["kind"]:
            case "intent" if "leaves" in entry:
                by_intent[number] = [_leftover(fields) for fields in entry["leaves"]]
                for left in by_intent[number]:
                    behind = LeftBehind(leftover=left, intent=number, probe=entry["probe"], status=None)
                    announced.setdefault(left, {})[number] = behind
            case "outcome":
                for left in by_intent.get(number, ()):
                    _answered(announced.get(left, {}), number, entry)
            case "removed":
                announced.pop(
                    _leftover({name: entry[name] for name in Leftover.__dataclass_fields__ if name in entry}), None
                )
    return tuple(list(behind.values())[-1] for behind in announced.values() if behind)


def _answered(behind: dict[int, LeftBehind], number: int, outcome: Mapping[str, Any]) -> None:
    """A request that was refused made nothing; what another one made stays, and a session until it was looked for."""
    if number in behind and outcome.get("refused") and behind[number].leftover.session_mark is None:
        del behind[number]
    elif number in behind:
        behind[number] = replace(behind[number], status=outcome["status"])


def _leftover(fields: Mapping[str, Any]) -> Leftover:
    return Leftover(**{**fields, "encoding": TokenEncoding(fields["encoding"])})
