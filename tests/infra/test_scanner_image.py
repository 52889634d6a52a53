"""What the scanner's container runs, and the file that its image is made by. The image itself is not built here."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from click import Context
from moto import mock_aws

from infra.scanner_image.client_certificate import bring_certificate, days_left
from infra.scanner_image.kept_history import KeptHistory
from infra.scanner_image.scan_and_keep import HISTORY, NOT_KEPT, Ended, Order, scan_and_keep
from scanner.cli.root import root
from scanner.config.alert_targets import SecurityHubConfig, SnsConfig
from scanner.config.load import load_configuration
from tests.infra.filter_patterns import matches
from tests.infra.recorded_program import PROJECT, Recorded, example
from tests.targets.tls_certificates import CertificatePlan, issue

IMAGE = PROJECT / "infra" / "scanner_image"
# Stands in for `ocpi-posture`: writes down how it was called, keeps a history where one is named, and ends as told.
PROGRAM = """
import json, os, sys
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
if os.environ.get("HISTORY") and (sys.argv[1] == "scan" or sys.argv[1:3] == ["history", "import"]):
    with open(os.environ["HISTORY"], "a") as history:
        history.write(os.environ["RUN"] + ";")
two = sys.argv[1] in {"evidence", "history"}
sys.exit(json.loads(os.environ["CODES"]).get(" ".join(sys.argv[1:3]) if two else sys.argv[1], 0))
"""
KEY = "history/prod.sqlite3"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up", "AWS_DEFAULT_REGION": "eu-central-1"}
PLACE = {"LocationConstraint": "eu-central-1"}
# The container's own entry, beside an S3 that has an empty bucket, and a secret with a client certificate.
MAIN = """
import os, sys
import boto3
from moto import mock_aws
from infra.scanner_image import scan_and_keep
with mock_aws():
    place = {"LocationConstraint": "eu-central-1"}
    boto3.client("s3").create_bucket(Bucket=os.environ["OCPI_POSTURE_BUCKET"], CreateBucketConfiguration=place)
    made = boto3.client("secretsmanager").create_secret(Name="certificate", SecretString=os.environ["CLIENT"])
    os.environ["OCPI_POSTURE_CERTIFICATE"] = made["ARN"]
    sys.exit(scan_and_keep.main())
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


@pytest.fixture
def s3() -> Iterator[Any]:
    """The evidence bucket, in moto."""
    with mock_aws():
        client: Any = boto3.client("s3", "eu-central-1", aws_access_key_id="made-up", aws_secret_access_key="made-up")
        client.create_bucket(Bucket="evidence", CreateBucketConfiguration=PLACE)
        yield client


def _run(order: Order, s3: Any) -> tuple[Ended, list[list[str]]]:
    ended = scan_and_keep(order, [sys.executable, str(order.folder / "program.py")], s3)
    return ended, [json.loads(line) for line in (order.folder / "calls").read_text().splitlines()]


def _kept(s3: Any) -> str:
    return str(s3.get_object(Bucket="evidence", Key=KEY)["Body"].read().decode())


def _keeps_history(order: Order, monkeypatch: pytest.MonkeyPatch, run: str) -> None:
    (order.folder / HISTORY).unlink(missing_ok=True)
    monkeypatch.setenv("HISTORY", str(order.folder / HISTORY))
    monkeypatch.setenv("RUN", run)


def test_a_scan_is_packed_signed_and_locked(order, s3):
    ended, calls = _run(order, s3)
    assert ended == Ended(exit_code=0, told="nobody")
    assert [call[0] for call in calls] == ["scan", "evidence", "evidence"]
    assert calls[1][:2] == ["evidence", "pack"]
    assert calls[1][-2:] == ["--key", "awskms:arn:aws:kms:eu-central-1:456789012345:key/1"]
    assert calls[2][-5:] == ["s3://evidence/prod/", "--retain-days", "1100", "--lock", "compliance"]


def test_every_option_is_one_of_the_command(order, s3, monkeypatch):
    _keeps_history(order, monkeypatch, "first")
    monkeypatch.setattr(KeptHistory, "_put", _lost_once())
    _, calls = _run(order, s3)
    assert [call[:2] for call in calls[3:]] == [["history", "alerts"], ["history", "import"]]
    for call in calls:
        found: Any = root
        for name in call[:1] if call[0] == "scan" else call[:2]:
            found = found.get_command(Context(found), name)
        known = {option for parameter in found.params for option in parameter.opts}
        assert {word for word in call if word.startswith("-")} <= known


def _lost_once() -> Any:
    """As when another task has kept its history just before."""
    tries, put = iter([False]), KeptHistory._put
    return lambda history: next(tries, None) is None and put(history)


@pytest.mark.parametrize("code", [1, 3])
def test_findings_are_kept_as_well_and_the_code_is_the_scans(order, s3, monkeypatch, code):
    monkeypatch.setenv("CODES", json.dumps({"scan": code}))
    found, calls = _run(order, s3)
    assert (found.exit_code, len(calls)) == (code, 3)


@pytest.mark.parametrize("code", [2, 4])
def test_a_scan_without_a_report_has_nothing_to_keep(order, s3, monkeypatch, code):
    monkeypatch.setenv("CODES", json.dumps({"scan": code}))
    found, calls = _run(order, s3)
    assert (found.exit_code, len(calls)) == (code, 1)


@pytest.mark.parametrize("failing", ["evidence pack", "evidence upload"])
def test_what_could_not_be_kept_is_no_success(order, s3, monkeypatch, failing):
    monkeypatch.setenv("CODES", json.dumps({failing: 1}))
    assert _run(order, s3)[0].exit_code == NOT_KEPT


def test_each_scan_continues_the_history_of_the_one_before(order, s3, monkeypatch):
    for run, kept in (("first", "first;"), ("second", "first;second;")):
        _keeps_history(order, monkeypatch, run)
        ended, calls = _run(order, s3)
        assert ended == Ended(exit_code=0, told="yes")
        assert _kept(s3) == kept
        assert calls[-1][:3] == ["history", "alerts", "--send"]


def test_two_scans_that_end_at_once_are_both_in_the_history(order, s3):
    file = order.folder / HISTORY
    ours = KeptHistory(s3, "evidence", "prod", file)
    ours.fetch()
    file.write_text("ours;")
    s3.put_object(Bucket="evidence", Key=KEY, Body=b"theirs;")
    ours.keep(lambda: file.write_text(f"{file.read_text()}ours;") > 0)
    assert _kept(s3) == "theirs;ours;"


def test_word_that_nobody_took_is_said_and_stays_in_the_history(order, s3, monkeypatch):
    _keeps_history(order, monkeypatch, "first")
    monkeypatch.setenv("CODES", json.dumps({"history alerts": 1}))
    assert _run(order, s3)[0] == Ended(exit_code=0, told="waiting")
    assert _kept(s3) == "first;"


def test_a_history_out_of_reach_stops_no_scan_and_is_said(order, s3, monkeypatch):
    _keeps_history(order, monkeypatch, "first")
    ended, calls = _run(replace(order, bucket="another"), s3)
    assert ended == Ended(exit_code=0, told="waiting")
    assert [call[0] for call in calls] == ["scan", "evidence", "evidence"]


def test_the_last_line_is_counted_by_the_alarm_when_nothing_was_judged(order, tmp_path, audit: Recorded):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ocpi-posture").write_text(f"#!{sys.executable}\n{PROGRAM}")
    (folder / "ocpi-posture").chmod(0o755)
    (task,) = [one for one in audit.all("aws:ecs/taskDefinition:TaskDefinition") if one["name"] == "scan-prod"]
    (container,) = json.loads(task["inputs"]["containerDefinitions"])
    given = {one["name"]: one["value"] for one in container["environment"]}
    pattern = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "scan-failed")["pattern"]
    untold = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "scan-untold")["pattern"]
    ending = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", "certificate-ends-prod")
    chain, key = issue(CertificatePlan(of_client=True, days_after=12.5), tmp_path, "made")
    client = json.dumps({"certificate": chain.read_text(), "key": key.read_text()})
    for code, counted in ((0, False), (2, True)):
        ended = subprocess.run(
            [sys.executable, "-c", MAIN],
            env={**os.environ, **given, **CREDENTIALS, "PATH": str(folder), "PYTHONPATH": str(PROJECT),
                 "CODES": json.dumps({"scan": code}), "OCPI_POSTURE_FOLDER": str(tmp_path), "CLIENT": client},
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert ended.returncode == code, ended.stderr
        certificate, line = [json.loads(text) for text in ended.stdout.splitlines()]
        assert matches(ending["pattern"], certificate)
        assert not matches(ending["pattern"], {**certificate, "environment": "test"})
        assert certificate[ending["metricTransformation"]["value"].removeprefix("$.")] == 12
        assert (line["environment"], line["told"], matches(pattern, line)) == ("prod", "nobody", counted)
        assert [matches(untold, {**line, "told": said}) for said in ("yes", "nobody", "waiting")] == [
            False,
            False,
            True,
        ]


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


def test_the_example_tells_whom_the_task_may_tell_and_keeps_its_history_where_the_container_looks(audit: Recorded):
    configuration = load_configuration(IMAGE / "ocpi-posture.example.yaml")
    assert str(configuration.history) == f"/scan/{HISTORY}"
    topic, hub = (target.how for target in configuration.alerts)
    assert isinstance(topic, SnsConfig)
    assert isinstance(hub, SecurityHubConfig)
    account, region = example("audit")["accountId"], example("audit")["region"]
    assert topic.topic.startswith(f"arn:aws:sns:{region}:{account}:")
    assert (hub.account, hub.region) == (account, region)
    document = json.loads(audit.inputs("aws:iam/rolePolicy:RolePolicy", "scan-prod")["policy"])
    allowed = {one["Sid"]: one for one in document["Statement"]}
    assert allowed["Tell"]["Action"] == ["sns:Publish"]
    assert allowed["Tell"]["Resource"] == [audit.inputs("aws:sns/topicPolicy:TopicPolicy")["arn"]]
    assert allowed["Findings"]["Action"] == ["securityhub:BatchImportFindings"]
    assert allowed["Findings"]["Resource"] == [f"arn:aws:securityhub:{region}:{account}:product/{account}/default"]
    assert allowed["History"]["Resource"][0].endswith(f"/{KEY}")
    assert allowed["FindHistory"]["Condition"] == {"StringEquals": {"s3:prefix": KEY}}
    assert [one.name for one in configuration.targets] == ["test", "prod"]


def _secrets() -> Any:
    return boto3.client("secretsmanager", "eu-central-1", aws_access_key_id="made-up", aws_secret_access_key="made-up")


@pytest.mark.parametrize(
    "text", [None, "no JSON", '{"certificate": "a"}'], ids=["nothing was put there", "no JSON", "no key"]
)
def test_without_a_certificate_a_scan_goes_on_and_its_log_says_so(tmp_path, capsys, text):
    with mock_aws():
        secrets = _secrets()
        arn = secrets.create_secret(Name="certificate", **({} if text is None else {"SecretString": text}))["ARN"]
        assert bring_certificate(secrets, arn, tmp_path) is False
    assert days_left(tmp_path, datetime.now(UTC)) is None
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().err.startswith("no client certificate was brought: ")


def test_the_certificate_lies_where_the_example_names_it_for_the_owner_alone(tmp_path):
    chain, key = issue(CertificatePlan(of_client=True), tmp_path, "made")
    folder = tmp_path / "scan"
    folder.mkdir()
    with mock_aws():
        secrets = _secrets()
        text = json.dumps({"certificate": chain.read_text(), "key": key.read_text()})
        arn = secrets.create_secret(Name="certificate", SecretString=text)["ARN"]
        assert bring_certificate(secrets, arn, folder)
    assert [days_left(folder, datetime.now(UTC) + timedelta(days=days)) for days in (0, 59.5, 61)] == [59, 0, -2]
    example_text = (IMAGE / "ocpi-posture.example.yaml").read_text(encoding="utf-8")
    for file, content in (("client.pem", chain.read_text()), ("client-key.pem", key.read_text())):
        assert f"/scan/{file}" in example_text
        assert (folder / file).read_text() == content
        assert stat.S_IMODE((folder / file).stat().st_mode) == 0o600
