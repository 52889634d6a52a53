import json

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError, ProfileNotFound
from moto import mock_aws

from scanner.config.secret_reference import NotAReference, SecretReference
from scanner.config.secrets import SecretResolver
from scanner.errors import SecretError
from scanner.model.secret import Secret

CANARY = "c4n4ry-t0ken"
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/emsp-AbCdEf"


@pytest.fixture
def resolve(tmp_path):
    def resolve(reference: str, **variables: str) -> Secret:
        return SecretResolver(base=tmp_path, variables=variables).resolve(SecretReference.parse(reference))

    return resolve


@pytest.mark.parametrize(
    "text",
    ["env:OCPI_TOKEN", "file:secrets/token", "file:/run/t", f"aws-secretsmanager:{ARN}", f"aws-secretsmanager:{ARN}#k"],
)
def test_a_reference_reads_back_as_it_was_written(text):
    assert str(SecretReference.parse(text)) == text


def test_an_arn_gives_key_and_region():
    reference = SecretReference.parse(f"aws-secretsmanager:{ARN}#token")
    assert (reference.key, reference.region) == ("token", "eu-central-1")
    assert SecretReference.parse("env:A").region is None


@pytest.mark.parametrize(
    "text",
    [CANARY, "", f"Token {CANARY}", f"env:{CANARY}", "env:", "file:", f"x:{CANARY}", f"aws-secretsmanager:{CANARY}"],
)
def test_what_is_no_reference_is_refused_without_repeating_it(text):
    with pytest.raises(NotAReference) as caught:
        SecretReference.parse(text)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("parse", [SecretReference.parse, SecretReference.parse_sink])
def test_a_home_that_nobody_has_is_refused(parse):
    with pytest.raises(NotAReference, match="leads to no home directory"):
        parse("file:~nobody-has-this-name/token")


def test_an_environment_variable_is_read(resolve):
    assert resolve("env:OCPI_TOKEN", OCPI_TOKEN=CANARY) == Secret(CANARY)


def test_a_missing_environment_variable_is_named_with_what_to_do(resolve):
    with pytest.raises(SecretError) as caught:
        resolve("env:OCPI_TOKEN")
    assert "The environment variable OCPI_TOKEN is not set." in caught.value.diagnostics()
    assert "read -rs OCPI_TOKEN" in caught.value.diagnostics()


def test_a_file_is_read_relative_to_the_configuration_and_without_its_last_line_break(resolve, tmp_path):
    (tmp_path / "token").write_text(CANARY + "\r\n")
    assert resolve("file:token") == Secret(CANARY)
    assert resolve(f"file:{tmp_path}/token") == Secret(CANARY)


def test_a_file_that_cannot_be_read_is_named(resolve, tmp_path):
    with pytest.raises(SecretError, match="cannot be read: no such file"):
        resolve("file:nowhere")
    with pytest.raises(SecretError, match="cannot be read: is a directory"):
        resolve("file:.")


@pytest.mark.parametrize(
    "content,sentence",
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"first-line\nsecond\n", "line break"),
        (b"short", "shorter than 8 characters"),
        (b"\xff\xfe", "not UTF-8"),
        (b"a" * 70_000, "larger than 64 KiB"),
    ],
)
def test_a_secret_that_cannot_be_a_token_is_refused(resolve, tmp_path, content, sentence):
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(SecretError, match=sentence):
        resolve("file:token")


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-central-1")


def test_secrets_manager_gives_a_whole_secret_or_one_key_of_it(resolve, aws):
    plain = aws.create_secret(Name="plain", SecretString=CANARY)["ARN"]
    keyed = aws.create_secret(Name="keyed", SecretString=json.dumps({"token": CANARY, "n": 1}))["ARN"]
    assert resolve(f"aws-secretsmanager:{plain}") == Secret(CANARY)
    assert resolve(f"aws-secretsmanager:{keyed}#token") == Secret(CANARY)


@pytest.mark.parametrize(
    "value,sentence",
    [
        (CANARY, "is not JSON"),
        (f'{{"a": "{CANARY}"}}', "no text under the key 'token'"),
        ('{"token": 1}', "no text under the key 'token'"),
    ],
)
def test_a_key_that_the_secret_does_not_have_is_named_without_the_content(resolve, aws, value, sentence):
    arn = aws.create_secret(Name="s", SecretString=value)["ARN"]
    with pytest.raises(SecretError, match=sentence) as caught:
        resolve(f"aws-secretsmanager:{arn}#token")
    assert CANARY not in caught.value.diagnostics()


def test_a_binary_secret_is_refused(resolve, aws):
    arn = aws.create_secret(Name="b", SecretBinary=b"\0\1")["ARN"]
    with pytest.raises(SecretError, match="is binary"):
        resolve(f"aws-secretsmanager:{arn}")


def test_a_secret_that_aws_does_not_know_says_what_to_check(resolve, aws):
    with pytest.raises(SecretError) as caught:
        resolve(f"aws-secretsmanager:{ARN}")
    assert "ResourceNotFoundException" in caught.value.message
    assert "Check account, region and name" in caught.value.hint


def test_a_refusal_by_aws_names_the_missing_permission(tmp_path):
    class Refusing:
        def get_secret_value(self, *, SecretId):  # noqa: N803 - AWS's own name
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": CANARY}}, "GetSecretValue")

    resolver = SecretResolver(base=tmp_path, variables={}, secrets_manager=lambda _region: Refusing())
    with pytest.raises(SecretError) as caught:
        resolver.resolve(SecretReference.parse(f"aws-secretsmanager:{ARN}"))
    assert "Allow secretsmanager:GetSecretValue" in caught.value.diagnostics()
    assert CANARY not in caught.value.diagnostics()


@pytest.mark.parametrize(
    "error", [ConnectTimeoutError(endpoint_url="https://x"), HTTPClientError(error="cut"), ProfileNotFound(profile="p")]
)
def test_an_aws_that_did_not_answer_is_not_taken_for_one_that_keeps_nothing(tmp_path, error):
    def nobody(_region):
        raise error

    resolver = SecretResolver(base=tmp_path, variables={}, secrets_manager=nobody)
    with pytest.raises(SecretError, match=type(error).__name__) as caught:
        resolver.find(SecretReference.parse(f"aws-secretsmanager:{ARN}"))
    assert "Check the AWS credentials and the network" in caught.value.diagnostics()


def test_every_reference_that_leads_nowhere_is_named_at_once(tmp_path):
    resolver = SecretResolver(base=tmp_path, variables={"HERE": CANARY})
    references = {("test", name): SecretReference.parse(f"env:{name}") for name in ("HERE", "GONE", "LOST")}
    with pytest.raises(SecretError) as caught:
        resolver.resolve_all(references)
    assert "environments.test.identities.GONE.token" in caught.value.message
    assert "environments.test.identities.LOST.token" in caught.value.message
    assert "HERE" not in caught.value.message


def test_the_resolver_never_shows_the_environment(tmp_path):
    assert CANARY not in repr(SecretResolver(base=tmp_path, variables={"A": CANARY}))
