"""The Pulumi program, run under mocks in its own environment: what it registers, or the sentence it refuses with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

PROJECT: Final = Path(__file__).resolve().parents[2]
# A machine under ten times its load needs six minutes for all configs; below the limit that ends a test which hangs.
LONGEST_S: Final = 580
PYTHON: Final = PROJECT / "infra" / ".venv" / "bin" / "python"

Registration = Mapping[str, Any]
Config = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one run registered."""

    registrations: tuple[Registration, ...]

    def all(self, kind: str) -> list[Registration]:
        """All of a type, like `aws:ec2/vpc:Vpc`, in order of name."""
        return sorted((r for r in self.registrations if r["type"] == kind), key=lambda r: str(r["name"]))

    def one(self, kind: str, name: str | None = None) -> Registration:
        """The only one of that type (and name)."""
        found = [r for r in self.all(kind) if name in (None, r["name"])]
        assert len(found) == 1, f"{len(found)} of {kind} {name}"
        return found[0]

    def inputs(self, kind: str, name: str | None = None) -> Mapping[str, Any]:
        """The inputs of the only one."""
        inputs: Mapping[str, Any] = self.one(kind, name)["inputs"]
        return inputs

    def by_key(self) -> dict[tuple[str, str, str], Registration]:
        """Every registration under type, parent and name."""
        return {(r["type"], r["parent"], r["name"]): r for r in self.registrations}


def example(name: str) -> dict[str, Any]:
    """The config in a shipped example file, without the project's prefix."""
    document = yaml.safe_load((PROJECT / f"Pulumi.example-{name}.yaml").read_text())
    return {key.removeprefix("ocpi-posture:"): value for key, value in document["config"].items()}


def run(configs: Mapping[str, Config]) -> dict[str, Recorded | str]:
    """Run the program once per config; a text is the sentence of a refusal."""
    order = {"project": str(PROJECT), "configs": {name: as_text(config) for name, config in configs.items()}}
    recorder = Path(__file__).with_name("record_program.py")
    command, text = [str(PYTHON), "-I", str(recorder)], json.dumps(order)
    child = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    assert child.returncode == 0, child.stderr[-4000:]
    return {name: _outcome(answer) for name, answer in json.loads(child.stdout).items()}


def as_text(config: Config) -> dict[str, str]:
    """As the engine hands config over: text, structures as JSON."""
    return {key: value if isinstance(value, str) else json.dumps(value, default=_day) for key, value in config.items()}


def _day(value: object) -> str:
    """A date without quotes, as the engine hands it over."""
    return f"{value} 00:00:00 +0000 UTC"


def _outcome(answer: Mapping[str, Any]) -> Recorded | str:
    return answer["refused"] if "refused" in answer else Recorded(tuple(answer["registrations"]))
