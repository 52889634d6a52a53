"""What is asked outside a run, by preflight and cleanup: reads of the protocol, with evidence that nobody keeps."""

from datetime import UTC, datetime
from pathlib import Path

from scanner.cli.talk import Talk
from scanner.evidence_store import EvidenceFolder
from scanner.gate.gate import Gate
from scanner.model.fact_store import FactStore
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.probe import ProbeContext, Recorder


def asking_outside_a_run(gate: Gate, target: EnvironmentTarget, folder: Path, talk: Talk) -> ProbeContext:
    """As a probe would; what it stores goes below `folder`."""
    return ProbeContext(
        gate=gate,
        evidence=EvidenceFolder(folder, talk.redactor),
        record=Recorder(Witness.PROTOCOL, FactStore()),
        target=target,
        scratch=folder,
        now=datetime.now(UTC),
        seed=0,
    )
