"""Every policy of Checkov on AWS, and what it means for the checklist; read from `checkov_catalogue.tsv`.

The file is generated (`python -m checks.mappings.generator`), one policy a line: id, kind, severity (`hygiene`: general
cloud hygiene, which belongs to no row and is folded away), rows, Terraform types, title.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.severity import Severity

FILE: Final = Path(__file__).with_name("checkov_catalogue.tsv")
_HYGIENE: Final = "hygiene"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy. `kind`: what it looks at (`resource`, `graph`, `provider`, `data`); `severity` None: hygiene."""

    rule: str
    kind: str
    title: str
    types: tuple[str, ...]
    severity: Severity | None
    controls: tuple[str, ...]

    def line(self) -> str:
        """As it stands in the file."""
        told = (self.rule, self.kind, self.severity or _HYGIENE, ",".join(self.controls), ",".join(self.types))
        return "\t".join((*told, self.title))

    @staticmethod
    def from_line(line: str) -> "Policy":
        """The policy of one line.

        Raises: ValueError for anything but a line of the file.
        """
        rule, kind, severity, controls, types, title = line.split("\t")
        return Policy(
            rule=rule,
            kind=kind,
            title=title,
            types=tuple(one for one in types.split(",") if one),
            severity=None if severity == _HYGIENE else Severity(severity),
            controls=tuple(one for one in controls.split(",") if one),
        )

    def sort_key(self) -> tuple[str, int]:
        """Family, then number."""
        family, _, number = self.rule.rpartition("_")
        return family, int(number)


@cache
def catalogue() -> Mapping[str, Policy]:
    """By id, in the order of the file."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {policy.rule: policy for policy in map(Policy.from_line, lines)}
