"""Tool rule: what one rule of another tool means for the checklist."""

from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRule:
    """`rule` is the tool's own id; `controls` are checklist rows; `claim` ties it to checks of other witnesses.

    `about`: what it asks, in a few words of ours; `remediation`: what to do where it fails.
    """

    tool: str
    rule: str
    controls: tuple[str, ...]
    severity: Severity
    about: str = ""
    remediation: str = ""
    claim: str | None = None
