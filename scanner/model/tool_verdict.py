"""Tool verdict: another tool's own judgement, imported with the tool's id. It is not one of our checks."""

from enum import StrEnum

from scanner.model.evidence import EvidenceRef
from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity
from scanner.model.subject import Subject
from scanner.model.witness import Witness


class ToolOutcome(StrEnum):
    """What the tool said."""

    PASS = "pass"
    FAIL = "fail"
    NO_ANSWER = "no answer"  # expected to judge, said nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePosition:
    """A line in a file of the program that declared a resource; `line` starts at 1, 0 where only the file is known."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolVerdict:
    """One rule of one tool on one subject; `rule` is the tool's own id (`CKV_AWS_120`), `title` its own words."""

    tool: str
    tool_version: str
    rule: str
    title: str
    outcome: ToolOutcome
    subject: Subject
    witness: Witness
    evidence: tuple[EvidenceRef, ...]
    detail: str = ""
    severity: Severity | None = None
    position: SourcePosition | None = None

    def __post_init__(self) -> None:
        if self.outcome is not ToolOutcome.NO_ANSWER and not self.evidence:
            raise ValueError(f"a tool verdict needs evidence: {self.tool} {self.rule}")
