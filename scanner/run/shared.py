"""What the probes of one run share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scanner.gate.gate import Gate
from scanner.gate.journal import Journal
from scanner.model.evidence import EvidenceStore
from scanner.model.fact_store import ConflictingObservation, FactStore
from scanner.model.json_value import JsonValue
from scanner.model.observation import Reason, Unavailable
from scanner.model.tool_verdict import ToolVerdict
from scanner.run.plan import ScanPlan
from scanner.run.progress import Progress
from scanner.run.resume import FinishedProbe


@dataclass(slots=True)
class Run:
    """What the probes of one run share, and what they have seen so far."""

    plan: ScanPlan
    gate: Gate
    evidence: EvidenceStore
    journal: Journal
    scratch: Path
    progress: Progress
    checkpoints: Mapping[tuple[str, str], Mapping[str, JsonValue]] = field(default_factory=dict)
    facts: FactStore = field(default_factory=FactStore)
    tool_verdicts: list[ToolVerdict] = field(default_factory=list)
    tool_versions: dict[str, str] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    stopped: str | None = None

    def keep(self, seen: FinishedProbe) -> None:
        """Add what a probe saw. Where two probes saw one thing differently, neither counts, and it is a bug of ours."""
        for observation in seen.observations:
            try:
                self.facts.record(observation)
            except ConflictingObservation as conflict:
                self.bugs.append(str(conflict))
                self.facts.contradicted(observation, Unavailable(reason=Reason.PROBE_BUG, detail=str(conflict)))
        self.tool_verdicts += seen.tool_verdicts
        self.tool_versions |= seen.tool_versions
