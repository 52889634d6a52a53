"""What a checkpoint keeps of one bench: the steps and repetitions that were tried, and the evidence of findings."""

from dataclasses import asdict, dataclass, field
from typing import Any

from scanner.model.codec import adapter
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.transitions import Repeated, StepTaken
from scanner.model.json_value import JsonValue


@dataclass(slots=True)
class Progress:
    """`starts`: how often the bench was begun; `valid`: evidence of the valid object that was accepted."""

    starts: int = 0
    read_back: bool = False
    steps: list[StepTaken] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)
    evidence: list[EvidenceRef] = field(default_factory=list)

    @property
    def tried(self) -> frozenset[str]:
        """Names of the steps and repetitions that need not be tried again."""
        return frozenset({step.edge for step in self.steps} | {one.repetition.slug for one in self.repeated})

    def to_json(self) -> JsonValue:
        """For a checkpoint."""
        document: JsonValue = {
            "starts": self.starts,
            "read_back": self.read_back,
            "steps": adapter(list[StepTaken]).dump_python(self.steps, mode="json"),
            "repeated": adapter(list[Repeated]).dump_python(self.repeated, mode="json"),
            "evidence": [asdict(ref) for ref in self.evidence],
        }
        return document

    @classmethod
    def from_json(cls, kept: Any) -> "Progress":  # noqa: ANN401 - as it stands in the journal
        """What a checkpoint kept; nothing where there was none."""
        if kept is None:
            return cls()
        return cls(
            starts=kept["starts"],
            read_back=kept["read_back"],
            steps=adapter(list[StepTaken]).validate_python(kept["steps"]),
            repeated=adapter(list[Repeated]).validate_python(kept["repeated"]),
            evidence=[EvidenceRef(**ref) for ref in kept["evidence"]],
        )
