"""Private folders of runs that ended well, that go on, and that were killed."""

import errno
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import scanner as scanner_package
from scanner.errors import UsageError
from scanner.run.scratch import scratch_folder

HOLDS_ONE: Final = """
import sys, time
from scanner.run.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "plan.json").write_text("in clear")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Path(tmp_path)


@pytest.fixture
def other_run(place) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    environment = {"TMPDIR": str(place), "PATH": ""}
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_ONE], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        yield child, Path(child.stdout.readline().strip())
        child.kill()


def test_a_folder_is_private_and_goes_with_its_run(place):
    with scratch_folder() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(place.iterdir())


def test_what_a_killed_run_left_is_removed_by_the_next(other_run):
    child, left = other_run
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=500)
    assert (left / "plan.json").exists()
    with scratch_folder():
        assert not left.exists()


def test_the_folder_of_a_run_that_goes_on_stays(other_run):
    _, held = other_run
    with scratch_folder() as own:
        assert own != held
    assert (held / "plan.json").exists()


def test_what_is_not_of_a_run_stays(place):
    (place / "ocpi-posture-notes").mkdir()
    (place / "elsewhere").mkdir()
    (place / "ocpi-posture-link").symlink_to(place / "elsewhere")
    with scratch_folder():
        pass
    assert {one.name for one in place.iterdir()} == {"ocpi-posture-notes", "ocpi-posture-link", "elsewhere"}


def test_a_machine_without_a_place_for_temporary_files_is_told_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(tmp_path / "nowhere")])
    with pytest.raises(UsageError, match="no place for temporary files") as caught, scratch_folder():
        pass
    assert "set TMPDIR" in caught.value.diagnostics()


def test_a_place_that_is_full_is_named(place, monkeypatch):
    def full(**_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkdtemp", full)
    with pytest.raises(UsageError, match=f"{place} cannot be written: no space left on device"), scratch_folder():
        pass


def test_nothing_but_the_demo_makes_temporary_folders_that_a_killed_run_would_leave():
    scanner = Path(scanner_package.__file__).parent
    making = ("TemporaryDirectory(", "mkdtemp(")
    found = {
        file.relative_to(scanner).as_posix()
        for file in scanner.rglob("*.py")
        if any(word in file.read_text(encoding="utf-8") for word in making)
    }
    assert found == {"run/scratch.py", "cli/demo.py"}  # the demo's own stack and service hold nothing of anybody
