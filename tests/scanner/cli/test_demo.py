"""The demo as a user runs it. The whole list of faults is proven by the tables of expected findings."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.service.faults import select_faults
from scanner.cli.bare_url import BareUrl, bare_configuration
from scanner.cli.demo import make_room
from scanner.cli.demo_faults import chosen_faults
from scanner.cli.demo_pack import PACK, PUBLIC
from scanner.cli.demo_service import prepare, served
from scanner.cli.run_note import new_note, open_folder
from scanner.errors import UsageError
from tests.scanner.cli.targets import posture as written

CONFIGURATION = bare_configuration(BareUrl(versions_url="https://ocpi.example/versions"))

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "tests" / "expected_findings"
HAS_PULUMI = (ROOT / "infra" / ".venv" / "bin" / "python").exists()


def temporary(folder: Path) -> Path:
    """Where a demo puts what it removes again: other demos may run at the same time."""
    return folder / "tmp"


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    temporary(folder).mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary(folder))}
    command = [sys.executable, "-m", "scanner", "demo", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )


@pytest.fixture(scope="module")
def hardened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hardened")
    return demo(folder), folder / "demo-run"


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    folder = tmp_path_factory.mktemp("everything")
    return demo(folder, "--faults", "all", "-o", "out"), folder / "out"


def fails(document: dict[str, Any]) -> set[str]:
    return {f["check"] for f in document["findings"] if f["outcome"] == "fail" and f["controls"]}


def test_the_hardened_target_is_clean(hardened):
    done, run = hardened
    document = written(run)
    assert fails(document) == set()
    assert done.returncode == (0 if HAS_PULUMI else 3), done.stderr
    assert "proven to hold" in done.stdout
    assert {"posture.json", "report.html", "evidence"} <= {path.name for path in run.iterdir()}
    assert document["run"]["environments"] == ["demo"]


def test_it_ends_with_a_signed_pack_that_verify_accepts(hardened, posture):
    done, run = hardened
    assert f"evidence verify {Path('demo-run') / 'pack.zip'}" in done.stdout
    assert "not who made it" in done.stdout
    ended = posture("evidence", "verify", run / "pack.zip", "--key", run / "pack.pub")
    assert (ended.code, "Intact and signed." in ended.stdout) == (0, True)
    assert not [file for file in run.rglob("*") if file.is_file() and b"PRIVATE KEY" in file.read_bytes()]


def test_three_witnesses_have_looked(hardened):
    _, run = hardened
    judged = {f["witness"] for f in written(run)["findings"] if f["outcome"] == "pass"}
    assert {"tls", "protocol"} <= judged
    assert ("cloud-declared" in judged) == HAS_PULUMI


@pytest.mark.slow
def test_named_faults_of_both_halves_are_found_and_nothing_else(tmp_path):
    done = demo(tmp_path, "--faults", "no-page-limit,no-waf", "-o", "out")
    assert done.returncode == 1
    found = fails(written(tmp_path / "out"))
    assert "ocpi-pagination-page-size-capped" in found
    if HAS_PULUMI:
        assert "cloud-edge-firewall-on-every-entry" in found
    assert not [check for check in found if check.startswith(("tls-", "ocpi-")) and "page-size" not in check]


@pytest.mark.skipif(not HAS_PULUMI, reason="infra/.venv is missing: make setup")
def test_every_fault_that_all_switches_on_is_found(everything):
    done, run = everything
    assert done.returncode == 1
    found = {f["check"] for f in written(run)["findings"] if f["outcome"] == "fail"}
    of_protocol, of_tls, of_cloud = (
        yaml.safe_load((TABLES / f"{name}.yaml").read_text()) for name in ("protocol", "service_tls", "cloud")
    )
    service = [fault.name for fault in select_faults(["all"])]
    assert len(service) > 20
    expected = {fault: {*of_protocol.get(fault, ()), *of_tls.get(fault, ())} for fault in service}
    for weakness in chosen_faults("all").stack:
        expected[weakness] = {*of_cloud[weakness]["checks"], *of_cloud[weakness]["checkov"]}
    # One fault may keep a second check of another from its subject: a plaintext URL is not asked for its headers.
    assert [fault for fault, checks in expected.items() if not checks & found] == []


def test_nothing_private_is_left_behind_and_nobody_keeps_running(hardened, everything):
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if _readable(path)]
    for place in (temporary(run.parent) for _, run in (hardened, everything)):
        assert not [line for line in running if str(place).encode() in line]
        assert not list(place.glob("ocpi-posture-demo-*"))


def _readable(path: Path) -> bool:
    try:
        path.read_bytes()
    except OSError:
        return False
    return True


def test_an_unknown_fault_names_the_nearest_and_the_whole_list():
    with pytest.raises(UsageError) as caught:
        chosen_faults("no-page-limt")
    assert "did you mean 'no-page-limit'?" in caught.value.message
    assert "no-waf" in caught.value.hint.partition("of the stack: ")[2]
    assert "plaintext-listener" in caught.value.hint.partition("of the stack: ")[0]
    with pytest.raises(UsageError, match="names nothing"):
        chosen_faults(" , ")


def test_faults_are_sorted_to_the_half_that_has_them():
    chosen = chosen_faults("no-waf, no-page-limit")
    assert (chosen.service, chosen.stack) == (("no-page-limit",), ("no-waf",))
    everything = chosen_faults("all")
    assert everything.service == ("all",)
    assert len(everything.stack) >= 9
    assert chosen_faults(None).service == ()


def test_an_earlier_demo_is_replaced_and_what_is_not_its_own_stays(tmp_path):
    open_folder(tmp_path, new_note(CONFIGURATION, is_demo=True))
    (tmp_path / "evidence" / "ab").mkdir(parents=True)
    for name in ("posture.json", "report.html", "journal.jsonl", PACK, PUBLIC, "evidence/ab/x.json", "mine.txt"):
        (tmp_path / name).write_text("{}")
    make_room(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_real_run_is_never_replaced(posture, tmp_path):
    open_folder(tmp_path / "scan", new_note(CONFIGURATION))
    ended = posture("demo", "-o", "scan")
    assert ended.code == 2
    assert "holds a run already" in ended.stderr


def test_the_service_takes_another_port_if_its_own_is_taken(tmp_path):
    prepare(tmp_path / "service")
    with served(tmp_path / "service", ()) as first, served(tmp_path / "service", ()) as second:
        assert first.versions_url != second.versions_url


def test_the_service_ends_with_us_however_we_end(tmp_path):
    prepare(tmp_path / "service")
    code = (
        "import sys, time; from pathlib import Path; from scanner.cli.demo_service import served\n"
        "with served(Path(sys.argv[1]), ()) as s: print('up', flush=True); time.sleep(60)"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "service")], stdout=subprocess.PIPE, env=environment
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    (child,) = map(int, Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists()


def test_ctrl_c_stops_the_looking_and_still_reports(tmp_path):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "scanner", "--log-format", "json", "demo"]
    child = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stderr is not None
    for line in child.stderr:
        if json.loads(line)["event"] == "probe started":
            break
    child.send_signal(signal.SIGINT)
    stdout, stderr = child.communicate(timeout=500)
    assert child.returncode == 3, stderr
    assert b"the run was stopped" in stderr
    assert b"Traceback" not in stderr
    document = written(tmp_path / "demo-run")
    assert any(entry["reason"] == "stopped" for entry in document["not_looked_at"])
    assert stdout
