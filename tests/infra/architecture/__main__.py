"""`.venv/bin/python -m tests.infra.architecture` draws docs/architecture.svg again, from the example of production."""

from __future__ import annotations

import sys

from tests.infra.architecture.drawing import draw
from tests.infra.recorded_program import PROJECT, Recorded, example, run

FILE = PROJECT / "docs" / "architecture.svg"

if __name__ == "__main__":
    recorded = run({"prod": example("prod")})["prod"]
    if not isinstance(recorded, Recorded):
        sys.exit(recorded)
    FILE.write_text(draw(recorded), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
