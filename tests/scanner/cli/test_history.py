"""`ocpi-posture history`, and what a scan does with a history that is whole, locked, full or gone."""

import json
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
from reports.read import read_run
from tests.scanner.cli.targets import config_of
from tests.scanner.history.past import run_on
from tests.targets.alert_receivers import running_webhook
from tests.targets.postgresql import BIN, PASSWORD, running_postgresql
from tests.targets.reference_service import running_service

FAIL, PASS = Outcome.FAIL, Outcome.PASS
NARROW = ("--witness", "protocol", "--select", "ocpi-headers-*", "--format", "json")


@pytest.fixture(scope="module")
def service():
    with running_service(versions=("2.2.1",)) as service:
        yield service


def folder_of(tmp_path: Path, number, *outcomes, **run) -> Path:
    folder = tmp_path / f"run-{number}"
    folder.mkdir()
    (folder / "posture.json").write_bytes(render_json(run_on(number, *outcomes, **run)))
    return folder


def with_history(config: Path, **history) -> Path:
    config.write_text(json.dumps({**json.loads(config.read_text()), "history": history}))
    return config


def test_runs_are_imported_once_and_shown(posture, tmp_path):
    file = ("--file", tmp_path / "history.sqlite3")
    runs = [folder_of(tmp_path, 1, FAIL, FAIL), folder_of(tmp_path, 3, FAIL, PASS)]
    assert posture("history", "import", *runs, *file).code == 0
    assert "run was there already" in posture("history", "import", runs[0], *file).stderr
    ended = posture("history", *file)
    assert ended.code == 0
    assert "Runs: 2, oldest first" in ended.stdout
    assert "|FF|" in ended.stdout
    assert "Repaired over all runs: 1, 2 d 0 h in the mean" in ended.stdout
    assert "Open: 1" in ended.stdout
    document = json.loads(posture("history", *file, "--format", "json").stdout)
    assert [run["id"] for run in document["runs"]] == ["run-1-demo", "run-3-demo"]
    assert document["repairs"] == {"count": 1, "mean_seconds": 2 * 86_400}


def test_one_bad_run_does_not_keep_the_others_out(posture, tmp_path):
    file = ("--file", tmp_path / "history.sqlite3")
    bad = folder_of(tmp_path, 1, FAIL)
    (bad / "posture.json").write_text('{"schema_version": "7"}')
    ended = posture("history", "import", bad, folder_of(tmp_path, 2, PASS), *file)
    assert ended.code == 2
    assert "schema version '7'" in ended.stderr
    assert "run-2-demo" in posture("history", *file).stdout


def test_an_empty_history_is_no_success(posture, tmp_path):
    ended = posture("history", "--file", tmp_path / "history.sqlite3")
    assert ended.code == 2
    assert f"There is no {tmp_path / 'history.sqlite3'}." in ended.stderr
    assert not (tmp_path / "history.sqlite3").exists()


def test_a_history_without_runs_of_an_environment_is_no_success(posture, tmp_path):
    file = tmp_path / "history.sqlite3"
    posture("history", "import", folder_of(tmp_path, 1, PASS), "--file", file)
    ended = posture("history", "--file", file, "-e", "elsewhere")
    assert ended.code == 2
    assert f"{file} holds no run of elsewhere." in ended.stderr


def test_a_file_that_is_no_database_is_said(posture, tmp_path):
    (tmp_path / "history.sqlite3").write_text("this is a diary, not a database, and longer than any header is")
    ended = posture("history", "--file", tmp_path / "history.sqlite3")
    assert ended.code == 2
    assert "not a database" in ended.stderr


def test_diff_knows_runs_by_id_when_their_folders_are_gone(posture, tmp_path):
    file = ("--file", tmp_path / "history.sqlite3")
    for number, outcome in ((1, FAIL), (2, PASS)):
        folder = folder_of(tmp_path, number, outcome)
        assert posture("history", "import", folder, *file).code == 0
        (folder / "posture.json").unlink()
        folder.rmdir()
    ended = posture("diff", "run-1-demo", "run-2-demo", *file)
    assert ended.code == 0, ended.stderr
    assert "Fixed: 1" in ended.stdout
    assert posture("diff", "run-1-demo", "run-9-demo", *file).code == 2


def test_a_scan_is_recorded_and_the_next_one_shows_the_trend(posture, service, tmp_path):
    config = with_history(config_of(service, tmp_path), file="kept/history.sqlite3")
    for name in ("one", "two"):
        assert posture("scan", "-c", config, "-o", tmp_path / name, *NARROW).code == 0
    one, two = read_run(tmp_path / "one"), read_run(tmp_path / "two")
    assert one.trend is not None
    assert two.trend is not None
    assert two.trend.previous is not None
    assert [run.id for run in one.trend.runs] == [one.run.id]
    assert [run.id for run in two.trend.runs] == [one.run.id, two.run.id]
    assert two.trend.previous.run == one.run.id
    assert "Runs: 2" in posture("history", "-c", config).stdout
    assert (tmp_path / "kept" / "history.sqlite3").stat().st_mode & 0o077 == 0


def test_a_locked_history_takes_nothing_from_the_run_which_can_be_taken_later(posture, service, tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.history.database.opened.__wrapped__.__defaults__", (None, 0.2))
    config = with_history(config_of(service, tmp_path), file="history.sqlite3")
    assert posture("history", "import", folder_of(tmp_path, 1, PASS), "-c", config).code == 0
    other = sqlite3.connect(tmp_path / "history.sqlite3", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    ended = posture("scan", "-c", config, "-o", tmp_path / "run", *NARROW)
    assert ended.code == 0, ended.stderr
    assert "the run is not in the history" in ended.stderr
    assert read_run(tmp_path / "run").trend is None
    other.close()
    assert posture("history", "import", tmp_path / "run", "-c", config).code == 0


def test_a_full_disk_leaves_the_history_as_it_was(posture, tmp_path):
    file = tmp_path / "history.sqlite3"
    assert posture("history", "import", folder_of(tmp_path, 1, PASS), "--file", file).code == 0
    size = file.stat().st_size
    many = folder_of(tmp_path, 2, *[FAIL] * 200)
    full = subprocess.run(
        [sys.executable, "-m", "scanner", "history", "import", many, "--file", file],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert full.returncode == 2, full.stderr
    assert "cannot be used now" in full.stderr
    assert "Traceback" not in full.stderr
    assert "Runs: 1" in posture("history", "--file", file).stdout
    assert posture("history", "import", many, "--file", file).code == 0


@pytest.mark.skipif(BIN is None, reason="PostgreSQL is not installed: no history is tested on it")
def test_a_postgresql_that_goes_away_in_the_middle_loses_no_run_and_no_password(posture, service, tmp_path):
    (tmp_path / "password").write_text(PASSWORD)
    with running_postgresql() as server:
        config = config_of(service, tmp_path)
        with_history(config, url=server.url, password="file:password")
        first = posture("scan", "-c", config, "-o", tmp_path / "one", *NARROW)
        assert first.code == 0, first.stderr
        assert "Runs: 1" in posture("history", "-c", config).stdout
        server.stop()
        second = posture("scan", "-c", config, "-o", tmp_path / "two", *NARROW)
        assert second.code == 0
        assert "the run is not in the history" in second.stderr
        gone = posture("history", "-c", config)
    assert gone.code == 2
    assert "cannot be used now" in gone.stderr
    said = "".join(ended.stdout + ended.stderr for ended in (first, second, gone))
    written = [file.read_bytes() for name in ("one", "two") for file in (tmp_path / name).rglob("*") if file.is_file()]
    assert PASSWORD not in said
    assert not any(PASSWORD.encode() in content for content in written)


IN_CLEAR = "pw-in-clear"


@pytest.mark.parametrize(
    "history, says",
    [
        ({}, "give either `file`, for SQLite, or `url`, for PostgreSQL"),
        ({"file": "a", "url": "postgresql://db/posture"}, "give either"),
        ({"file": "a", "password": "env:P"}, "a SQLite file has none"),
        ({"url": f"postgresql://me:{IN_CLEAR}@db/posture"}, "leave the password out of the URL"),
        ({"url": "postgresql://db/posture?password=pw-in-clear"}, "leave the password out of the URL"),
        ({"url": "mysql://db/posture"}, "write a PostgreSQL URL"),
        ({"url": "postgresql://db/posture", "password": "pw-in-clear"}, "history.password"),
    ],
)
def test_a_history_that_cannot_be_meant_is_refused_and_no_password_repeated(posture, tmp_path, history, says):
    config = tmp_path / "c.yaml"
    environment = {"endpoints": {"main": {"versions_url": "https://ocpi.example/versions"}}}
    config.write_text(json.dumps({"environments": {"test": environment}, "history": history}))
    ended = posture("history", "-c", config)
    assert ended.code == 2
    assert says in ended.stderr
    assert "pw-in-clear" not in ended.stderr


def test_a_change_is_told_at_the_end_of_a_scan_and_waits_where_nobody_takes_it(posture, tmp_path, monkeypatch):
    monkeypatch.setenv("HOOK_KEY", "hmac-canary-8sV2kXw")
    with running_service(("missing-hsts",), versions=("2.2.1",)) as faulty, running_webhook(503, 200) as hook:
        config = with_history(config_of(faulty, tmp_path), file="history.sqlite3")
        alerts = {"webhooks": {"ops": {"url": hook.url, "secret": "env:HOOK_KEY", "at_least": "info"}}}
        config.write_text(json.dumps({**json.loads(config.read_text()), "alerts": alerts}))
        first = posture("scan", "-c", config, "-o", tmp_path / "one", *NARROW)
        shown = posture("history", "alerts", "-c", config)
        again = posture("scan", "-c", config, "-o", tmp_path / "two", *NARROW)
        sent = posture("history", "alerts", "--send", "-c", config)
    assert "waiting=1" in first.stderr
    assert shown.code == 1
    assert "it answered HTTP 503" in shown.stdout
    assert again.code == first.code
    assert (sent.code, sent.stdout) == (0, "Waiting: 0\n")
    assert len(hook.requests) == 2  # the second scan changed nothing, and the first message paused
    said = "".join(ended.stdout + ended.stderr for ended in (first, shown, again, sent))
    assert "hmac-canary" not in said
    assert b"hmac-canary" not in (tmp_path / "history.sqlite3").read_bytes()


MAIL = {"host": "mx.example", "sender": "a@b.c", "to": ["a@b.c"]}


@pytest.mark.parametrize(
    "alerts, says",
    [
        ({"webhooks": {"a": {"url": "http://hook.example/", "secret": "env:K"}}}, "begins with https://"),
        ({"webhooks": {"a": {"url": "https://hook.example/", "secret": "clear-text-1"}}}, "webhooks.a.secret"),
        ({"slack": {"a": {"url": "https://hooks.example/clear-text-1"}}}, "slack.a.url"),
        ({"email": {"a": {**MAIL, "security": "none"}}}, "this machine"),
        ({"email": {"a": {**MAIL, "user": "u"}}}, "go together"),
        ({"email": {"a": {**MAIL, "sender": "a@b.c\r\nBcc: x@y.z"}}}, "one mail address"),
        ({"sns": {"a": {"topic": "posture"}}}, "sns.a.topic"),
    ],
)
def test_an_alert_that_could_leak_or_never_arrive_is_refused(posture, tmp_path, alerts, says):
    config = tmp_path / "c.yaml"
    environment = {"endpoints": {"main": {"versions_url": "https://ocpi.example/versions"}}}
    whole = {"environments": {"test": environment}, "history": {"file": "h"}, "alerts": alerts}
    config.write_text(json.dumps(whole))
    ended = posture("history", "alerts", "-c", config)
    assert ended.code == 2
    assert says in ended.stderr
    assert "clear-text-1" not in ended.stderr


def test_alerts_without_a_history_are_refused(posture, tmp_path):
    config = tmp_path / "c.yaml"
    environment = {"endpoints": {"main": {"versions_url": "https://ocpi.example/versions"}}}
    alerts = {"sns": {"a": {"topic": "arn:aws:sns:eu-central-1:123456789012:t"}}}
    config.write_text(json.dumps({"environments": {"test": environment}, "alerts": alerts}))
    assert "alerts: need `history`" in posture("history", "alerts", "-c", config).stderr


def test_a_history_where_nobody_may_look_takes_nothing_from_the_scan(posture, service, tmp_path):
    config = config_of(service, tmp_path)
    with_history(config, file="n" * 300)
    ended = posture("scan", "-c", config, "-o", tmp_path / "run", *NARROW)
    assert ended.code == 0, ended.stderr
    assert "the reports show no trend" in ended.stderr
    assert (tmp_path / "run" / "posture.json").is_file()


@pytest.mark.parametrize("before, name", [(("--file", "other.sqlite3"), "--file"), (("-e", "prod"), "--environment")])
def test_an_option_before_a_subcommand_is_refused_and_not_left_out(posture, before, name):
    ended = posture("history", *before, "due")
    assert ended.code == 2
    assert f"{name} stands before due" in ended.stderr
    assert f"ocpi-posture history due {name}" in ended.stderr
