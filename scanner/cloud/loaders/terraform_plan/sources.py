"""The lines of `.tf` files that lie beside a plan, where a resource of the root module is written."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.tool_verdict import SourcePosition

_BLOCK: Final = re.compile(r'^[ \t]*resource[ \t]+"?([\w-]+)"?[ \t]+"?([\w-]+)"?', re.MULTILINE)
_LARGEST: Final = 2**20  # bytes
_MOST: Final = 500  # files


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """`blocks`: type and name to the line that opens the block. `plan`: the plan's own file, for all others."""

    plan: str
    blocks: Mapping[tuple[str, str], SourcePosition]

    def position(self, kind: str, name: str, *, in_root: bool) -> SourcePosition:
        """The line of a resource; line 0 of the plan where it is not known."""
        found = self.blocks.get((kind, name)) if in_root else None
        return found or SourcePosition(file=self.plan, line=0)


def sources_beside(plan: Path) -> Sources:
    """What the folder of the plan holds; a file that cannot be read is left out."""
    blocks: dict[tuple[str, str], SourcePosition] = {}
    for file in sorted(plan.parent.glob("*.tf"))[:_MOST]:
        try:
            text = file.read_text(encoding="utf-8") if file.stat().st_size <= _LARGEST else ""
        except (OSError, UnicodeDecodeError):
            continue
        for found in _BLOCK.finditer(text):
            line = text.count("\n", 0, found.start(1)) + 1
            blocks.setdefault((found[1], found[2]), SourcePosition(file=file.name, line=line))
    return Sources(plan=plan.name, blocks=blocks)
