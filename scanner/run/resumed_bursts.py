"""What bursts had of each host before a run was interrupted."""

from collections.abc import Iterable, Mapping
from typing import Any

from scanner.gate.budget import Spent


def bursts_spent(entries: Iterable[Mapping[str, Any]]) -> Mapping[str, Spent]:
    """By host, from the entries of a journal; a burst that was cut off counts with all that it had announced."""
    spent: dict[str, Spent] = {}
    announced: dict[int, tuple[Spent, int]] = {}
    for entry in entries:
        if entry["kind"] == "intent" and "burst_host" in entry:
            had = spent.setdefault(entry["burst_host"], Spent())
            had.requests += entry["at_most"]
            had.seconds += entry["seconds"]
            announced[entry["number"]] = (had, entry["at_most"])
        elif entry["kind"] == "burst":
            had, at_most = announced[entry["number"]]
            had.requests += entry["requests"] - at_most
            had.bytes_received += entry["bytes"]
    return spent
