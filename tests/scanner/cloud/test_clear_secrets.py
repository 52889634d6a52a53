"""Secrets that nobody marked secret: masked in whatever is stored, told apart from what only looks like one."""

import asyncio
import base64
import gzip
import json
from pathlib import Path

import pytest

from checks.families.cloud.secrets import CHECKS as SECRETS
from scanner.cloud.checkov import CheckovSettings
from scanner.cloud.clear_secrets import clear_secrets
from scanner.cloud.declared import Declared
from scanner.cloud.probe import DeclaredCloudProbe
from scanner.cloud.secret_detection import detected_in_values
from scanner.model.cloud_input import ProgramInput
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import Seen
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare
from tests.scanner.cloud.running import PYTHON
from tests.scanner.gate_fixtures import open_gate

FUNCTION = "aws:lambda/function:Function"
TOKEN = "zq7" + "Kd93mPw0" + "TtVx28"
PASSWORD = "pw-" + "93-in-clear-4"
IN_JSON = "js" + "0nHeld77Secret"
IN_USER_DATA = "us3r" + "DataToken0042"
IN_BASE64 = "b64" + "HiddenToken881"


def texts(**inputs) -> set[str]:
    declared = Declared(source="program", resources=(declare(FUNCTION, "f", inputs),), document={})
    return {one.reveal() for one in clear_secrets(declared, detected_in_values(declared))}


def test_a_secret_is_found_by_its_name_by_its_form_and_inside_of_texts():
    variables = {"API_TOKEN": TOKEN, "DB": f"postgresql://me:{PASSWORD}@db/x", "CONFIG": json.dumps({"pass": IN_JSON})}
    found = texts(environment={"variables": variables}, userData=f"#!/bin/sh\nexport AUTH_TOKEN={IN_USER_DATA}\n")
    joined = " ".join(found)
    assert all(one in joined for one in (TOKEN, PASSWORD, IN_USER_DATA))


def test_named_pairs_of_a_container_are_read():
    definitions = [{"name": "PARTNER_SECRET", "value": TOKEN}, {"name": "STAGE", "value": "production-eu-1-blue"}]
    assert texts(containerDefinitions=definitions) == {TOKEN}


@pytest.mark.parametrize("name, value", [("name", "value"), ("Name", "Value"), ("NAME", "VALUE"), ("Key", "Value")])
def test_named_pairs_in_the_json_of_a_container_are_read_whatever_their_case(name, value):
    pairs = [{name: "PARTNER_SECRET", value: TOKEN}, {name: "STAGE", value: "production-eu-1-blue"}]
    assert texts(containerDefinitions=json.dumps([{"environment": pairs}])) == {TOKEN}


IN_QUOTES = "p$w{rd}" + "(x)99"
IDENTIFIER = "6f1c2a44-" + "9d0e-4b7c-8a51-" + "3e2d1c0b9a87"


@pytest.mark.parametrize(
    "inputs, held",
    [
        ({"environment": {"variables": {"API_TOKEN": f"{TOKEN}\n"}}}, TOKEN),
        ({"containerDefinitions": json.dumps([{"command": ["serve", "--api-token", TOKEN]}])}, TOKEN),
        ({"containerDefinitions": json.dumps([{"command": ["sh", "-c", f"serve --api-token {TOKEN}"]}])}, TOKEN),
        ({"userData": f"#!/bin/sh\nexport DB_PASSWORD='{IN_QUOTES}'\n"}, IN_QUOTES),
        ({"secretString": json.dumps({"north": TOKEN})}, TOKEN),
        ({"environment": {"variables": {"PARTNER_TOKENS": json.dumps([IDENTIFIER])}}}, IDENTIFIER),
        ({"origins": [{"customHeaders": [{"name": "x-from", "value": TOKEN}]}]}, TOKEN),
        ({"statement": {"byteMatchStatement": {"searchString": TOKEN}}}, TOKEN),
    ],
)
def test_a_secret_is_known_by_what_stands_beside_before_or_above_it(inputs, held):
    assert texts(**inputs) == {held}


def test_what_comes_out_of_a_resource_is_looked_at_as_well():
    made = declare("aws:iam/accessKey:AccessKey", "key", {"user": "shop"}, outputs={"user": "shop", "secret": TOKEN})
    declared = Declared(source="state", resources=(made,), document={})
    assert [one.reveal() for one in clear_secrets(declared, detected_in_values(declared))] == [TOKEN]


@pytest.mark.parametrize(
    "inputs",
    [
        {"userData": "aws secretsmanager get-secret-value --secret-id partner-tokens-store --output text"},
        {"containerDefinitions": json.dumps([{"command": ["serve", "--token-file", "partner-tokens-store"]}])},
        {"containerDefinitions": json.dumps([{"secrets": [{"name": "PARTNER_NORTH", "valueFrom": "north-partners"}]}])},
    ],
)
def test_what_names_a_place_of_a_secret_stays(inputs):
    assert texts(**inputs) == set()


@pytest.mark.parametrize("text", ["[" * 100_000, '{"half": ', "{}", "[1, null]"], ids=lambda text: text[:12])
def test_what_only_begins_as_json_holds_nothing(text):
    assert texts(containerDefinitions=text) == set()


def test_what_is_encoded_is_masked_encoded_and_plain():
    encoded = base64.b64encode(f"API_TOKEN={IN_BASE64}\n".encode()).decode()
    assert texts(userDataBase64=encoded) == {IN_BASE64, encoded}


@pytest.mark.parametrize(
    "name, value",
    [
        ("TOKEN_TABLE", "tokens-of-partners-2026"),
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:partner-Ab12Cd"),
        ("RESOURCE", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:partner-a-6eda715"),
        ("POLICY", '{"Action": ["secretsmanager:DeleteResourcePolicy", "secretsmanager:GetSecretValue"]}'),
        ("API_TOKEN_TYPE", "application"),
        ("STAGE", "production-eu-1-blue"),
        ("AUTH_TOKEN_TTL", "300"),
        ("AUTH_TOKEN", "abc"),
    ],
)
def test_what_only_points_or_is_a_plain_word_is_not_masked_everywhere(name, value):
    assert texts(environment={"variables": {name: value}}) == set()


PROGRAM = f"""
import json
import pulumi_aws as aws
aws.lambda_.Function(
    "leaky",
    role="arn:aws:iam::123456789012:role/f",
    environment={{"variables": {{"API_TOKEN": "{TOKEN}", "DB_PASS": "{PASSWORD}"}}}},
)
variables = [{{"Name": "PARTNER_PASSWORD", "Value": "{IN_JSON}"}}]
containers = json.dumps([{{"name": "a", "environment": variables}}])
aws.ecs.TaskDefinition("task", family="t", container_definitions=containers)
aws.ec2.Instance("machine", ami="ami-1", user_data="#!/bin/sh\\nexport AUTH_TOKEN={IN_USER_DATA}\\n")
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    project: Path = tmp_path_factory.mktemp("project")
    (project / "Pulumi.yaml").write_text("name: leaky\nruntime: python\n", encoding="utf-8")
    (project / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    folder: Path = tmp_path_factory.mktemp("run")
    given = ProgramInput(name="leaky", directory=project, stack="test", python=PYTHON)

    async def look():
        async with open_gate(EnvironmentTarget(name="test", inputs=(given,)), folder) as opened:
            context = opened.context(Witness.CLOUD_DECLARED)
            await DeclaredCloudProbe(CheckovSettings()).run(context)
            return context.record

    return asyncio.run(look()), folder


def test_no_file_of_the_run_holds_them(run):
    _, folder = run
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert files
    for canary in (TOKEN, PASSWORD, IN_USER_DATA, IN_JSON):
        assert not [file.name for file in files if canary.encode() in file.read_bytes()]


def test_the_checks_still_see_them(run):
    record, _ = run
    (seen,) = [one.result for one in record.observations if one.key.fact is DeclaredResources]
    assert isinstance(seen, Seen)
    said = {one.check: one.outcome for check in SECRETS for one in findings(check, seen.fact)}
    assert said["cloud-secrets-not-in-environment"] == "fail"


def test_what_is_packed_with_gzip_is_masked_too():
    packed = base64.b64encode(gzip.compress(f"API_TOKEN={IN_BASE64}\n".encode())).decode()
    assert texts(userDataBase64=packed) == {IN_BASE64, packed}


def test_the_lines_of_a_private_key_are_masked():
    lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEF" + "AASCBKcwggSj", "AgEAAoIBAQC7VJTUt9Us8cKj" + "MzEfYyjiWA4R"]
    key = "\n".join(["-----BEGIN " + "PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    assert set(lines) <= texts(body=key)
