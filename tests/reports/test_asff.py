"""ASFF as AWS's own client takes it, and as an imitation of Security Hub keeps it."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from moto import mock_aws

from checks.checklist.loader import checklist
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.asff import render_asff
from reports.model.aws_account import AwsAccount
from scanner.model.severity import Severity
from tests.reports.hostile import ENDLESS, STRINGS
from tests.reports.sample_posture import evidence, finding, interface, posture_of, realistic, resource

ACCOUNT = AwsAccount(account="123456789012", region="eu-west-1")
AT_ONCE = 100  # BatchImportFindings


@pytest.fixture(scope="module")
def input_shape():
    model = botocore.session.get_session().get_service_model("securityhub")
    return model.operation_model("BatchImportFindings").input_shape


def findings_of(posture, account=ACCOUNT):
    return json.loads(render_asff(posture, account))


def asff_of(*given):
    (one,) = findings_of(posture_of(*given))
    return one


def batches(findings) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(findings), AT_ONCE):
        yield findings[start : start + AT_ONCE]


def awkward() -> list[Finding]:
    """Findings that strain every length and count."""
    rows = tuple(row.id for row in checklist().controls)
    texts = [
        finding(f"c{number}", Outcome.FAIL, message=text, title=text, remediation=text)
        for number, text in enumerate((*STRINGS, ENDLESS, ""))
    ]
    long = finding("c" * 600, Outcome.FAIL, *rows, subject=interface("locations", "/x" * 2_000), identity="i" * 3_000)
    proof = tuple(evidence(f"e{number}") for number in range(60))
    return [
        *texts,
        long,
        finding("much", Outcome.FAIL, evidence=proof),
        finding("named", subject=resource("a", "ü" * 600)),
    ]


def test_its_service_model_takes_every_finding(input_shape):
    for findings in (findings_of(realistic(250)), findings_of(posture_of(*awkward()))):
        for batch in batches(findings):
            report = ParamValidator().validate({"Findings": batch}, input_shape)
            assert not report.has_errors(), report.generate_report()
    assert ParamValidator().validate({"Findings": [{"Id": "x"}]}, input_shape).has_errors()


def test_lengths_and_counts_stay_within_what_security_hub_documents():
    for one in findings_of(posture_of(*awkward())):
        assert 1 <= len(one["Title"]) <= 256
        assert 1 <= len(one["Description"]) <= 1024
        assert 1 <= len(one["GeneratorId"]) <= 512
        assert 1 <= len(one["Id"]) <= 512
        assert 1 <= len(one["Remediation"]["Recommendation"]["Text"]) <= 512
        assert len(one["Compliance"].get("RelatedRequirements", ())) <= 32
        assert len(one["ProductFields"]) <= 50
        assert all(len(key) <= 128 and len(value) <= 2048 for key, value in one["ProductFields"].items())
        assert all(1 <= len(each["Id"]) <= 512 for each in one["Resources"])
        assert len(json.dumps(one)) < 240_000


def test_security_hub_keeps_what_is_imported_once_however_often_that_is_done():
    findings = findings_of(realistic(150))
    with mock_aws():
        hub = boto3.client(
            "securityhub", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        hub.enable_security_hub()
        for _ in range(2):
            answers = [hub.batch_import_findings(Findings=batch) for batch in batches(findings)]
            assert sum(answer["SuccessCount"] for answer in answers) == len(findings)
            assert sum(answer["FailedCount"] for answer in answers) == 0
        pages = hub.get_paginator("get_findings").paginate()
        kept = [one for page in pages for one in page["Findings"]]
    assert sorted(one["Id"] for one in kept) == sorted(one["Id"] for one in findings)


def test_statuses_are_told_in_its_words_and_only_a_pass_has_passed():
    said = {
        outcome: asff_of(finding("c", outcome))["Compliance"]["Status"] for outcome in set(Outcome) - {"not_tested"}
    }
    assert said == {
        Outcome.PASS: "PASSED",
        Outcome.FAIL: "FAILED",
        Outcome.WAIVED: "FAILED",
        Outcome.INCONCLUSIVE: "WARNING",
        Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
    }
    assert findings_of(posture_of(finding("c", Outcome.NOT_TESTED))) == []


def test_a_pass_is_informational_whatever_a_fail_would_be():
    assert asff_of(finding("c", Outcome.PASS, severity=Severity.CRITICAL))["Severity"] == {
        "Label": "INFORMATIONAL",
        "Original": "critical",
    }
    assert asff_of(finding("c", Outcome.FAIL, severity=Severity.CRITICAL))["Severity"]["Label"] == "CRITICAL"


def test_a_waived_fail_is_suppressed_and_says_why():
    one = asff_of(finding("c", Outcome.WAIVED))
    assert one["Workflow"] == {"Status": "SUPPRESSED"}
    assert "Partner moves to TLS 1.2 in May" in one["ProductFields"]["ocpi-posture/waived"]
    assert "Workflow" not in asff_of(finding("c", Outcome.FAIL))


@pytest.mark.parametrize(
    "region, partition", [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_those_of_the_account_and_its_partition(region, partition):
    (one,) = findings_of(posture_of(finding("c")), AwsAccount(account="123456789012", region=region))
    assert one["ProductArn"] == f"arn:{partition}:securityhub:{region}:123456789012:product/123456789012/default"
    assert one["Resources"][0]["Partition"] == partition


@pytest.mark.parametrize(
    "account, region", [("12345678901", "eu-west-1"), ("x" * 12, "eu-west-1"), ("1" * 12, "Ireland")]
)
def test_what_is_no_account_or_region_is_refused(account, region):
    with pytest.raises(ValueError, match="an AWS"):
        AwsAccount(account=account, region=region)


def test_the_same_posture_gives_the_same_bytes():
    assert render_asff(realistic(100), ACCOUNT) == render_asff(realistic(100), ACCOUNT)
