"""The age of evidence, told from what lies in a bucket (moto's), and the line that the alarm's filter counts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from infra.scan_watch.handler import NEVER_H, handle, hours_since
from tests.infra.filter_patterns import matches
from tests.infra.recorded_program import Recorded

BUCKET = "ocpi-audit-evidence-456789012345"


@pytest.fixture
def s3(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client


def test_the_newest_object_of_an_environment_counts(s3):
    for name in ("prod/one.zip", "prod/two.zip", "test/three.zip"):
        s3.put_object(Bucket=BUCKET, Key=name, Body=b"pack")
    assert 0 <= hours_since(s3, BUCKET, "prod", datetime.now(UTC)) < 1
    later = datetime.now(UTC) + timedelta(days=9)
    assert 215 <= hours_since(s3, BUCKET, "prod", later) <= 217


def test_an_environment_without_evidence_was_never_scanned(s3):
    s3.put_object(Bucket=BUCKET, Key="production/other.zip", Body=b"pack")
    assert hours_since(s3, BUCKET, "prod", datetime.now(UTC)) == NEVER_H


def test_the_alarm_counts_the_line_that_is_written(s3, monkeypatch, capsys, audit: Recorded):
    s3.put_object(Bucket=BUCKET, Key="test/pack.zip", Body=b"pack")
    function = audit.inputs("aws:lambda/function:Function", "scan-watch")
    for name, value in function["environment"]["variables"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BUCKET", BUCKET)
    handle({}, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["environment"]: line["hours"] > 192 for line in lines} == {"test": False, "prod": True}
    for environment in ("test", "prod"):
        found = audit.inputs("aws:cloudwatch/logMetricFilter:LogMetricFilter", f"scan-overdue-{environment}")
        assert [line["environment"] for line in lines if matches(found["pattern"], line)] == [environment]


def test_a_bucket_that_cannot_be_read_leaves_no_line(s3, monkeypatch, capsys):
    monkeypatch.setenv("BUCKET", "of-nobody")
    monkeypatch.setenv("ENVIRONMENTS", '["prod"]')
    with pytest.raises(s3.exceptions.NoSuchBucket):
        handle({}, None)
    assert capsys.readouterr().out == ""
