"""Each policy of ours, run by Checkov on a stack where it passes and on one where it fails."""

import runpy
import string
from pathlib import Path
from typing import Final

import pytest
import yaml

from checks.families.cloud import secret_words
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.model.resource import HIDDEN, CloudValue, Resource
from tests.scanner.cloud.checkov_many import Results, judge_plans
from tests.scanner.cloud.declared import declare
from tests.targets.once import once_a_run

POLICIES: Final = Path("checks/policies").resolve()
REST_DOMAIN: Final = "aws:apigateway/domainName:DomainName"
HTTP_DOMAIN: Final = "aws:apigatewayv2/domainName:DomainName"
FUNCTION: Final = "aws:lambda/function:Function"
URL: Final = "aws:lambda/functionUrl:FunctionUrl"
STAGE: Final = "aws:apigateway/stage:Stage"
STAGE_V2: Final = "aws:apigatewayv2/stage:Stage"
API: Final = "aws:apigateway/restApi:RestApi"
SECRET: Final = "aws:secretsmanager/secret:Secret"
LOGGED: Final[dict[str, CloudValue]] = {
    "accessLogSettings": {"destinationArn": "arn:aws:logs:x", "format": "$context.requestId"}
}


def variables(**held: CloudValue) -> dict[str, CloudValue]:
    return {"environment": {"variables": held}}


def v2(policy: str) -> dict[str, CloudValue]:
    return {
        "domainNameConfiguration": {"securityPolicy": policy, "endpointType": "REGIONAL", "certificateArn": "arn:x"}
    }


def shielded() -> tuple[Resource, ...]:
    stage = declare(STAGE, "it", {}, outputs={"arn": "arn:aws:apigateway:eu-west-1::/restapis/a/stages/it"})
    inputs = {"resourceArn": stage.outputs["arn"], "webAclArn": "arn:aws:wafv2:x"}
    return (
        stage,
        declare("aws:wafv2/webAclAssociation:WebAclAssociation", "edge", inputs, {"resourceArn": (stage,)}),
    )


def rotated() -> tuple[Resource, ...]:
    secret = declare(SECRET, "it")
    rotation = {"secretId": secret.id, "rotationRules": {"automaticallyAfterDays": 30}}
    refers = {"secretId": (secret,)}
    return secret, declare("aws:secretsmanager/secretRotation:SecretRotation", "it", rotation, refers)


def one(token: str, inputs: dict[str, CloudValue] | None = None) -> tuple[Resource, ...]:
    return (declare(token, "it", inputs),)


CASES: Final[dict[str, tuple[str, str, tuple[Resource, ...]]]] = {
    "REST domain with TLS 1.2": ("CKV_OCPI_1", "PASSED", one(REST_DOMAIN, {"securityPolicy": "TLS_1_2"})),
    "REST domain with TLS 1.3": (
        "CKV_OCPI_1",
        "PASSED",
        one(REST_DOMAIN, {"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}),
    ),
    "REST domain with TLS 1.0": ("CKV_OCPI_1", "FAILED", one(REST_DOMAIN, {"securityPolicy": "TLS_1_0"})),
    "REST domain without policy": ("CKV_OCPI_1", "FAILED", one(REST_DOMAIN)),
    "HTTP domain with TLS 1.2": ("CKV_OCPI_1", "PASSED", one(HTTP_DOMAIN, v2("TLS_1_2"))),
    "HTTP domain with TLS 1.0": ("CKV_OCPI_1", "FAILED", one(HTTP_DOMAIN, v2("TLS_1_0"))),
    "function URL with IAM": ("CKV_OCPI_2", "PASSED", one(URL, {"authorizationType": "AWS_IAM"})),
    "open function URL": ("CKV_OCPI_2", "FAILED", one(URL, {"authorizationType": "NONE"})),
    "closed default endpoint": ("CKV_OCPI_3", "PASSED", one(API, {"disableExecuteApiEndpoint": True})),
    "default endpoint left open": ("CKV_OCPI_3", "FAILED", one(API)),
    "default endpoint opened": ("CKV_OCPI_3", "FAILED", one(API, {"disableExecuteApiEndpoint": False})),
    "no variables": ("CKV_OCPI_4", "PASSED", one(FUNCTION)),
    "variables that point to a secret": (
        "CKV_OCPI_4",
        "PASSED",
        one(
            FUNCTION,
            variables(
                TOKEN_SECRET_ARN="x", PARTNER_SECRETS="ocpi/test/partners/", SECRET="arn:aws:secretsmanager:eu-west-1:x"
            ),
        ),
    ),
    "a token in a variable": ("CKV_OCPI_4", "FAILED", one(FUNCTION, variables(CREDENTIALS_TOKEN="4f5e6d7c8b9a"))),
    "a token in an address": (
        "CKV_OCPI_4",
        "FAILED",
        one(FUNCTION, variables(PARTNER="https://u:" + "p4ssw0rd@x.example/")),
    ),
    "a token that merely looks like a path": (
        "CKV_OCPI_4",
        "FAILED",
        one(FUNCTION, variables(OCPI_TOKEN="abc-def.ghi")),
    ),
    "a secret of Pulumi's in a variable": ("CKV_OCPI_4", "FAILED", one(FUNCTION, variables(PARTNER=HIDDEN))),
    "REST stage with logs": ("CKV_OCPI_5", "PASSED", one(STAGE, LOGGED)),
    "HTTP stage with logs": ("CKV_OCPI_5", "PASSED", one(STAGE_V2, LOGGED)),
    "REST stage without logs": ("CKV_OCPI_5", "FAILED", one(STAGE)),
    "log without a format": (
        "CKV_OCPI_5",
        "FAILED",
        one(STAGE, {"accessLogSettings": {"destinationArn": "arn:aws:logs:x", "format": ""}}),
    ),
    "stage behind a web ACL": ("CKV2_OCPI_1", "PASSED", shielded()),
    "stage without a web ACL": ("CKV2_OCPI_1", "FAILED", one(STAGE)),
    "secret that is rotated": ("CKV2_OCPI_2", "PASSED", rotated()),
    "secret that is not": ("CKV2_OCPI_2", "FAILED", one(SECRET)),
}


@once_a_run
def answers() -> dict[str, Results]:
    plans = {str(n): write_plan(case[2], token_map()).document for n, case in enumerate(CASES.values())}
    return judge_plans(plans, (POLICIES,))


@pytest.mark.parametrize("case", CASES)
def test_a_policy_says_what_it_should(case):
    policy, expected, resources = CASES[case]
    said = answers()[str(list(CASES).index(case))]
    address = f"{token_map().terraform_type(resources[0].token)}.it"
    assert said[(policy, address)] == expected


def test_every_policy_passes_somewhere_and_fails_somewhere():
    ids = {yaml.safe_load(file.read_text())["metadata"]["id"] for file in POLICIES.glob("*.yaml")}
    ids |= {file.read_text().split(":")[0].strip('"') for file in POLICIES.glob("ocpi_*.py")}
    assert {(policy, outcome) for policy, outcome, _ in CASES.values()} == {
        (policy, outcome) for policy in ids for outcome in ("PASSED", "FAILED")
    }


WORDS: Final = (
    ("OCPI_TOKEN", "4f5e6d7c"),
    ("OCPI_TOKEN", "abc-def.ghi"),
    ("OCPI_TOKEN", "ocpi/test/partners/"),
    ("TOKEN_TTL", "60"),
    ("TOKEN_TTL", "6O"),
    ("TOKEN_URL", "https://x.example/t"),
    ("TOKEN_URL", "https://x.example/?t=1"),
    ("PLAIN", "word"),
    ("TOKEN_SECRET_ARN", "x"),
    ("NAMES_OF_TOKENS", "a"),
    ("ACCESS_KEY", "AKIA" + string.ascii_uppercase[:16]),
    ("X", "Token 0123456789"),
    ("X", "https://u:p@x.example/"),
    ("X", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln"),
    ("PASSPHRASE", "arn:aws:kms:eu-west-1:1:key"),
)


@pytest.mark.parametrize("name,value", WORDS)
def test_the_policy_and_our_own_check_know_a_secret_by_the_same_rules(name, value):
    policy = runpy.run_path(str(POLICIES / "ocpi_token_in_environment.py"))
    assert policy["is_secret"](name, value) == secret_words.is_secret(name, value)
    assert policy["names_secret"](name) == secret_words.names_secret(name)
