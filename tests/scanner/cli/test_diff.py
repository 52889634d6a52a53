"""`ocpi-posture diff` and `scan --baseline`, on folders of finished runs and on a real scan."""

import json
import shutil

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
from tests.reports.sample_posture import finding, posture_of
from tests.scanner.cli.targets import config_of
from tests.targets.reference_service import running_service

CHECK = "tls-no-plaintext-listener"


def run_of(folder, *outcomes, **run):
    found = [finding(CHECK, outcome, field_path=str(n)) for n, outcome in enumerate(outcomes) if outcome is not None]
    folder.mkdir()
    (folder / "posture.json").write_bytes(render_json(posture_of(*found, **run)))
    return folder


@pytest.mark.parametrize(
    "before, after, code",
    [
        ([Outcome.FAIL], [Outcome.PASS], 0),
        ([Outcome.FAIL, Outcome.PASS], [Outcome.PASS, Outcome.FAIL], 1),
        ([Outcome.FAIL], [Outcome.FAIL], 1),
        ([Outcome.FAIL, Outcome.PASS], [None, Outcome.PASS], 3),
        ([Outcome.FAIL, Outcome.PASS], [Outcome.INCONCLUSIVE, Outcome.PASS], 3),
        ([Outcome.PASS], [Outcome.PASS], 0),
        ([Outcome.PASS], [Outcome.INCONCLUSIVE], 3),
    ],
)
def test_the_exit_code_tells_new_open_and_unseen_fails(posture, tmp_path, before, after, code):
    ended = posture("diff", run_of(tmp_path / "a", *before), run_of(tmp_path / "b", *after))
    assert ended.code == code, ended.stdout


def test_below_fail_on_a_fail_is_shown_and_does_not_decide(posture, tmp_path):
    a, b = run_of(tmp_path / "a", Outcome.PASS), run_of(tmp_path / "b", Outcome.FAIL)
    ended = posture("diff", a, b, "--fail-on", "critical")
    assert ended.code == 0
    assert "New: 1" in ended.stdout


def test_each_kind_of_change_is_shown_with_its_number(posture, tmp_path):
    a = run_of(tmp_path / "a", Outcome.FAIL, Outcome.FAIL, Outcome.FAIL, Outcome.PASS)
    b = run_of(tmp_path / "b", Outcome.FAIL, Outcome.PASS, None, Outcome.FAIL)
    ended = posture("diff", a, b)
    for line in ("New: 1", "Still there: 1", "No longer looked at (not fixed, as far as anybody knows): 1", "Fixed: 1"):
        assert line in ended.stdout
    assert f"high      demo  {CHECK}: ocpi.example:443" in ended.stdout
    document = json.loads(posture("diff", a, b, "--format", "json").stdout)
    assert [one["change"] for one in document["findings"]] == ["new", "still_there", "no_longer_looked_at", "fixed"]


def test_names_with_control_characters_cannot_move_the_cursor(posture, tmp_path):
    a = run_of(tmp_path / "a", Outcome.PASS)
    hostile = finding("x\x1b[2J\u202eevil", Outcome.FAIL, field_path="h")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "posture.json").write_bytes(render_json(posture_of(hostile)))
    said = posture("diff", a, tmp_path / "b").stdout
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_run_of_a_newer_version_is_refused_in_a_sentence(posture, tmp_path):
    a, b = run_of(tmp_path / "a", Outcome.PASS), run_of(tmp_path / "b", Outcome.PASS)
    newer = {**json.loads((b / "posture.json").read_text()), "schema_version": "9"}
    (b / "posture.json").write_text(json.dumps(newer))
    ended = posture("diff", a, b)
    assert ended.code == 2
    assert "schema version '9'" in ended.stderr


def test_a_baseline_lets_old_fails_through_and_no_new_one(posture, tmp_path):
    narrow = (
        "--witness",
        "protocol",
        "--select",
        "ocpi-headers-*",
        "--select",
        "ocpi-pagination-*",
        "--format",
        "json",
    )
    with running_service(("missing-hsts", "no-page-limit"), versions=("2.2.1",)) as service:
        config = config_of(service, tmp_path)
        first = posture("scan", "-c", config, "-o", tmp_path / "first", *narrow)
        assert first.code == 1
        known = posture("scan", "-c", config, "-o", tmp_path / "again", *narrow, "--baseline", tmp_path / "first")
        assert known.code != 1, known.stdout
        assert "0 fails new" in known.stdout
        assert "that the baseline had already stand" in known.stdout
        shutil.copytree(tmp_path / "first", tmp_path / "better")
        document = json.loads((tmp_path / "better" / "posture.json").read_text())
        fails = [one for one in document["findings"] if one["outcome"] == "fail" and one["controls"]]
        for one in fails[:1]:
            one["outcome"] = "pass"
        totals = document["summary"]["findings"]
        totals |= {"fail": totals["fail"] - 1, "pass": totals["pass"] + 1}
        (tmp_path / "better" / "posture.json").write_text(json.dumps(document))
        severity = ("--fail-on", "low")
        new = posture(
            "scan", "-c", config, "-o", tmp_path / "new", *narrow, *severity, "--baseline", tmp_path / "better"
        )
        assert new.code == 1
        assert "1 fail new" in new.stdout


def test_a_baseline_that_is_not_there_ends_before_anything_is_sent(posture, tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        ended = posture("scan", "-c", config_of(service, tmp_path), "-o", tmp_path / "run", "--baseline", "nowhere")
    assert ended.code == 2
    assert "no run 'nowhere'" in ended.stderr
    assert not (tmp_path / "run").exists()
