"""Each policy of ours, run by Checkov on a stack where it passes and on one where it fails."""

import runpy
import string
from pathlib import Path
from typing import Final

import pytest
import yaml

from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.model import secret_words
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
METHOD: Final = "aws:apigateway/method:Method"
METHOD_SETTINGS: Final = "aws:apigateway/methodSettings:MethodSettings"
PLAN: Final = "aws:apigateway/usagePlan:UsagePlan"
ACL: Final = "aws:wafv2/webAcl:WebAcl"
AUTHORISER: Final = "aws:apigateway/authorizer:Authorizer"
AUTHORISER_V2: Final = "aws:apigatewayv2/authorizer:Authorizer"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
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


def planned() -> tuple[Resource, ...]:
    api = declare(API, "it")
    plan = {"apiStages": [{"apiId": api.id, "stage": "v1"}]}
    return api, declare(PLAN, "partner", plan, {"apiStages": (api,)})


def with_settings() -> tuple[Resource, ...]:
    stage = declare(STAGE, "it", {"stageName": "v1"}, outputs={"stageName": "v1"})
    return stage, declare(METHOD_SETTINGS, "all", {"stageName": "v1", "methodPath": "*/*"}, {"stageName": (stage,)})


def method(verb: str, **inputs: CloudValue) -> tuple[Resource, ...]:
    return one(METHOD, {"httpMethod": verb, "authorization": "CUSTOM", **inputs})


def acl(limit: str | None, *overridden: str, samples: bool = False) -> tuple[Resource, ...]:
    overrides: list[CloudValue] = [{"name": name, "actionToUse": {"count": {}}} for name in overridden]
    group: dict[str, CloudValue] = {
        "vendorName": "AWS",
        "name": "AWSManagedRulesCommonRuleSet",
        "ruleActionOverrides": overrides,
    }
    config = {"requestBodies": [{"apiGateway": {"defaultSizeInspectionLimit": limit}}]}
    rule: dict[str, CloudValue] = {
        "name": "core",
        "priority": 0,
        "statement": {"managedRuleGroupStatement": group},
        "visibilityConfig": {"sampledRequestsEnabled": samples},
    }
    inputs: dict[str, CloudValue] = {
        "scope": "REGIONAL",
        "rules": [rule],
        "visibilityConfig": {"sampledRequestsEnabled": False},
    }
    if limit:
        inputs["associationConfig"] = config
    return one(ACL, inputs)


def one(token: str, inputs: dict[str, CloudValue] | None = None) -> tuple[Resource, ...]:
    return (declare(token, "it", inputs),)


def keeps(seconds: CloudValue) -> dict[str, CloudValue]:
    return {"authorizerResultTtlInSeconds": seconds}


def settings(path: str, rate: int) -> tuple[Resource, ...]:
    limits = {"throttlingRateLimit": rate, "throttlingBurstLimit": 20}
    return one(METHOD_SETTINGS, {"methodPath": path, "settings": limits})


RATE: Final[dict[str, CloudValue]] = {"rateLimit": 10, "burstLimit": 20}
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
    "usage plan with a rate": ("CKV_OCPI_6", "PASSED", one(PLAN, {"throttleSettings": RATE})),
    "usage plan without one": ("CKV_OCPI_6", "FAILED", one(PLAN)),
    "usage plan without a burst": ("CKV_OCPI_6", "FAILED", one(PLAN, {"throttleSettings": {"rateLimit": 10}})),
    "usage plan with a rate known later": (
        "CKV_OCPI_6",
        "UNKNOWN",
        one(PLAN, {"throttleSettings": {"rateLimit": "${var.rate}", "burstLimit": 5}}),
    ),
    "method settings with a rate": ("CKV_OCPI_6", "PASSED", settings("*/*", 10)),
    "method settings that switch it off": ("CKV_OCPI_6", "FAILED", settings("*/*", -1)),
    "settings of one method": ("CKV_OCPI_6", "UNKNOWN", settings("locations/GET", -1)),
    "HTTP stage with a rate": (
        "CKV_OCPI_6",
        "PASSED",
        one(STAGE_V2, {"defaultRouteSettings": {"throttlingRateLimit": 10, "throttlingBurstLimit": 20}}),
    ),
    "HTTP stage without": ("CKV_OCPI_6", "FAILED", one(STAGE_V2)),
    "bodies of every content type": (
        "CKV_OCPI_7",
        "PASSED",
        method("PUT", requestValidatorId="v", requestModels={"application/json": "m", "$default": "m"}),
    ),
    "bodies of JSON only": (
        "CKV_OCPI_7",
        "FAILED",
        method("PUT", requestValidatorId="v", requestModels={"application/json": "m"}),
    ),
    "a model without a validator": ("CKV_OCPI_7", "FAILED", method("POST", requestModels={"$default": "m"})),
    "a method without a body": ("CKV_OCPI_7", "UNKNOWN", method("GET")),
    "a web ACL that reads 64 KB": ("CKV_OCPI_8", "PASSED", acl("KB_64", "SizeRestrictions_BODY")),
    "a web ACL that refuses 8 KB": ("CKV_OCPI_8", "FAILED", acl("KB_64", "NoUserAgent_HEADER")),
    "a web ACL that reads 16 KB": ("CKV_OCPI_8", "FAILED", acl("KB_16", "SizeRestrictions_BODY")),
    "a web ACL that leaves it to AWS": ("CKV_OCPI_8", "FAILED", acl(None, "SizeRestrictions_BODY")),
    "an authoriser that forgets": ("CKV_OCPI_9", "PASSED", one(AUTHORISER, keeps(60))),
    "an authoriser that keeps no answer": (
        "CKV_OCPI_9",
        "PASSED",
        one(AUTHORISER, {"authorizerResultTtlInSeconds": 0}),
    ),
    "an authoriser as AWS has it": ("CKV_OCPI_9", "PASSED", one(AUTHORISER)),
    "an authoriser that remembers": (
        "CKV_OCPI_9",
        "FAILED",
        one(AUTHORISER_V2, {"authorizerResultTtlInSeconds": 3600}),
    ),
    "an HTTP authoriser as AWS has it": ("CKV_OCPI_9", "PASSED", one(AUTHORISER_V2)),
    "an authoriser known later": (
        "CKV_OCPI_9",
        "UNKNOWN",
        one(AUTHORISER, {"authorizerResultTtlInSeconds": "${var.seconds}"}),
    ),
    "logs kept for a year": ("CKV_OCPI_10", "PASSED", one(LOG_GROUP, {"retentionInDays": 400})),
    "logs kept for ever": ("CKV_OCPI_10", "FAILED", one(LOG_GROUP)),
    "logs kept for ever, said": ("CKV_OCPI_10", "FAILED", one(LOG_GROUP, {"retentionInDays": 0})),
    "logs kept for a month": ("CKV_OCPI_10", "FAILED", one(LOG_GROUP, {"retentionInDays": 30})),
    "logs kept nobody knows how long": ("CKV_OCPI_10", "UNKNOWN", one(LOG_GROUP, {"retentionInDays": "${var.days}"})),
    "a web ACL without samples": ("CKV_OCPI_11", "PASSED", acl("KB_64")),
    "a web ACL with a rule that samples": ("CKV_OCPI_11", "FAILED", acl("KB_64", samples=True)),
    "a web ACL that says nothing of samples": ("CKV_OCPI_11", "FAILED", one(ACL, {"scope": "REGIONAL"})),
    "stage with method settings": ("CKV2_OCPI_3", "PASSED", with_settings()),
    "stage without any": ("CKV2_OCPI_3", "FAILED", one(STAGE)),
    "API with a usage plan": ("CKV2_OCPI_4", "PASSED", planned()),
    "API without one": ("CKV2_OCPI_4", "FAILED", one(API)),
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
    assert {(policy, outcome) for policy, outcome, _ in CASES.values() if outcome != "UNKNOWN"} == {
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
    ("customerMasterKeySpec", "HMAC_256"),
    ("customer_master_key_spec", "HMAC_256"),
    ("masterKeys", "HMAC_256"),
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
