"""Sinks as configured: a file beside the configuration, or a secret whose other members and present version stay."""

import json

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from scanner.config.secret_reference import SecretReference
from scanner.config.secrets import SecretResolver
from scanner.config.sinks import FOR_PARTNER, PROOF, sinks_of
from scanner.errors import SecretError
from scanner.gate.sink import NewToken, SinkFailed
from scanner.model.secret import Secret

KEY = ("test", "emsp-one")
REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name=REGION)


def sink_for(reference, base):
    return sinks_of({KEY: SecretReference.parse_sink(reference)}, base)[KEY]


def test_a_new_token_is_found_again_where_the_configuration_says(tmp_path):
    reference = SecretReference.parse_sink("file:keys/token")
    resolver = SecretResolver(base=tmp_path, variables={})
    assert resolver.find(reference) is None
    sink = sink_for("file:keys/token", tmp_path)
    sink.prove()
    sink.write(NewToken.TO_SPEAK_WITH, Secret("new-token-123"))
    assert resolver.find(reference) == Secret("new-token-123")


def test_a_file_that_is_there_and_unusable_is_not_taken_for_an_empty_one(tmp_path):
    (tmp_path / "token").write_text("\n")
    with pytest.raises(SecretError):
        SecretResolver(base=tmp_path, variables={}).find(SecretReference.parse("file:token"))


def test_a_secret_keeps_its_other_members_and_its_present_version_until_a_token_comes(tmp_path, aws):
    arn = aws.create_secret(Name="emsp", SecretString='{"token": "old-token-1", "url": "x"}')["ARN"]
    sink = sink_for(f"aws-secretsmanager:{arn}#token", tmp_path)
    sink.prove()
    sink.write(NewToken.FOR_THE_PARTNER, Secret("for-partner-1"))
    assert json.loads(aws.get_secret_value(SecretId=arn)["SecretString"])["token"] == "old-token-1"
    sink.write(NewToken.TO_SPEAK_WITH, Secret("new-token-1"))
    assert json.loads(aws.get_secret_value(SecretId=arn)["SecretString"]) == {"token": "new-token-1", "url": "x"}
    handed_out = aws.get_secret_value(SecretId=arn, VersionStage=FOR_PARTNER)
    assert handed_out["SecretString"] == "for-partner-1"
    assert "ocpi-posture" in aws.get_secret_value(SecretId=arn, VersionStage=PROOF)["SecretString"]
    found = SecretResolver(base=tmp_path, variables={}).find(SecretReference.parse(f"aws-secretsmanager:{arn}#token"))
    assert found == Secret("new-token-1")


def test_a_secret_that_is_not_there_is_found_out_by_the_proof(tmp_path, aws):
    arn = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:none-AbCdEf"
    with pytest.raises(SinkFailed, match="ResourceNotFoundException"):
        sink_for(f"aws-secretsmanager:{arn}", tmp_path).prove()
    assert SecretResolver(base=tmp_path, variables={}).find(SecretReference.parse(f"aws-secretsmanager:{arn}")) is None


@pytest.mark.parametrize("key", ["", "#token"])
def test_a_proof_is_no_token_where_it_is_the_first_version_of_a_secret(tmp_path, aws, key):
    """AWS makes the first version the present one, whatever its label."""
    arn = aws.create_secret(Name="empty")["ARN"]
    reference = SecretReference.parse(f"aws-secretsmanager:{arn}{key}")
    sink, resolver = sink_for(str(reference), tmp_path), SecretResolver(base=tmp_path, variables={})
    for _ in range(2):  # preflight, then a scan
        sink.prove()
        assert resolver.find(reference) is None
        assert sink.read(NewToken.TO_SPEAK_WITH) is None
    sink.write(NewToken.TO_SPEAK_WITH, Secret("new-token-1"))
    assert resolver.find(reference) == sink.read(NewToken.TO_SPEAK_WITH) == Secret("new-token-1")


def test_a_secret_that_is_no_json_can_have_no_key(tmp_path, aws):
    arn = aws.create_secret(Name="plain", SecretString="old-token-1")["ARN"]
    with pytest.raises(SinkFailed, match="not a JSON object"):
        sink_for(f"aws-secretsmanager:{arn}#token", tmp_path).prove()


@pytest.mark.parametrize("key", ["", "#token"])
def test_an_offer_in_a_secret_can_be_read_and_cleared_and_the_present_version_stays(tmp_path, aws, key):
    arn = aws.create_secret(Name="emsp", SecretString='{"token": "old-token-1"}')["ARN"]
    sink = sink_for(f"aws-secretsmanager:{arn}{key}", tmp_path)
    assert sink.read(NewToken.OFFERED) is None
    sink.write(NewToken.OFFERED, Secret("offered-1"))
    assert sink.read(NewToken.OFFERED) == Secret("offered-1")
    assert sink.where(NewToken.OFFERED).endswith("staging label OCPI_POSTURE_OFFERED")
    sink.clear(NewToken.OFFERED)
    assert sink.read(NewToken.OFFERED) is None
    present = sink.read(NewToken.TO_SPEAK_WITH)
    assert present == Secret("old-token-1" if key else '{"token": "old-token-1"}')


def test_a_place_that_nobody_may_look_at_is_not_taken_for_empty(tmp_path):
    resolver = SecretResolver(base=tmp_path, variables={})
    with pytest.raises(SecretError, match="cannot be read: file name too long"):
        resolver.find(SecretReference.parse(f"file:{'n' * 300}"))


def test_a_sink_whose_aws_cannot_be_reached_says_so(tmp_path):
    def nobody(_region):
        raise ConnectTimeoutError(endpoint_url="https://x")

    reference = SecretReference.parse(
        "aws-secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:t-AbCdEf"
    )
    (sink,) = sinks_of({("test", "emsp"): reference}, tmp_path, nobody).values()
    with pytest.raises(SinkFailed, match="ConnectTimeoutError"):
        sink.prove()
