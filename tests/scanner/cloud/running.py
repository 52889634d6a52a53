"""Runs a program of `programs/` as the probe does, with the interpreter of the Pulumi environment."""

import asyncio
from pathlib import Path

from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.program import ProgramRun, program_intent, read_run
from scanner.cloud.project import read_project
from scanner.gate.process import ProcessResult, run_process
from scanner.model.cloud_input import ProgramInput

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / "infra" / ".venv" / "bin" / "python"  # made by `make`
PROGRAMS = Path(__file__).with_name("programs")


def program(name: str, timeout_s: float = 60.0, python: Path = PYTHON, **config: str) -> ProgramInput:
    return ProgramInput(
        name=name, directory=PROGRAMS / name, stack="test", config=config, python=python, timeout_s=timeout_s
    )


def result_of(given: ProgramInput, home: Path) -> ProcessResult:
    intent = program_intent(given, read_project(given), token_map(), "test")
    return asyncio.run(run_process(intent, home))


def run_of(given: ProgramInput, home: Path) -> ProgramRun:
    return read_run(result_of(given, home), given, read_project(given))
