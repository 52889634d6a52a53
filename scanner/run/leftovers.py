"""What a run left at its targets, read from the journal: every object that was announced and not taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.model.leftover import Leftover
from scanner.model.token_encoding import TokenEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """A leftover that may still be there, the request that made it, and how that was answered (None: unknown)."""

    leftover: Leftover
    intent: int
    probe: str
    status: int | str | None


def left_behind(entries: Iterable[Mapping[str, Any]]) -> tuple[LeftBehind, ...]:
    """What the journal's intents announced, less what its `removed` entries took back; in order.

    A request whose answer is unknown counts as having left everything that it announced.
    """
    announced: dict[Leftover, LeftBehind] = {}
    statuses: dict[int, int | str] = {}
    for entry in entries:
        match entry["kind"]:
            case "intent":
                for fields in entry.get("leaves", ()):
                    left = _leftover(fields)
                    behind = LeftBehind(leftover=left, intent=entry["number"], probe=entry["probe"], status=None)
                    announced[left] = behind
            case "outcome":
                statuses[entry["number"]] = entry["status"]
            case "removed":
                announced.pop(_leftover({name: entry[name] for name in Leftover.__dataclass_fields__}), None)
    return tuple(
        LeftBehind(leftover=left.leftover, intent=left.intent, probe=left.probe, status=statuses.get(left.intent))
        for left in announced.values()
    )


def _leftover(fields: Mapping[str, Any]) -> Leftover:
    return Leftover(**{**fields, "encoding": TokenEncoding(fields["encoding"])})
