"""`ocpi-posture history due`: what was not scanned for too long, and what was missed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
from reports.read import read_run
from tests.scanner.history.past import run_on


@pytest.fixture
def due(posture, tmp_path):
    """`due(hours, ...)`: after whole scans so many hours ago; `narrowed` ones after them."""
    file = ("--file", tmp_path / "history.sqlite3")

    def due(*hours: float, narrowed: tuple[float, ...] = (), every: str = "day"):
        for number, ago in enumerate((*hours, *narrowed)):
            began = datetime.now(UTC) - timedelta(hours=ago)
            base = run_on(1, Outcome.PASS)
            left_out = ("--select x",) if number >= len(hours) else ()
            info = replace(base.run, id=f"run-{number}", started_at=began, finished_at=began, narrowed=left_out)
            run = replace(base, run=info)
            folder = tmp_path / f"run-{number}"
            folder.mkdir()
            (folder / "posture.json").write_bytes(render_json(run))
            assert posture("history", "import", folder, *file).code == 0
        return posture("history", "due", "-e", "demo", "--every", every, *file)

    return due


@pytest.mark.parametrize("every, late", [("hour", 2), ("day", 26), ("week", 170)])
def test_a_scan_is_overdue_when_the_last_one_is_older_than_agreed(due, every, late):
    ended = due(late, every=every)
    assert ended.code == 1
    assert "overdue by" in ended.stdout


@pytest.mark.parametrize("every, ago", [("hour", 1.2), ("day", 24.2), ("week", 167)])
def test_a_scan_in_time_is_not_due(due, every, ago):
    ended = due(ago, every=every)
    assert ended.code == 0
    assert "last scanned" in ended.stdout


def test_a_narrowed_run_is_no_scan_of_the_environment(due):
    ended = due(50, narrowed=(1,))
    assert ended.code == 1
    assert "overdue by" in ended.stdout


def test_what_was_missed_stays_visible(due):
    ended = due(100, 20, 2)
    assert ended.code == 0
    assert ended.stdout.count("no scan from") == 1
    assert ", 3 d 8 h" in ended.stdout


def test_an_environment_that_was_never_scanned_is_overdue(due):
    ended = due()
    assert ended.code == 1
    assert "demo: never scanned as a whole" in ended.stdout


@pytest.fixture
def kept(posture, tmp_path):
    """A configuration whose environment `demo` is scanned every three days, with a history."""
    environment = {"endpoints": {"main": {"versions_url": "https://ocpi.example/v"}}, "cadence": {"every_days": 3}}
    file = tmp_path / "ocpi-posture.yaml"
    file.write_text(json.dumps({"environments": {"demo": environment}, "history": {"file": "history.sqlite3"}}))
    return file


def test_the_interval_that_the_environment_agreed_to_is_asked_for(due, kept, posture):
    assert due(50).code == 1, "more than a day"
    assert posture("history", "due", "-c", kept).code == 0
    assert posture("history", "due", "-c", kept, "--every", "day").code == 1


def test_a_deployment_waits_for_its_scan_and_is_overdue_after_a_day(due, kept, posture):
    due(48)
    ago = {hours: (datetime.now(UTC) - timedelta(hours=hours)).isoformat() for hours in (1, 30, 50)}
    deployment = ("history", "deployment", "-c", kept, "-e", "demo", "--revision")
    assert posture(*deployment, "scanned", "--at", ago[50]).code == 0
    assert posture(*deployment, "fresh", "--at", ago[1]).code == 0
    ended = posture("history", "due", "-c", kept)
    assert ended.code == 0
    assert "no scan after change fresh" in ended.stdout
    assert "scanned at" not in ended.stdout.replace("last scanned", "")
    assert posture(*deployment, "stale", "--at", ago[30]).code == 0
    ended = posture("history", "due", "-c", kept)
    assert ended.code == 1
    assert "no scan after change stale" in ended.stdout
    assert ended.stdout.rstrip().count("overdue") == 1


def test_a_deployment_is_recorded_once_with_time_zone_and_of_a_known_environment(kept, posture):
    deployment = ("history", "deployment", "-c", kept, "--revision", "a\x1b[31m\nb", "--at")
    assert "deployment recorded" in posture(*deployment, "2026-11-01T10:00:00+01:00", "-e", "demo").stderr
    again = posture(*deployment, "2026-11-01T09:00:00Z", "-e", "demo")
    assert again.code == 0
    assert "was there already" in again.stderr
    assert "\x1b[31m" not in again.stderr
    for given, says in [
        (("2026-11-01T09:00:00", "-e", "demo"), "has no time zone"),
        (("yesterday", "-e", "demo"), "is no time"),
        (("2026-11-01T09:00:00Z", "-e", "dem"), "demo"),
        (("2096-11-01T09:00:00Z", "-e", "demo"), "lies in the future"),
    ]:
        ended = posture(*deployment, *given)
        assert ended.code == 2
        assert says in ended.stderr


def test_a_scan_finds_what_was_missed_and_a_demand_for_the_row_alone_asks_nobody_else(due, kept, posture, tmp_path):
    due(24 * 9, 24 * 2)
    ago = (datetime.now(UTC) - timedelta(hours=24 * 5)).isoformat()
    assert posture("history", "deployment", "-c", kept, "-e", "demo", "--revision", "r7", "--at", ago).code == 0
    ended = posture("scan", "-c", kept, "--select", "OCPI-CAD-01", "--witness", "logs", "-o", tmp_path / "run")
    assert ended.code == 1, ended.stderr
    found = {one.check: one for one in read_run(tmp_path / "run").findings}
    assert {check: one.outcome for check, one in found.items()} == {
        "cadence-scanned-on-calendar": Outcome.FAIL,
        "cadence-changes-scanned": Outcome.FAIL,
        "cadence-scanned-before-go-live": Outcome.NOT_TESTED,
    }
    assert "r7 at " in found["cadence-changes-scanned"].message
    (ref,) = {ref for one in found.values() for ref in one.evidence if ref.title.startswith("scans and deployments")}
    kept_there = json.loads((tmp_path / "run" / ref.path).read_text())["artefact"]
    assert [one["revision"] for one in kept_there["deployments"]] == ["r7"]
    assert read_run(tmp_path / "run").run.requests_sent == 0


def test_a_program_gets_the_same_as_json(due, kept, posture):
    due(24 * 9, 48)
    ago = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    assert posture("history", "deployment", "-c", kept, "-e", "demo", "--revision", "r7", "--at", ago).code == 0
    ended = posture("history", "due", "-c", kept, "--format", "json")
    assert ended.code == 1
    (found,) = json.loads(ended.stdout)
    assert found["is_overdue"] is True
    assert (found["environment"], found["overdue_seconds"], found["clock_is_wrong"]) == ("demo", None, False)
    assert len(found["gaps"]) == 1
    assert [(one["revision"], one["is_overdue"]) for one in found["waiting"]] == [("r7", True)]


def test_a_scan_of_the_future_is_no_excuse(due, kept, posture, monkeypatch):
    due(1)
    slow = datetime.now(UTC) - timedelta(days=2)
    monkeypatch.setattr("scanner.cli.history_due.datetime", SimpleNamespace(now=lambda _zone: slow))
    ended = posture("history", "due", "-c", kept)
    assert ended.code == 1
    assert "one of the clocks is wrong" in ended.stdout
