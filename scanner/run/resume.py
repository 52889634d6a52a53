"""What a journal says of an interrupted run: the probes that had finished, and what they saw."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from scanner.model.codec import observation_from_json, tool_verdict_from_json
from scanner.model.observation import AnyObservation
from scanner.model.tool_verdict import ToolVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedProbe:
    """One probe that had ended, with everything that it recorded."""

    observations: tuple[AnyObservation, ...]
    tool_verdicts: tuple[ToolVerdict, ...]
    tool_versions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journalled:
    """The finished probes of a run by (environment, probe), and how many requests each host was sent."""

    finished: Mapping[tuple[str, str], FinishedProbe]
    requests_by_host: Mapping[str, int]
    last_number: int


def journalled(entries: Iterable[Mapping[str, Any]]) -> Journalled:
    """Read the entries of a journal."""
    finished: dict[tuple[str, str], FinishedProbe] = {}
    sent: Counter[str] = Counter()
    last = 0
    for entry in entries:
        if entry["kind"] == "probe":
            finished[(entry["environment"], entry["probe"])] = FinishedProbe(
                observations=tuple(observation_from_json(document) for document in entry["observations"]),
                tool_verdicts=tuple(tool_verdict_from_json(document) for document in entry["tool_verdicts"]),
                tool_versions=entry["tool_versions"],
            )
        elif entry["kind"] == "intent":
            last = entry["number"]
            sent.update(_hosts(entry))
    return Journalled(finished=finished, requests_by_host=sent, last_number=last)


def _hosts(entry: Mapping[str, Any]) -> dict[str, int]:
    if "url" in entry:
        return {(urlsplit(entry["url"]).hostname or "").lower(): 1}
    if "raw" in entry:
        return {entry["raw"].rpartition(":")[0]: 1}
    return dict(entry.get("reserved", {}))
