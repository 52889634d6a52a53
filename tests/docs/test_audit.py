"""The commands of docs/audit.md, copied out and run in order, on a pack that is sound and on one that is not."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scanner.cli.finished_run import finished_run
from tests.targets.time_stamp_authority import authority, serving

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "audit.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
TOOLS = ("unzip", "jq", "openssl", "sha256sum", "base64")

pytestmark = pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}")


@pytest.fixture(scope="module")
def packed(tmp_path_factory) -> Path:
    """The owner's folder; in `auditor` what an auditor has: a signed, stamped and chained pack, a key and a root."""
    tmp_path: Path = tmp_path_factory.mktemp("owner")
    later = datetime(2026, 3, 9, tzinfo=UTC)
    first = finished_run(tmp_path / "first")
    second = finished_run(tmp_path / "second", id="second", started_at=later, finished_at=later + timedelta(seconds=9))
    evidence("pack", first, "-o", tmp_path / "first.zip", "--new-key", tmp_path / "posture.pem")
    folder = tmp_path / "auditor"
    folder.mkdir()
    with serving(authority(tmp_path / "tsa")) as tsa:
        options = ("--key", tmp_path / "posture.pem", "--previous", tmp_path / "first.zip", "--tsa", tsa.url)
        evidence("pack", second, "-o", folder / "pack.zip", *options)
    shutil.copy(tmp_path / "posture.pem.pub", folder / "posture.pub")
    shutil.copy(tsa.root, folder / "tsa-root.pem")
    return tmp_path


@pytest.fixture
def given(packed, tmp_path) -> Path:
    """A copy of what the auditor has."""
    folder: Path = shutil.copytree(packed / "auditor", tmp_path / "auditor")
    return folder


def evidence(*words: object) -> None:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "scanner", "evidence", *map(str, words)]
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=500)


def run(folder: Path, blocks: list[str]) -> subprocess.CompletedProcess[str]:
    binaries = folder.parent / "bin"
    binaries.mkdir(exist_ok=True)
    command = binaries / "ocpi-posture"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m scanner "$@"\n')
    command.chmod(0o755)
    environment = {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(folder)}
    script = "set -eu\n" + "\n".join(blocks)
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=500, check=False
    )


def test_every_command_of_the_guide_works_on_a_sound_pack(given):
    assert len(BLOCKS) > 10
    done = run(given, BLOCKS)
    assert done.returncode == 0, done.stderr
    for said in (
        "Intact and signed.",
        "Signature Verified Successfully",
        '"status": "partial"',
        '"tls-no-plaintext-listener"',
        '"token": "env:OCPI_TOKEN"',
        '"20260304T050607Z-7c1e"',
        "Verification: OK",
    ):
        assert said in done.stdout + done.stderr


def test_without_our_tool_a_changed_file_a_surplus_one_and_a_foreign_key_are_found(given, packed, tmp_path):
    by_hand = [block for block in BLOCKS if "ocpi-posture" not in block]
    unpack, signature, files = (next(b for b in by_hand if word in b) for word in ("unzip", "pkeyutl", "SHA256SUMS"))
    changed = run(given, [unpack, "echo >> opened/report.html", signature, files])
    assert (changed.returncode != 0, "report.html: FAILED" in changed.stdout) == (True, True)
    shutil.rmtree(given / "opened")
    surplus = run(given, [unpack, "echo > opened/evidence/more.json", signature, files])
    assert (surplus.returncode != 0, "more.json" in surplus.stdout) == (True, True)
    shutil.rmtree(given / "opened")
    evidence("pack", packed / "first", "-o", tmp_path / "other.zip", "--new-key", tmp_path / "other.pem")
    shutil.copy(tmp_path / "other.pem.pub", given / "posture.pub")
    foreign = run(given, [unpack, signature])
    assert (foreign.returncode, "Signature Verification Failure" in foreign.stdout) == (1, True)


def test_every_option_of_verify_and_its_exit_codes_stand_in_the_guide():
    for word in (
        "--key",
        "--previous",
        "--tsa-ca",
        "--format",
        "| 0 |",
        "| 1 |",
        "| 2 |",
        "| 3 |",
        "--new-key",
        "--tsa",
    ):
        assert word in GUIDE
