"""What a scan would send and leave behind, as its probes plan it; sends nothing."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

from scanner.cli.selection import Selection
from scanner.config.configuration import Configuration
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.run.plan import planned_requests


def planned(configuration: Configuration, selection: Selection) -> tuple[PlannedRequest, ...]:
    """Every line of every probe, sorted by environment; probes keep their order."""
    lines = planned_requests(selection.probes, configuration.targets)
    return tuple(sorted(lines, key=lambda line: line.environment))


def as_text(lines: Iterable[PlannedRequest], configuration: Configuration) -> str:
    """For people: requests by environment and probe, totals, budgets, and what would stay behind."""
    plan = tuple(lines)
    said: list[str] = []
    for (environment, probe), group in groupby(plan, key=lambda line: (line.environment, line.probe)):
        said.append(f"{environment}: {probe}")
        said += [f"  {_count(line):>9}  {line.effect:<12} {line.what}{_speaker(line)}" for line in group]
    least, most = sum(line.at_least for line in plan), sum(line.at_most for line in plan)
    said += ["", f"Requests and connections: {least} to {most}, as far as the budgets let them out."]
    said += [
        f"Budget of {target.name}: at most {target.limits.max_requests} to each host, "
        f"{target.limits.requests_per_second:g} per second, {target.limits.max_refusals} without a valid token."
        for target in configuration.targets
    ]
    said += _left(plan)
    return "\n".join(said) + "\n"


def as_json(lines: Iterable[PlannedRequest]) -> str:
    """For machines: one object a line of the plan."""
    document: list[JsonValue] = [asdict(line) for line in lines]
    return json.dumps(document, indent=1) + "\n"


def _count(line: PlannedRequest) -> str:
    return str(line.at_most) if line.at_least == line.at_most else f"{line.at_least}-{line.at_most}"


def _speaker(line: PlannedRequest) -> str:
    return f" (as {line.identity})" if line.identity else ""


def _left(plan: Iterable[PlannedRequest]) -> list[str]:
    left = [leftover for line in plan for leftover in line.leaves]
    if not left:
        return ["Left behind: nothing."]
    speakers: dict[str, list[str]] = {}
    for one in left:
        what = f"  {one.environment}: {one.what} ({'removable' if one.removable else 'stays'})"
        named = speakers.setdefault(what, [])
        named += [one.identity] if one.identity and one.identity not in named else []
    lines = [what + (f", as {', '.join(named)}" if named else "") for what, named in speakers.items()]
    return ["Left behind, at most:", *lines]
