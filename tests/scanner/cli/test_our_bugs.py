"""A bug of ours ends a scan with 4 and one sentence, and never takes the rest of the report with it."""

import json
from dataclasses import replace

import pytest

import reports.html
from checks.catalog import CATALOG
from scanner.ocpi.probes import PROBES
from tests.scanner.cli.targets import config_of
from tests.scanner.cli.targets import posture as written
from tests.targets.reference_service import running_service


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as service:
        yield service


def broken(*_arguments, **_named):
    raise KeyError("a bug of ours")


async def broken_later(*_arguments, **_named):
    raise KeyError("a bug of ours")


def findings_of(folder):
    return written(folder)["findings"]


def test_a_bug_in_a_probe_leaves_the_other_probes_findings(posture, service, tmp_path, monkeypatch):
    probe = next(probe for probe in PROBES if probe.name == "ocpi-errors")
    monkeypatch.setattr(type(probe), "run", broken_later)
    ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--witness", "protocol")
    assert ended.code == 4, ended.stderr
    assert "a bug of ours" in ended.stderr
    outcomes = {one["outcome"] for one in findings_of(tmp_path / "run")}
    assert {"pass", "inconclusive"} <= outcomes


def test_a_bug_in_a_check_leaves_the_other_checks_findings(posture, service, tmp_path, monkeypatch):
    name = "tls-versions-in-profile"
    catalogue = tuple(replace(check, judge=broken) if check.id == name else check for check in CATALOG)
    monkeypatch.setattr("checks.catalog.CATALOG", catalogue)  # where it is loaded from, late
    ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--witness", "tls")
    assert ended.code == 4, ended.stderr
    outcomes = {one["check"]: one["outcome"] for one in findings_of(tmp_path / "run")}
    assert outcomes.pop(name) == "inconclusive"
    assert "pass" in outcomes.values()


def test_a_bug_in_a_report_leaves_posture_json_and_the_summary(posture, service, tmp_path, monkeypatch):
    monkeypatch.setattr(reports.html, "render_html", broken)
    ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--witness", "tls")
    assert ended.code == 4
    assert "report.html could not be rendered" in ended.stderr
    assert "This run" in ended.stdout
    assert json.loads((tmp_path / "run" / "posture.json").read_bytes())["findings"]
    assert not (tmp_path / "run" / "report.html").exists()
