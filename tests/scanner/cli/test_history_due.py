"""`ocpi-posture history due`: what was not scanned for too long, and what was missed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
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
