"""What a journal says of an interrupted run: the probes that had finished, and what they saw."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from scanner.gate.budget import Spent
from scanner.model.codec import observation_from_json, tool_verdict_from_json
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import AnyObservation
from scanner.model.tool_verdict import ToolVerdict
from scanner.run.resumed_bursts import bursts_spent


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedProbe:
    """One probe that had ended, with everything that it recorded."""

    observations: tuple[AnyObservation, ...]
    tool_verdicts: tuple[ToolVerdict, ...]
    tool_versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """The finished probes and the checkpoints of a run by (environment, probe), and what each host has had.

    `stress`: by bursts, apart from the others; of one that was cut off, all that it had announced.
    """

    finished: Mapping[tuple[str, str], FinishedProbe]
    checkpoints: Mapping[tuple[str, str], Mapping[str, JsonValue]]
    spent: Mapping[str, Spent]
    stress: Mapping[str, Spent]
    last_number: int


def journalled(entries: Iterable[Mapping[str, Any]]) -> Journalled:
    """Read the entries of a journal."""
    entries = tuple(entries)
    finished: dict[tuple[str, str], FinishedProbe] = {}
    checkpoints: dict[tuple[str, str], dict[str, JsonValue]] = {}
    spent: dict[str, Spent] = {}
    last = 0
    hosts: dict[int, str] = {}
    began: dict[str, datetime] = {}
    for entry in entries:
        match entry["kind"]:
            case "run":
                began.clear()
            case "probe":
                finished[(entry["environment"], entry["probe"])] = _probe(entry)
            case "checkpoint":
                checkpoints.setdefault((entry["environment"], entry["probe"]), {})[entry["key"]] = entry["value"]
            case "intent":
                last = entry["number"]
                for host, connections in entry.get("reserved", {}).items():
                    spent.setdefault(host, Spent()).reserved += connections
                for host, anonymous in _requests(entry):
                    had = spent.setdefault(host, Spent())
                    had.requests += 1
                    had.refusals += anonymous
                    had.seconds += _since(began, host, datetime.fromisoformat(entry["at"]))
                    hosts[last] = host
            case "outcome" if entry["number"] in hosts:
                spent[hosts[entry["number"]]].bytes_received = entry.get("bytes", 0)
    return Journalled(
        finished=finished,
        checkpoints=checkpoints,
        spent=spent,
        stress=bursts_spent(entries),
        last_number=last,
    )


def _probe(entry: Mapping[str, Any]) -> FinishedProbe:
    return FinishedProbe(
        observations=tuple(observation_from_json(document) for document in entry["observations"]),
        tool_verdicts=tuple(tool_verdict_from_json(document) for document in entry["tool_verdicts"]),
        tool_versions=entry["tool_versions"],
    )


def _requests(entry: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The host that was asked, and 1 where that was done without a valid token."""
    if "url" in entry:
        yield entry["host"], int(entry["anonymous"])
    elif "raw" in entry:
        yield entry["raw"].rpartition(":")[0], int(entry.get("anonymous", True))


def _since(began: dict[str, datetime], host: str, at: datetime) -> float:
    """Seconds since the host was last asked in the same run; the time between two runs does not count."""
    before = began.get(host, at)
    began[host] = at
    return (at - before).total_seconds()
