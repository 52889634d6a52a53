"""What a run is given, and what comes out of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from pathlib import Path

from scanner.gate.redaction import Redactor
from scanner.gate.sink import TokenSink
from scanner.model.fact_store import FactStore
from scanner.model.intent import PlannedRequest
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.secret import Secret
from scanner.model.target import EnvironmentTarget
from scanner.model.tool_verdict import ToolVerdict
from scanner.probe import Focus, Probe
from scanner.run.leftovers import LeftBehind


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPlan:
    """One run: where to look, with which probes, as whom, and where it is written.

    `later`: gives further probes, which take long to load: they are loaded while `probes`, which wait for none of
    them, are at work.
    `tokens`: present credentials tokens by (environment, identity). `former`: those that they replaced, oldest first.
    `sinks`: where new tokens are kept. `agreed`: the CREDENTIALS_TOKEN_A of invitations. `secrets`: further secrets
    that must not be stored. `redactor` learns all of them, and every token that the run brings: whoever talks or writes
    beside the run shares it.
    `configuration`: the configuration as it was read, without secrets; it becomes evidence of the contracts. `focus`:
    the finding that a replay asks about.
    """

    run_id: str
    folder: Path
    started_at: datetime
    targets: tuple[EnvironmentTarget, ...]
    probes: tuple[Probe, ...]
    tokens: Mapping[tuple[str, str], Secret]
    former: Mapping[tuple[str, str], tuple[Secret, ...]] = field(default_factory=dict)
    sinks: Mapping[tuple[str, str], TokenSink] = field(default_factory=dict)
    agreed: Mapping[tuple[str, str], Secret] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    redactor: Redactor = field(default_factory=Redactor)
    configuration: JsonValue = None
    seed: int = 0
    resume: bool = False
    focus: Focus | None = None
    later: Callable[[], tuple[Probe, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """Everything that was seen. `stopped` says why a run ended early; `bugs` are our own failures, by probe."""

    facts: FactStore
    tool_verdicts: tuple[ToolVerdict, ...]
    tool_versions: Mapping[str, str]
    requests_sent: int
    left_behind: tuple[LeftBehind, ...]
    finished_at: datetime
    stopped: str | None = None
    bugs: Sequence[str] = field(default=())


def planned_requests(probes: Iterable[Probe], targets: Iterable[EnvironmentTarget]) -> tuple[PlannedRequest, ...]:
    """What the probes would send to the targets, in the order of probes; nothing is sent."""
    chosen = tuple(targets)
    return tuple(line for probe in probes for target in chosen for line in probe.plan(target))
