"""What the scanner's container runs, and the file that its image is made by. The image itself is not built here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click import Context

from infra.scanner_image.scan_and_keep import NOT_KEPT, Order, scan_and_keep
from scanner.cli.root import root
from tests.infra.filter_patterns import matches
from tests.infra.recorded_program import PROJECT, Recorded

IMAGE = PROJECT / "infra" / "scanner_image"
# Stands in for `ocpi-posture`: writes down how it was called, and ends as it was told for that command.
PROGRAM = """
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
sys.exit(json.loads(os.environ["CODES"]).get(" ".join(sys.argv[1:3]) if sys.argv[1] == "evidence" else sys.argv[1], 0))
"""


@pytest.fixture
def order(tmp_path, monkeypatch) -> Order:
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("CODES", "{}")
    (tmp_path / "program.py").write_text(PROGRAM)
    return Order(
        environment="prod",
        bucket="evidence",
        signed_by="awskms:arn:aws:kms:eu-central-1:456789012345:key/1",
        retain_days="1100",
        lock="compliance",
        config="ocpi-posture.yaml",
        folder=tmp_path,
    )


def _run(order: Order) -> tuple[int, list[list[str]]]:
    code = scan_and_keep(order, [sys.executable, str(order.folder / "program.py")])
    return code, [json.loads(line) for line in (order.folder / "calls").read_text().splitlines()]


def test_a_scan_is_packed_signed_and_locked(order):
    code, calls = _run(order)
    assert code == 0
    assert [call[0] for call in calls] == ["scan", "evidence", "evidence"]
    assert calls[1][:2] == ["evidence", "pack"]
    assert calls[1][-2:] == ["--key", "awskms:arn:aws:kms:eu-central-1:456789012345:key/1"]
    assert calls[2][-5:] == ["s3://evidence/prod/", "--retain-days", "1100", "--lock", "compliance"]


def test_every_option_is_one_of_the_command(order):
    _, calls = _run(order)
    for call in calls:
        found: Any = root
        for name in call[:2] if call[0] == "evidence" else call[:1]:
            found = found.get_command(Context(found), name)
        known = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in call if word.startswith("-")} <= known


@pytest.mark.parametrize("code", [1, 3])
def test_findings_are_kept_as_well_and_the_code_is_the_scans(order, monkeypatch, code):
    monkeypatch.setenv("CODES", json.dumps({"scan": code}))
    found, calls = _run(order)
    assert (found, len(calls)) == (code, 3)


@pytest.mark.parametrize("code", [2, 4])
def test_a_scan_without_a_report_has_nothing_to_keep(order, monkeypatch, code):
    monkeypatch.setenv("CODES", json.dumps({"scan": code}))
    found, calls = _run(order)
    assert (found, len(calls)) == (code, 1)


@pytest.mark.parametrize("failing", ["evidence pack", "evidence upload"])
def test_what_could_not_be_kept_is_no_success(order, monkeypatch, failing):
    monkeypatch.setenv("CODES", json.dumps({failing: 1}))
    assert _run(order)[0] == NOT_KEPT


def test_the_last_line_is_counted_by_the_alarm_when_nothing_was_judged(order, tmp_path, audit: Recorded):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ocpi-posture").write_text(f"#!{sys.executable}\n{PROGRAM}")
    (folder / "ocpi-posture").chmod(0o755)
    (task,) = [one for one in audit.all("aws:ecs/taskDefinition:TaskDefinition") if one["name"] == "scan-prod"]
    (container,) = json.loads(task["inputs"]["containerDefinitions"])
    given = {one["name"]: one["value"] for one in container["environment"]}
    pattern = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "scan-failed")["pattern"]
    for code, counted in ((0, False), (1, False), (2, True), (4, True)):
        ended = subprocess.run(
            [sys.executable, "-I", IMAGE / "scan_and_keep.py"],
            env={**os.environ, **given, "PATH": str(folder), "CODES": json.dumps({"scan": code}),
                 "OCPI_POSTURE_FOLDER": str(tmp_path)},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ended.returncode == code, ended.stderr
        line = json.loads(ended.stdout.splitlines()[-1])
        assert (line["environment"], matches(pattern, line)) == ("prod", counted)


def test_the_image_is_made_from_files_that_are_there_and_runs_as_nobody():
    lines = (IMAGE / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") and "--from" not in line
              for word in line.split()[1:-1] if not word.startswith(("--", "$"))]  # fmt: skip
    assert copied
    for pattern in copied:
        assert list(PROJECT.glob(pattern)), pattern
        assert any(Path(pattern).match(kept) or pattern.split("/")[0] == kept for kept in _let_in()), pattern
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:10001"]
    assert all("${BASE}" in line for line in lines if line.startswith("FROM"))
    assert not re.search(r"ARG BASE=", "\n".join(lines))  # whoever builds names it with its digest
    installs = [line for line in lines if "pip install" in line and "-r " in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)


def _let_in() -> list[str]:
    lines = (IMAGE / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    return [line[1:] for line in lines if line.startswith("!")]


def test_the_container_runs_as_the_user_of_the_image(audit: Recorded):
    for task in audit.all("aws:ecs/taskDefinition:TaskDefinition"):
        (container,) = json.loads(task["inputs"]["containerDefinitions"])
        assert container["user"] == "10001:10001"
