import json
import os
import pty
import select
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from scanner.cli.progress import LoggedProgress, MovingProgress, progress_of
from scanner.cli.talk import LogFormat, Talk
from tests.scanner.cli.targets import FAST, config_of
from tests.targets.reference_service import running_service

ROOT = Path(__file__).parents[3]


def test_off_a_terminal_every_phase_is_a_log_line(posture, capfd):
    talk = Talk(log_format=LogFormat.JSON)
    talk.set_up()
    with progress_of(talk) as progress:
        assert isinstance(progress, LoggedProgress)
        progress.probe_started("test", "tls")
        progress.probe_finished("test", "tls", 3, 1.234)
        progress.note("stopping", grace_s=5)
    out, err = capfd.readouterr()
    assert out == ""
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["event"] for line in lines] == ["probe started", "probe finished", "stopping"]
    assert (lines[1]["observations"], lines[1]["seconds"]) == (3, 1.23)


@pytest.mark.parametrize(
    "no_colour, narrowed, names",
    [("", ("--witness", "protocol"), "test/ocpi-"), ("1", ("--select", "ocpi-headers-nosniff-sent"), "looking")],
)
def test_on_a_terminal_it_moves_and_stdout_stays_clean(tmp_path, no_colour, narrowed, names):
    with running_service(versions=("2.2.1",)) as service:
        config = config_of(service, tmp_path)
        master, slave = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", "NO_COLOR": no_colour}
        command = [sys.executable, "-m", "scanner", "scan", "-c", str(config), *narrowed, "-o", "run"]
        with (tmp_path / "stdout").open("wb") as stdout:
            child = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=stdout, stderr=slave)
            os.close(slave)
            shown = _everything(master, child)
    assert child.returncode == 0, shown
    assert "looking" in shown
    assert names in shown
    assert ("\x1b[3" in shown) == (not no_colour)
    assert b"\x1b" not in (tmp_path / "stdout").read_bytes()


@pytest.mark.parametrize("before,stopped", [("", True), ("trap '' HUP; ", False)])
def test_a_terminal_that_is_closed_stops_a_scan_and_takes_nothing_from_its_report(tmp_path, before, stopped):
    pace = {"requests_per_second": 2} if stopped else {}  # minutes of questions, so that none ends before it is stopped
    with running_service(versions=("2.2.1",)) as service:
        config = config_of(service, tmp_path, limits=FAST | pace)
        master, slave = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "200"}
        command = f"{before}exec '{sys.executable}' -m scanner scan -c '{config}' -o run"
        child = subprocess.Popen(["sh", "-c", command], cwd=tmp_path, env=environment, stdout=slave, stderr=slave)
        os.close(slave)
        said = b""
        while b"looking: " not in said:  # a probe is at work
            said += os.read(master, 65536)
        os.close(master)
        child.send_signal(signal.SIGHUP)
        assert child.wait(timeout=500) == 2  # nobody could be shown the summary
    posture = (tmp_path / "run" / "posture.json").read_text(encoding="utf-8")
    assert ("stopped by the user" in posture) == stopped


def _everything(master: int, child: "subprocess.Popen[bytes]") -> str:
    said = b""
    while child.poll() is None or select.select([master], [], [], 0)[0]:
        if select.select([master], [], [], 0.1)[0]:
            try:
                said += os.read(master, 65536)
            except OSError:
                break
    child.wait()
    os.close(master)
    return said.decode(errors="replace")


def test_the_bar_counts_probes_and_survives_what_never_began():
    screen = StringIO()
    with Progress(console=Console(file=screen, markup=False)) as bar:
        progress = MovingProgress(bar)
        progress.probes_expected(2)
        progress.probe_started("test", "tls")
        progress.probe_finished("test", "tls", 1, 0.1)
        progress.probe_finished("test", "never-began", 1, 0.1)
        progress.note("pausing \x1b[2J", seconds=3)
        assert bar.tasks[0].completed == 2
    assert "pausing \\x1b[2J seconds=3" in screen.getvalue()
