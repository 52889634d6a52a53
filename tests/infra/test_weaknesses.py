"""Each weakness changes exactly what it names, compared with the stack that has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from infra.weaknesses import Weakness
from scanner.model.resource import CloudValue
from tests.checks.families.cloud.weakened import (
    ALONE,
    CALLING,
    HARDENED,
    OF_CALLING,
    WEAKENED,
    run_of,
    stack_with,
    weaknesses_in,
)

Key = tuple[str, str]
Inputs = Mapping[str, CloudValue]
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
TASK = ("aws:ecs/taskDefinition:TaskDefinition", "service")
METHOD = "aws:apigateway/method:Method"
DEPLOYMENT = ("aws:apigateway/deployment:Deployment", "ocpi")
EVERY_METHOD = (METHOD, "*")  # stands for each of them
API = ("aws:apigateway/restApi:RestApi", "ocpi")
METHODS_WITH_BODY = (METHOD, "* with a body")
ACL = ("aws:wafv2/webAcl:WebAcl", "edge")
FIREWALL_LOG = ("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "edge")
OBJECTS = ("aws:dynamodb/table:Table", "objects")
PARTNERS = ("example-cpo", "example-emsp", "posture-scanner")
ROLE = "aws:iam/role:Role"
PEOPLE = ("admin", "auditor", "break-glass", "operator")

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
        {(INGRESS, "endpoints-from-functions"):
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
    Weakness.PATHS_IN_FIREWALL_LOG: (set(), set(), {FIREWALL_LOG: {"redactedFields"}}),
    Weakness.TRAIL_OF_ONE_REGION: (set(), set(), {("aws:cloudtrail/trail:Trail", "trail"): {"isMultiRegionTrail"}}),
    Weakness.DELETABLE_TRAIL: (
        {("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "trail")}, set(), {},
    ),
    Weakness.UNSEEN_ABUSE: (
        {(kind, name) for name in ("cdr-refusals", "cdr-volume", "commands", "credentials-changes", "quarantine-lost",
                                   "records-refused", "session-changes",
                                   "tariff-changes", "unknown-routes")
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
            ("aws:apigateway/integration:Integration", "any-proxy"), ("aws:apigateway/model:Model", "object")},
        {DEPLOYMENT: {"triggers"}},
    ),
    Weakness.NO_ADDRESS_RATE: (set(), set(), {ACL: {"rules"}}),
    Weakness.NO_TOKEN_RATE: (set(), set(), {ACL: {"rules"}}),
    Weakness.PARTNERS_FIRST: (set(), set(), {ACL: {"rules"}}),
    Weakness.ATTACKS_COUNTED: (set(), set(), {ACL: {"rules"}}),
    Weakness.NO_KNOWN_ATTACKS: (set(), set(), {ACL: {"rules"}}),
    Weakness.BODIES_UNLIMITED: (set(), set(), {ACL: {"rules"}}),
    Weakness.SMALL_OBJECTS_ONLY: (set(), set(), {ACL: {"rules"}}),
    Weakness.CLOUDS_REFUSED: (set(), set(), {ACL: {"rules"}}),
    Weakness.EVERYBODY_A_PARTNER: (set(), set(), {("aws:wafv2/ipSet:IpSet", "partners"): {"addresses"}}),
    Weakness.BODIES_UNSEEN: (set(), set(), {ACL: {"associationConfig"}}),
    Weakness.SAMPLED_REQUESTS: (set(), set(), {ACL: {"visibilityConfig"}}),
    Weakness.NO_FIREWALL_LOG: ({FIREWALL_LOG}, set(), {}),
    Weakness.TOKENS_IN_FIREWALL_LOG: (set(), set(), {FIREWALL_LOG: {"redactedFields"}}),
    Weakness.UNRECOVERABLE_TABLE: (set(), set(), {OBJECTS: {"pointInTimeRecovery"}}),
    Weakness.DELETABLE_TABLE: (set(), set(), {OBJECTS: {"deletionProtectionEnabled"}}),
    Weakness.ENDLESS_QUARANTINE: (set(), set(), {("aws:dynamodb/table:Table", "quarantine"): {"ttl"}}),
    Weakness.ENDLESS_DATA: (set(), set(), {OBJECTS: {"ttl"}}),
    Weakness.SECRETS_GONE_AT_ONCE: (
        set(), set(),
        {("aws:secretsmanager/secret:Secret", "*"): {"recoveryWindowInDays"}},
    ),
    Weakness.SECRETS_WITHOUT_OWN_KEY: (set(), set(), {("aws:secretsmanager/secret:Secret", "*"): {"kmsKeyId"}}),
    Weakness.NO_STAGE_RATE: (set(), set(), {("aws:apigateway/methodSettings:MethodSettings", "all"): {"settings"}}),
    Weakness.UNKNOWN_FIELDS_REFUSED: (
        set(), set(),
        {("aws:apigateway/model:Model", "*"): {"schema"}, DEPLOYMENT: {"triggers"}},
    ),
    Weakness.OTHER_CONTENT_TYPES: (set(), set(), {METHODS_WITH_BODY: {"requestModels"}, DEPLOYMENT: {"triggers"}}),
    Weakness.LONG_MEMORY: (
        set(), set(),
        {("aws:apigateway/authorizer:Authorizer", "partners"): {"authorizerResultTtlInSeconds"}},
    ),
    Weakness.UNCOUNTED_METHODS: (set(), set(), {EVERY_METHOD: {"apiKeyRequired"}, DEPLOYMENT: {"triggers"}}),
    Weakness.UNVALIDATED_TRAIL: (set(), set(), {("aws:cloudtrail/trail:Trail", "trail"): {"enableLogFileValidation"}}),
    Weakness.PUBLIC_TRAIL: (
        set(), set(),
        {("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "trail"):
            {"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"}},
    ),
    Weakness.UNBOUNDED_FUNCTION: (
        set(), set(),
        {("aws:lambda/function:Function", "service"): {"reservedConcurrentExecutions"}},
    ),
    Weakness.SERVICE_MAY_ANYTHING: (set(), set(), {("aws:iam/rolePolicy:RolePolicy", "service"): {"policy"}}),
    Weakness.SILENT_ALARMS: (
        set(), set(),
        {("aws:cloudwatch/metricAlarm:MetricAlarm", "*"): {"alarmActions", "okActions"}},
    ),
    Weakness.NO_SECOND_FACTOR: (set(), set(), {(ROLE, name): {"assumeRolePolicy"} for name in PEOPLE}),
    Weakness.PEOPLE_WITHOUT_BOUNDARY: (set(), set(), {(ROLE, name): {"permissionsBoundary"} for name in PEOPLE}),
    Weakness.PEOPLE_READ_TOKENS: (
        set(), set(), {("aws:iam/policy:Policy", name): {"policy"} for name in ("operator", "people-boundary")},
    ),
    Weakness.POSTURE_ROLE_WITHOUT_ID: (set(), set(), {(ROLE, "posture"): {"assumeRolePolicy"}}),
    Weakness.TOKEN_FOR_AN_ACCOUNT: (
        set(), {("aws:secretsmanager/secretPolicy:SecretPolicy", "scanner")},
        {("aws:kms/key:Key", "secrets"): {"policy"}},
    ),
    Weakness.RECORDER_OFF: (set(), set(), {("aws:cfg/recorderStatus:RecorderStatus", "recorder"): {"isEnabled"}}),
    Weakness.PLAIN_LISTENER: (
        set(), set(),
        {("aws:lb/listener:Listener", "containers"): {"port", "protocol", "sslPolicy", "certificateArn"},
            ("aws:apigateway/integration:Integration", "*"): {"uri"},
            (INGRESS, "link-to-balancer"): {"fromPort", "toPort"},
            (EGRESS, "link-to-balancer"): {"fromPort", "toPort"}},
    ),
    Weakness.PLAIN_TARGETS: (
        set(), set(), {("aws:lb/targetGroup:TargetGroup", "containers"): {"protocol", "healthCheck"}},
    ),
    Weakness.UNVERIFIED_UPSTREAM: (
        set(), set(), {("aws:apigateway/integration:Integration", "*"): {"tlsConfig"}},
    ),
    Weakness.PUBLIC_BALANCER: (set(), set(), {("aws:lb/loadBalancer:LoadBalancer", "containers"): {"internal"}}),
    Weakness.PUBLIC_CONTAINER: (set(), set(), {("aws:ecs/service:Service", "service"): {"networkConfiguration"}}),
    Weakness.OPEN_CONTAINERS: (
        set(), set(), {(INGRESS, "balancer-to-containers"): {"cidrIpv4", "referencedSecurityGroupId"}},
    ),
    Weakness.WRITABLE_CONTAINER: (set(), set(), {TASK: {"containerDefinitions"}}),
    Weakness.IMAGE_BY_TAG: (set(), set(), {TASK: {"containerDefinitions"}}),
    Weakness.SHELL_INTO_CONTAINER: (
        set(), set(), {("aws:ecs/service:Service", "service"): {"enableExecuteCommand"}},
    ),
    Weakness.INWARD_CALLS: (set(), set(), {(EGRESS, "calling-to-partners"): {"cidrIpv4", "prefixListId"}}),
    Weakness.PAST_THE_FIREWALL: (
        set(),
        {(kind, f"shortcut-{zone}") for kind in ("aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway") for zone in "ab"},
        {("aws:ec2/routeTable:RouteTable", f"calling-{zone}"): {"routes"} for zone in "ab"},
    ),
    Weakness.PLAIN_MARKER: (set(), set(), {("aws:ssm/parameter:Parameter", "deployment"): {"keyId", "type"}}),
}  # fmt: skip


@pytest.mark.parametrize("stack", [*WEAKENED, *(pytest.param(name, marks=pytest.mark.slow) for name in ALONE)])
def test_weaknesses_change_what_they_name_and_nothing_else(stack):
    weaknesses = [Weakness(name) for name in weaknesses_in(stack)]
    before = declared(CALLING if OF_CALLING.issuperset(weaknesses) else HARDENED)
    after = declared(stack)
    changed = {key: _changed(before[key], after[key]) for key in before.keys() & after.keys()}
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    assert (gone, new, {key: names for key, names in changed.items() if names}) == _expected(before, weaknesses)


def test_each_weakness_is_what_its_name_says():
    def inputs(weakness: Weakness, kind: str, name: str) -> Inputs:
        return declared(stack_with(weakness))[(kind, name)]

    assert inputs(Weakness.OLD_TLS, "aws:apigateway/domainName:DomainName", "ocpi")["securityPolicy"] == "TLS_1_0"
    url = inputs(Weakness.PUBLIC_SERVICE, "aws:lambda/functionUrl:FunctionUrl", "public")
    assert url["authorizationType"] == "NONE"
    rule = inputs(Weakness.OPEN_SECURITY_GROUP, INGRESS, "endpoints-from-functions")
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("0.0.0.0/0", 0, 65535)
    assert inputs(Weakness.DEFAULT_ENDPOINT_OPEN, *API)["disableExecuteApiEndpoint"] is False
    methods = [given for (kind, _), given in declared(stack_with(Weakness.NO_AUTHORISER)).items() if kind == METHOD]
    assert methods
    assert all(method["authorization"] == "NONE" for method in methods)
    settings: Any = inputs(Weakness.TOKEN_IN_ENVIRONMENT, "aws:lambda/function:Function", "service")["environment"]
    assert len(settings["variables"]["CREDENTIALS_TOKEN"]) == 64


def declared(name: str) -> dict[Key, Inputs]:
    """What the program declares, by type and name."""
    run = run_of(name)
    assert run.problem is None
    return {(one.token, one.name): one.inputs for one in run.resources if one.token.startswith("aws:")}


def _expected(
    stack: Mapping[Key, Inputs], weaknesses: Sequence[Weakness]
) -> tuple[set[Key], set[Key], dict[Key, set[str]]]:
    """All together: what one of them takes away, no other changes."""
    gone: set[Key] = set()
    new: set[Key] = set()
    changed: dict[Key, set[str]] = {}
    for weakness in weaknesses:
        one_gone, one_new, one_changed = _expected_of(stack, weakness)
        gone, new = gone | one_gone, new | one_new
        changed |= {key: names | changed.get(key, set()) for key, names in one_changed.items()}
    return gone, new, {key: names for key, names in changed.items() if key not in gone}


def _expected_of(stack: Mapping[Key, Inputs], weakness: Weakness) -> tuple[set[Key], set[Key], dict[Key, set[str]]]:
    gone, new, changed = EXPECTED[weakness]
    each = {key: names for of, names in changed.items() for key in stack if of[1].startswith("*") and _is_of(key, of)}
    return gone, new, {**{key: names for key, names in changed.items() if not key[1].startswith("*")}, **each}


def _is_of(key: Key, each: Key) -> bool:
    without_body = key[1].startswith(("get-", "delete-"))
    return key[0] == each[0] and not (each == METHODS_WITH_BODY and without_body)


def _changed(before: Inputs, after: Inputs) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
