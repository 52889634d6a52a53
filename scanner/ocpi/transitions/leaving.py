"""What throw-away objects leave, and how each is taken out of use: deleted, made invalid, ended, removed."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.model.leftover import Leftover
from scanner.model.party import Party
from scanner.ocpi.transitions.bench import Bench
from scanner.ocpi.transitions.desk import Desk
from scanner.ocpi.transitions.specimen import Specimen
from scanner.ocpi.writing.stamp import written
from scanner.ocpi.writing.surface import as_bytes

# What stands for a removal where OCPI has none: the properties that a PATCH sets, and what is over then.
_INSTEAD: Final[dict[str, tuple[dict[str, JsonValue], str]]] = {
    "Token": ({"valid": False}, "as a valid one"),
    "Session": ({"status": "INVALID"}, "as one that goes on"),
    "EVSE": ({"status": "REMOVED"}, "as one in service"),
}
_OVER: Final = frozenset({"COMPLETED", "INVALID", "REMOVED"})  # states that need no end
_NOT_FOUND: Final = 404


def leaves(bench: Bench, object_id: str, now: datetime) -> tuple[Leftover, ...]:
    """What a write under that id may leave: the object where nothing removes it, and the object as it takes effect."""
    if bench.class_name == "Tariff":
        return (_leftover(bench, object_id, "", "DELETE", None),)
    stays = _leftover(bench, object_id, "", None, None)
    if bench.class_name not in _INSTEAD:
        return (stays,)
    sets, as_what = _INSTEAD[bench.class_name]
    body = as_bytes({**sets, "last_updated": written(now)}).decode()
    return (stays, _leftover(bench, object_id, f" {as_what}", "PATCH", body))


def of_other(bench: Bench, object_id: str, other: Party) -> Leftover:
    """What stays where a platform takes an object of ours for that of the party that it names."""
    left = _leftover(bench, object_id, f" under the name of {other}", None, None)
    return replace(left, owner=str(other))


def _leftover(bench: Bench, object_id: str, as_what: str, method: str | None, body: str | None) -> Leftover:
    interface = bench.surface.interface
    return Leftover(
        what=f"{bench.class_name} {object_id} at {interface.name}{as_what}",
        environment=interface.subject.environment,
        identity=interface.credential.identity,
        module=interface.module,
        owner=str(bench.surface.party),
        encoding=interface.credential.encoding,
        undo_method=method,
        undo_url=bench.url(object_id) if method else None,
        undo_body=body,
    )


async def take_back(desk: Desk, specimens: Iterable[Specimen]) -> None:
    """Take every object out of use that can be; what could not be stays in the journal for `cleanup`."""
    for specimen in specimens:
        for left in specimen.leaves:
            if left.undo_method is None or left.undo_url is None:
                continue
            if specimen.state in _OVER or await _undone(desk, left, left.undo_method, left.undo_url):
                desk.gone(left)


async def _undone(desk: Desk, left: Leftover, method: str, url: str) -> bool:
    answered = await desk.write_text(method, url, left.undo_body, f"take back {left.what}")
    return answered.accepted or answered.reaction.http_status == _NOT_FOUND
