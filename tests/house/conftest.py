"""A small repository of its own for each test, and the check scripts run on it as make runs them."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of this checkout."""
    return ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An empty git repository."""
    subprocess.run([shutil.which("git") or "git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


Judge = Callable[[str, Path], tuple[int, str, str]]


@pytest.fixture(scope="session")
def judge() -> Judge:
    """Run one script of `.ci` on a tree and give back its exit code, stdout and stderr."""

    def run(script: str, tree: Path) -> tuple[int, str, str]:
        command = [sys.executable, str(ROOT / ".ci" / script), str(tree)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=500)
        return answer.returncode, answer.stdout, answer.stderr

    return run
