"""The probe on a Terraform plan and on a CloudFormation template: both go to Checkov as they are."""

import json
from pathlib import Path

import pytest

from scanner.model.cloud_input import TemplateInput, TerraformPlanInput
from scanner.model.facts.cloud import CheckovRun, DeclaredResources
from scanner.model.observation import Reason, Seen, Unavailable
from scanner.model.tool_verdict import ToolOutcome
from scanner.probe import Recorder
from tests.scanner.cloud.loaders.terraform_plan.plans import configured, constant, plan, planned, references
from tests.scanner.cloud.test_probe import record_of, results

TEMPLATE = """
Parameters:
  Token: {Type: String, NoEcho: true, Default: CANARY-0123456789}
Resources:
  Key: {Type: "AWS::KMS::Key", Properties: {EnableKeyRotation: false}}
  Queue: {Type: "AWS::SQS::Queue", Properties: {KmsMasterKeyId: !Ref Key}}
  Secret: {Type: "AWS::SecretsManager::Secret", Properties: {SecretString: CANARY-9876543210, KmsKeyId: !Ref Key}}
  Service:
    Type: AWS::Lambda::Function
    Properties: {Handler: a.b, Runtime: python3.13, Role: "arn:x", Code: {ZipFile: x}}
"""


def moduled_plan():
    secret = "aws_secretsmanager_secret.partner"
    held = [
        configured("aws_kms_key.a", {"enable_key_rotation": constant(False)}),
        configured(secret, {"kms_key_id": references("aws_kms_key.a.arn", "aws_kms_key.a")}),
        configured("aws_ssm_parameter.token", {"type": constant("String"), "value": constant("CANARY-0123456789")}),
    ]
    resources = [
        planned("module.keys.aws_kms_key.a", {"enable_key_rotation": False}),
        planned(f"module.keys.{secret}", {"name": "partner"}, unknown={"kms_key_id": True}),
        planned(
            "module.keys.aws_ssm_parameter.token",
            {"type": "String", "value": "CANARY-0123456789"},
            sensitive={"value": True},
        ),
    ]
    calls = {"keys": {"expressions": {}, "module": {"resources": held}}}
    return plan([], [], modules=[{"address": "module.keys", "resources": resources}], calls=calls)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made: Path = tmp_path_factory.mktemp("run")
    return made


@pytest.fixture(scope="module")
def record(folder, tmp_path_factory) -> Recorder:
    given = tmp_path_factory.mktemp("given")
    (given / "template.yaml").write_text(TEMPLATE)
    (given / "plan.json").write_text(json.dumps(moduled_plan()))
    return record_of(
        folder,
        TemplateInput(name="template", file=given / "template.yaml"),
        TerraformPlanInput(name="plan", file=given / "plan.json"),
    )


def test_both_become_declared_resources_and_both_are_judged(record):
    seen = [one.fact for one in results(record, DeclaredResources) if isinstance(one, Seen)]
    assert [len(one.resources) for one in seen if isinstance(one, DeclaredResources)] == [5, 3]
    judged = [one.fact for one in results(record, CheckovRun) if isinstance(one, Seen)]
    assert [one.policies > 3 for one in judged if isinstance(one, CheckovRun)] == [True, True]


def test_checkovs_verdicts_lead_to_the_resource_and_to_its_line(record):
    said = {(one.rule, one.subject.urn.rpartition("::")[2]): one for one in record.tool_verdicts}
    rotation = said[("CKV_AWS_7", "Key")]
    assert rotation.outcome is ToolOutcome.FAIL
    assert rotation.position is not None
    assert (rotation.position.file, rotation.position.line) == ("template.yaml", 5)
    assert said[("CKV_AWS_27", "Queue")].outcome is ToolOutcome.PASS
    assert said[("CKV_AWS_7", "module.keys.aws_kms_key.a")].outcome is ToolOutcome.FAIL
    assert said[("CKV_AWS_149", "module.keys.aws_secretsmanager_secret.partner")].outcome is not ToolOutcome.FAIL


def test_no_secret_is_in_any_file_of_the_run(record, folder):
    assert record.tool_verdicts
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any("evidence" in file.parts for file in files)
    assert [file for file in files if b"CANARY" in file.read_bytes()] == []


def test_a_stack_that_would_take_hours_is_refused_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.cloud.stack_size.MOST_RESOURCES", 3)
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    record = record_of(tmp_path, TemplateInput(name="template", file=tmp_path / "template.yaml"))
    for kind in (DeclaredResources, CheckovRun):
        (refused,) = results(record, kind)
        assert isinstance(refused, Unavailable)
        assert refused.reason is Reason.NOT_EVALUATED
        assert "it has 5 resources, and at most 3 of one stack are judged" in refused.detail
