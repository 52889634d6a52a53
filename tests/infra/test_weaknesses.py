"""Each weakness changes exactly what it names, compared with the stack that has none."""

from __future__ import annotations

from typing import Any

import pytest

from infra.weaknesses import Weakness
from tests.infra.recorded_program import Recorded

Key = tuple[str, str]
METHOD = "aws:apigateway/method:Method"
DEPLOYMENT = ("aws:apigateway/deployment:Deployment", "ocpi")
EVERY_METHOD = (METHOD, "*")  # stands for each of them
API = ("aws:apigateway/restApi:RestApi", "ocpi")
PARTNERS = ("example-cpo", "example-emsp")

# what disappears, what appears, which inputs of what change
EXPECTED: dict[Weakness, tuple[set[Key], set[Key], dict[Key, set[str]]]] = {
    Weakness.NO_WAF: ({("aws:wafv2/webAclAssociation:WebAclAssociation", "stage")}, set(), {}),
    Weakness.OLD_TLS: (
        set(), set(),
        {("aws:apigateway/domainName:DomainName", "ocpi"): {"securityPolicy", "endpointAccessMode"},
            API: {"securityPolicy", "endpointAccessMode"}},
    ),
    Weakness.PUBLIC_SERVICE: (set(), {("aws:lambda/functionUrl:FunctionUrl", "public")}, {}),
    Weakness.SECRET_WITHOUT_ROTATION: (
        {("aws:secretsmanager/secretRotation:SecretRotation", partner) for partner in PARTNERS}, set(), {},
    ),
    Weakness.TOKEN_IN_ENVIRONMENT: (set(), set(), {("aws:lambda/function:Function", "service"): {"environment"}}),
    Weakness.NO_ACCESS_LOGS: (set(), set(), {("aws:apigateway/stage:Stage", "ocpi"): {"accessLogSettings"}}),
    Weakness.NO_REQUEST_VALIDATION: (
        set(), set(), {EVERY_METHOD: {"requestValidatorId"}, DEPLOYMENT: {"triggers"}},
    ),
    Weakness.OPEN_SECURITY_GROUP: (
        set(), set(),
        {("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "endpoints-from-functions"):
            {"cidrIpv4", "fromPort", "referencedSecurityGroupId", "toPort"}},
    ),
    Weakness.DEFAULT_ENDPOINT_OPEN: (
        set(), set(), {("aws:apigateway/restApi:RestApi", "ocpi"): {"disableExecuteApiEndpoint"}},
    ),
    Weakness.UNENCRYPTED_TABLE: (set(), set(), {("aws:dynamodb/table:Table", "objects"): {"serverSideEncryption"}}),
    Weakness.NO_AUTHORISER: (
        set(), set(),
        {EVERY_METHOD: {"authorization", "authorizerId"}, DEPLOYMENT: {"triggers"}},
    ),
    Weakness.PATHS_IN_FIREWALL_LOG: (
        set(), set(),
        {("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "edge"): {"redactedFields"}},
    ),
    Weakness.TRAIL_OF_ONE_REGION: (set(), set(), {("aws:cloudtrail/trail:Trail", "trail"): {"isMultiRegionTrail"}}),
    Weakness.DELETABLE_TRAIL: (
        {("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "trail")}, set(), {},
    ),
    Weakness.UNSEEN_ABUSE: (
        {(kind, name) for name in ("cdr-volume", "commands", "credentials-changes", "unknown-routes")
            for kind in ("aws:cloudwatch/logMetricFilter:LogMetricFilter", "aws:cloudwatch/metricAlarm:MetricAlarm")},
        set(), {},
    ),
    Weakness.QUEUE_WITHOUT_TLS: ({("aws:sqs/queuePolicy:QueuePolicy", "dead-letters")}, set(), {}),
    Weakness.NO_BOUNDARY: (
        set(), set(),
        {("aws:iam/role:Role", name): {"permissionsBoundary"} for name in ("authoriser", "rotation", "service")},
    ),
    Weakness.PATHS_IN_ACCESS_LOG: (set(), set(), {("aws:apigateway/stage:Stage", "ocpi"): {"accessLogSettings"}}),
    Weakness.CATCH_ALL_ROUTE: (
        set(),
        {("aws:apigateway/resource:Resource", "ocpi-proxy"), (METHOD, "any-proxy"),
            ("aws:apigateway/integration:Integration", "any-proxy")},
        {DEPLOYMENT: {"triggers"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("weakness", Weakness)
def test_a_weakness_changes_what_it_names_and_nothing_else(stack: Recorded, weakened, weakness):
    before, after = _resources(stack), _resources(weakened[weakness])
    changed = {key: _changed(before[key], after[key]) for key in before.keys() & after.keys()}
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert (gone, new, {key: names for key, names in changed.items() if names}) == _expected(stack, weakness)


def test_each_weakness_is_what_its_name_says(weakened):
    assert weakened[Weakness.OLD_TLS].inputs("aws:apigateway/domainName:DomainName")["securityPolicy"] == "TLS_1_0"
    assert weakened[Weakness.PUBLIC_SERVICE].inputs("aws:lambda/functionUrl:FunctionUrl")["authorizationType"] == "NONE"
    rule = weakened[Weakness.OPEN_SECURITY_GROUP].inputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("0.0.0.0/0", 0, 65535)
    assert (
        weakened[Weakness.DEFAULT_ENDPOINT_OPEN].inputs("aws:apigateway/restApi:RestApi")["disableExecuteApiEndpoint"]
        is False
    )
    for method in weakened[Weakness.NO_AUTHORISER].all(METHOD):
        assert method["inputs"]["authorization"] == "NONE"
    settings = weakened[Weakness.TOKEN_IN_ENVIRONMENT].inputs("aws:lambda/function:Function", "service")["environment"]
    assert len(settings["variables"]["CREDENTIALS_TOKEN"]) == 64


def _expected(stack: Recorded, weakness: Weakness) -> tuple[set[Key], set[Key], dict[Key, set[str]]]:
    gone, new, changed = EXPECTED[weakness]
    methods = changed.get(EVERY_METHOD)
    each = {(METHOD, method["name"]): methods for method in stack.all(METHOD)} if methods else {}
    return gone, new, {**{key: names for key, names in changed.items() if key != EVERY_METHOD}, **each}


def _resources(recorded: Recorded) -> dict[Key, dict[str, Any]]:
    return {(r["type"], r["name"]): r["inputs"] for r in recorded.registrations if r["type"].startswith("aws:")}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
