"""The reference stack as a scan sees it: `test` and `prod` of the shipped examples, declared, judged together."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tests.infra.recorded_program import PROJECT, PYTHON, example
from tests.targets.once import once_a_run

ENVIRONMENTS = ("prod", "test")


@once_a_run
def posture_of_the_stack() -> dict[str, Any]:
    """`posture.json` of one scan with nothing but the two programs: no endpoint, no history, nothing attested."""
    with tempfile.TemporaryDirectory() as name:
        config, run = Path(name) / "ocpi-posture.yaml", Path(name) / "run"
        config.write_text(yaml.safe_dump(_configuration()), encoding="utf-8")
        scan = [
            sys.executable,
            "-m",
            "scanner",
            "scan",
            "-c",
            str(config),
            "-o",
            str(run),
            "--quiet",
            "--format",
            "json",
        ]
        ended = subprocess.run(scan, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)
        report = run / "posture.json"
        assert report.exists(), ended.stderr[-4000:]
        document: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return document


def _configuration() -> dict[str, Any]:
    partners = example("prod")["partners"]
    agreed = {
        partner: {**block, "contract": {key: str(day) for key, day in block["contract"].items()}}
        for partner, block in partners.items()
    }
    return {"environments": {name: _environment(name, sorted(partners)) for name in ENVIRONMENTS}, "partners": agreed}


def _environment(name: str, partners: list[str]) -> dict[str, Any]:
    program = {"directory": str(PROJECT), "stack": f"example-{name}", "python": str(PYTHON)}
    return {"cloud": {"programs": {"stack": program}}, "partners": partners}
