"""`.venv/bin/python -m tests.infra.architecture` draws the pictures in docs again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.infra.architecture.container_layout import CONTAINERS
from tests.infra.architecture.drawing import draw
from tests.infra.architecture.layout import FUNCTIONS, Layout
from tests.infra.container_config import with_calling_container
from tests.infra.recorded_program import PROJECT, Recorded, example, run

_DOCS: Final = PROJECT / "docs"
# By the name under which tests record the same config.
PICTURES: Final[Mapping[str, tuple[Path, Layout]]] = {
    "prod": (_DOCS / "architecture.svg", FUNCTIONS),
    "test, calling container": (_DOCS / "architecture-container.svg", CONTAINERS),
}


def main() -> None:
    """Draw both."""
    configs: dict[str, Mapping[str, Any]] = {
        "prod": example("prod"),
        "test, calling container": with_calling_container(),
    }
    for name, recorded in run(configs).items():
        file, layout = PICTURES[name]
        if not isinstance(recorded, Recorded):
            sys.exit(recorded)
        file.write_text(draw(recorded, layout), encoding="utf-8")
        sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
