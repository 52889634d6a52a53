"""Two scans of one environment never overlap; the lock of one that was killed is taken over, and said."""

import errno
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
from scanner.cli.given import Given
from scanner.cli.run_note import new_note, open_folder
from scanner.cli.scan_lock import Owner, lock_name, only_scan
from scanner.cli.talk import Talk
from scanner.config.load import load_configuration
from scanner.errors import UsageError
from scanner.model.subject import EndpointSubject
from tests.reports.sample_posture import finding, posture_of
from tests.scanner.cli.test_run_commands import LEFT, leave
from tests.targets.postgresql import BIN, PASSWORD, running_postgresql

HOLDER = textwrap.dedent("""
    import sys
    from pathlib import Path
    from scanner.cli.scan_lock import Owner, only_scan
    from scanner.cli.talk import Talk
    from scanner.config.load import load_configuration
    file, folder = map(Path, sys.argv[1:])
    with only_scan(load_configuration(file), Owner(run="run-of-another", folder=Path("its-folder")), Talk(), folder):
        print("held", flush=True)
        sys.stdin.read()
""")
OF_TEST = EndpointSubject(environment="test", endpoint="main")
OURS = Owner(run="run-of-ours", folder=Path("ours"))


def config_file(folder: Path, *names: str, host: str = "ocpi.example", **more) -> Path:
    endpoints = {"main": {"versions_url": f"https://{host}/ocpi/versions"}}
    file = folder / "ocpi-posture.yaml"
    file.write_text(json.dumps({"environments": {name: {"endpoints": endpoints} for name in names}, **more}))
    return file


@pytest.fixture
def holder(tmp_path):
    """Start another process that holds the locks of a configuration until it is ended."""
    started = []

    def start(file: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, file, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=500)


def take(file: Path, folder: Path) -> None:
    with only_scan(load_configuration(file), OURS, Talk(), folder):
        pass


def test_a_second_scan_is_refused_and_told_who_is_first(holder, tmp_path):
    file = config_file(tmp_path, "test", "prod")
    other = holder(file)
    with pytest.raises(UsageError, match=rf"Environment prod .*run-of-another, process {other.pid}, since "):
        take(file, tmp_path)
    other.communicate("", timeout=500)
    take(file, tmp_path)


def test_the_lock_of_a_killed_scan_is_taken_over_and_its_run_named(holder, tmp_path, capfd):
    file = config_file(tmp_path, "test")
    Talk().set_up()
    other = holder(file)
    os.kill(other.pid, signal.SIGKILL)
    other.wait(60)
    take(file, tmp_path)
    said = capfd.readouterr().err
    assert "died without an end" in said
    assert "its-folder" in said
    take(file, tmp_path)
    assert "died" not in capfd.readouterr().err


def test_an_end_by_an_error_is_no_death(tmp_path, capfd):
    file = config_file(tmp_path, "test")
    Talk().set_up()
    for error in (UsageError("no"), KeyboardInterrupt(), RuntimeError()):
        with pytest.raises(type(error)), only_scan(load_configuration(file), OURS, Talk(), tmp_path):
            raise error
    take(file, tmp_path)
    assert "died" not in capfd.readouterr().err


def test_environments_are_kept_apart_by_name_and_endpoint_wherever_they_are_configured(tmp_path):
    def name(environment: str, host: str, folder: str) -> str:
        (tmp_path / folder).mkdir(exist_ok=True)
        file = config_file(tmp_path / folder, environment, host=host)
        return lock_name(load_configuration(file).targets[0], file)

    assert name("test", "a.example", "x") == name("test", "a.example", "y")
    assert len({name("test", "a.example", "x"), name("test", "b.example", "x"), name("prod", "a.example", "x")}) == 3


def test_a_folder_of_locks_that_others_can_write_is_not_trusted(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    trap = tmp_path / f"ocpi-posture-locks-{os.getuid()}"
    trap.mkdir()
    trap.chmod(0o777)
    file = config_file(tmp_path, "test")
    with pytest.raises(UsageError, match="others can write there"), only_scan(load_configuration(file), OURS, Talk()):
        pass
    trap.chmod(0o700)
    with only_scan(load_configuration(file), OURS, Talk()):
        assert list(trap.iterdir())


def test_a_full_disk_loses_the_name_of_the_owner_and_keeps_the_lock(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    file = config_file(tmp_path, "test")
    busy = pytest.raises(UsageError, match="being scanned by somebody else")
    with only_scan(load_configuration(file), OURS, Talk(), tmp_path), busy:
        take(file, tmp_path)


def test_a_place_that_takes_no_lock_is_named(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        take(config_file(tmp_path, "test"), tmp_path / "nowhere")


def test_a_locked_scan_ends_before_its_folder_is_made(holder, posture, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.cli.scan_lock._folder", lambda: tmp_path)
    file = config_file(tmp_path, "test")
    holder(file)
    ended = posture("scan", "-c", file, "-o", tmp_path / "run")
    assert ended.code == 2
    assert "is being scanned by somebody else: run run-of-another" in ended.stderr
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed: no lock is tested on it")
def test_machines_with_one_postgresql_exclude_each_other_and_a_killed_one_frees_it(holder, tmp_path, capfd):
    (tmp_path / "password").write_text(PASSWORD)
    elsewhere = tmp_path / "another-machine"  # its lock files are not ours
    elsewhere.mkdir()
    Talk().set_up()
    with running_postgresql() as server:
        file = config_file(tmp_path, "test", history={"url": server.url, "password": "file:password"})
        other = holder(file)
        with pytest.raises(UsageError, match="Environment test is being scanned by somebody else"):
            take(file, elsewhere)
        os.kill(other.pid, signal.SIGKILL)
        other.wait(60)
        _until_free(file, elsewhere)
        with only_scan(load_configuration(file), OURS, Talk(), elsewhere):
            server.stop()  # in the middle of a scan, which goes on
    assert "not kept apart" not in capfd.readouterr().err
    take(file, elsewhere)
    assert "scans from other machines are not kept apart now" in capfd.readouterr().err


def _until_free(file: Path, folder: Path) -> None:
    """The server notices within moments that the connection is gone."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            take(file, folder)
        except UsageError:
            time.sleep(0.05)
            continue
        return
    raise AssertionError("the lock of a dead process stayed")


def run_with_a_leftover_and_a_fail(folder: Path, file: Path) -> str:
    """A finished run of that configuration; the fingerprint of its fail."""
    open_folder(folder, new_note(load_configuration(file), given=Given(file=file)))
    fail = finding("ocpi-pagination-page-size-capped", Outcome.FAIL, "OCPI-EXT-03", subject=OF_TEST)
    (folder / "posture.json").write_bytes(render_json(posture_of(fail, environments=("test",))))
    leave(folder, LEFT, "https://ocpi.example/ocpi/versions")
    return fail.fingerprint


def test_cleanup_replay_and_onboarding_wait_for_a_scan_as_well(holder, posture, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.cli.scan_lock._folder", lambda: tmp_path)
    party = {"party": "NL-ABC", "roles": ["CPO"]}
    file = config_file(tmp_path, "test", partners={"north": party})
    left = tmp_path / "run"
    fingerprint = run_with_a_leftover_and_a_fail(left, file)
    holder(file)
    until = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    decided = ("--decision", "refuse", "--decided-by", "Ada", "--function", "head", "--until", until)
    for arguments in (
        ("cleanup", left),
        ("replay", left, fingerprint),
        ("onboard", "north", "-e", "test", "--run", left, *decided),
    ):
        ended = posture(*arguments, "-c", file)
        assert (ended.code, arguments[0]) == (2, arguments[0]), ended.stderr
        assert "is being scanned by somebody else: run run-of-another" in ended.stderr
    assert not (left / "replays").exists()
