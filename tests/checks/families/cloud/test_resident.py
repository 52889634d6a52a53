"""One process runs the programs of all workers, and its end is noticed by those that come after it."""

import os
import subprocess
import sys

import pytest

from tests.checks.families.cloud import cases
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import FOLDER

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="infra/.venv is missing: make setup")
ASKING = """
import sys
from tests.checks.families.cloud.resident import ask
job = {"host": sys.argv[1], "path": [], "modules": [], "requests": {}}
print(ask(job), flush=True)
sys.stdin.read()
"""


def asking(folder):
    command = [sys.executable, "-c", ASKING, str(cases._HOST)]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), FOLDER: str(folder)}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)


def test_workers_share_one_and_the_next_starts_another_when_it_ended_with_its_first(tmp_path):
    with asking(tmp_path) as first:
        assert first.stdout.readline() == b"{}\n"
        door = (tmp_path / "programs.socket").stat().st_ctime_ns
        with asking(tmp_path) as second:
            assert second.stdout.readline() == b"{}\n"
        assert (tmp_path / "programs.socket").stat().st_ctime_ns == door
        first.kill()
        first.wait()
        with asking(tmp_path) as third:
            assert third.stdout.readline() == b"{}\n"
            assert (tmp_path / "programs.socket").stat().st_ctime_ns != door


def test_what_cannot_be_loaded_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    with pytest.raises(RuntimeError, match="no_such_module"):
        cases.run_each({}, ["no_such_module"])
