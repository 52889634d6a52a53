"""What a checkpoint of one surface keeps: a run that was interrupted goes on where it was."""

from dataclasses import asdict, dataclass, field
from typing import Any

from scanner.model.evidence import EvidenceRef
from scanner.model.json_value import JsonValue
from scanner.ocpi.mutation.tally import Tally


@dataclass(slots=True)
class Progress:
    """How many mutants are done, how they were treated, and the evidence of examples.

    `starts`: how often the surface was begun, so that an object that an interruption left is never written again.
    """

    done: int = 0
    starts: int = 0
    tally: Tally = field(default_factory=Tally)
    examples: dict[str, EvidenceRef] = field(default_factory=dict)

    def to_json(self) -> JsonValue:
        """For a checkpoint."""
        refs: JsonValue = {mutant: asdict(ref) for mutant, ref in self.examples.items()}
        return {"done": self.done, "starts": self.starts, "tally": self.tally.to_json(), "examples": refs}

    @classmethod
    def from_json(cls, kept: Any) -> "Progress":  # noqa: ANN401 - as it stands in the journal
        """What a checkpoint kept; the beginning, where there is none."""
        if kept is None:
            return cls()
        refs = {mutant: EvidenceRef(**ref) for mutant, ref in kept["examples"].items()}
        tally = Tally.from_json(kept["tally"])
        return cls(done=kept["done"], starts=kept["starts"], tally=tally, examples=refs)
