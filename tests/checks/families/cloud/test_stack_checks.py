"""The checks on a declared stack: pass, fail, unknown until deploy, nothing there, and a stack seen in part."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

from checks.engine import judge
from checks.families.cloud import edge, edge_firewall, edge_logs, exposure, secrets, security_groups
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Reason, Seen, Unavailable
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.declared import declare

CHECKS: Final = (
    *edge.CHECKS,
    *edge_firewall.CHECKS,
    *edge_logs.CHECKS,
    *exposure.CHECKS,
    *secrets.CHECKS,
    *security_groups.CHECKS,
)
KEY: Final = FactKey(
    fact=DeclaredResources,
    subject=StackSubject(environment="test", stack="small/test"),
    witness=Witness.CLOUD_DECLARED,
)
EVIDENCE: Final = (EvidenceRef(id="e", sha256="0", path="evidence/e.json"),)
Inputs = Mapping[str, CloudValue]

STAGE: Final = "aws:apigateway/stage:Stage"
STAGE_V2: Final = "aws:apigatewayv2/stage:Stage"
CLUSTER: Final = "aws:eks/cluster:Cluster"
BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
LISTENER: Final = "aws:lb/listener:Listener"
DOMAIN: Final = "aws:apigateway/domainName:DomainName"
METHOD: Final = "aws:apigateway/method:Method"
FUNCTION: Final = "aws:lambda/function:Function"
API: Final = "aws:apigateway/restApi:RestApi"
SECRET: Final = "aws:secretsmanager/secret:Secret"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"


def findings(resources: Sequence[Resource], missing: tuple[str, ...] = ()) -> list[Finding]:
    fact = DeclaredResources(stack="small/test", source="program", resources=tuple(resources), missing=missing)
    seen = Observation(key=KEY, result=Seen(fact=fact, evidence=EVIDENCE))
    return list(judge(CHECKS, FactStore([seen]), ["test"]))


def outcome(check: str, resources: Sequence[Resource], missing: tuple[str, ...] = ()) -> Outcome:
    """The one outcome of a check on the first of the resources."""
    (found,) = (f for f in findings(resources, missing) if f.check == check and resources[0].urn in str(f.subject))
    return found.outcome


def one(token: str, inputs: Inputs | None = None) -> tuple[Resource, ...]:
    return (declare(token, "it", inputs),)


def passed_on(*, internal: bool, target: str = "ip") -> tuple[Resource, ...]:
    """A TCP listener of a network load balancer, and the target group behind it."""
    balancer = declare(BALANCER, "nlb", {"loadBalancerType": "network", "internal": internal})
    group = declare("aws:lb/targetGroup:TargetGroup", "behind", {"targetType": target})
    refers = {"loadBalancerArn": (balancer,), "defaultActions": (group,)}
    return declare(LISTENER, "it", {"protocol": "TCP"}, refers), balancer, group


def associated() -> tuple[Resource, ...]:
    stage = declare(STAGE, "it", outputs={"arn": "arn:aws:apigateway:x::/restapis/a/stages/it"})
    token = "aws:wafv2/webAclAssociation:WebAclAssociation"
    return stage, declare(token, "edge", {"resourceArn": stage.outputs["arn"]})


def with_url(kind: CloudValue) -> tuple[Resource, ...]:
    function = declare(FUNCTION, "it")
    url = declare(
        "aws:lambda/functionUrl:FunctionUrl", "open", {"authorizationType": kind}, {"functionName": (function,)}
    )
    return function, url


def with_rotation(rules: CloudValue) -> tuple[Resource, ...]:
    secret = declare(SECRET, "it")
    token = "aws:secretsmanager/secretRotation:SecretRotation"
    return secret, declare(token, "it", {"rotationRules": rules}, {"secretId": (secret,)})


def variables(**held: CloudValue) -> tuple[Resource, ...]:
    return one(FUNCTION, {"environment": {"variables": held}})


def in_subnet(*, public: bool, inline: bool = False, own_table: bool = True) -> tuple[Resource, ...]:
    gateway = declare("aws:ec2/internetGateway:InternetGateway", "igw")
    subnet = declare("aws:ec2/subnet:Subnet", "private")
    function = declare(FUNCTION, "it", {"vpcConfig": {"subnetIds": (subnet.id,)}}, {"vpcConfig": (subnet,)})
    token = "aws:ec2/routeTable:RouteTable" if own_table else "aws:ec2/defaultRouteTable:DefaultRouteTable"
    routes: tuple[CloudValue, ...] = ({"cidrBlock": "0.0.0.0/0", "gatewayId": gateway.id},)
    table = declare(token, "t", {"routes": routes} if inline else {}, {"routes": (gateway,)} if inline else {})
    association = declare(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "a",
        {},
        {"subnetId": (subnet,), "routeTableId": (table,)},
    )
    route = declare("aws:ec2/route:Route", "r", {}, {"routeTableId": (table,), "gatewayId": (gateway,)})
    extra = (*((association,) if own_table else ()), *((route,) if public and not inline else ()))
    return (function, subnet, table, *((gateway,) if public else ()), *extra)


def ingress(*rules: CloudValue) -> tuple[Resource, ...]:
    return one(GROUP, {"ingress": rules})


def everybody(**ports: CloudValue) -> CloudValue:
    return {"protocol": "tcp", "cidrBlocks": ("0.0.0.0/0",), **ports}


def balanced() -> tuple[Resource, ...]:
    (group,) = ingress(everybody(fromPort=443, toPort=443))
    return group, declare(BALANCER, "lb", {"internal": True}, {"securityGroups": (group,)})


def opened_by_rule() -> tuple[Resource, ...]:
    group = declare(GROUP, "it")
    rule: Inputs = {"cidrIpv6": "::/0", "ipProtocol": "-1"}
    token = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    return group, declare(token, "r", rule, {"securityGroupId": (group,)})


P, F, I = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE
LOGGED: Final[CloudValue] = {"destinationArn": "arn:aws:logs:x", "format": "$context.requestId"}
TO_HTTPS: Final[CloudValue] = ({"redirect": {"protocol": "HTTPS"}},)
CASES: Final[list[tuple[str, Outcome, tuple[Resource, ...]]]] = [
    ("cloud-edge-firewall-on-every-entry", P, associated()),
    ("cloud-edge-firewall-on-every-entry", F, one(STAGE)),
    ("cloud-edge-firewall-on-every-entry", F, one(STAGE_V2)),
    ("cloud-edge-firewall-on-every-entry", F, one(BALANCER)),
    ("cloud-edge-tls-1-2", P, one(DOMAIN, {"securityPolicy": "TLS_1_2"})),
    ("cloud-edge-tls-1-2", P, one(DOMAIN, {"securityPolicy": "SecurityPolicy_TLS13_1_2_2021_06"})),
    ("cloud-edge-tls-1-2", F, one(DOMAIN, {"securityPolicy": "TLS_1_0"})),
    ("cloud-edge-tls-1-2", F, one(DOMAIN)),
    ("cloud-edge-tls-1-2", I, one(DOMAIN, {"securityPolicy": UNKNOWN})),
    ("cloud-edge-tls-1-2", P, one(LISTENER, {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"})),
    ("cloud-edge-tls-1-2", F, one(LISTENER, {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"})),
    ("cloud-edge-tls-1-2", F, one(LISTENER, {"protocol": "HTTP"})),
    ("cloud-edge-tls-1-2", P, one(LISTENER, {"protocol": "HTTP", "defaultActions": TO_HTTPS})),
    ("cloud-edge-tls-1-2", P, one(LISTENER, {"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"})),
    ("cloud-edge-tls-1-2", F, one(LISTENER, {"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-2016-08"})),
    ("cloud-edge-tls-1-2", I, one(LISTENER, {"protocol": "TCP"})),
    ("cloud-edge-tls-1-2", I, passed_on(internal=False)),
    ("cloud-edge-tls-1-2", P, passed_on(internal=True)),
    ("cloud-edge-tls-1-2", P, passed_on(internal=False, target="alb")),
    ("cloud-edge-authoriser-on-every-method", P, one(METHOD, {"authorization": "CUSTOM", "httpMethod": "GET"})),
    ("cloud-edge-authoriser-on-every-method", F, one(METHOD, {"authorization": "NONE", "httpMethod": "GET"})),
    ("cloud-edge-authoriser-on-every-method", P, one(METHOD, {"authorization": "NONE", "httpMethod": "OPTIONS"})),
    ("cloud-edge-authoriser-on-every-method", I, one(METHOD, {"authorization": UNKNOWN})),
    ("cloud-edge-authoriser-on-every-method", F, one("aws:apigatewayv2/route:Route", {"routeKey": "GET /"})),
    ("cloud-edge-access-logs", P, one(STAGE, {"accessLogSettings": LOGGED})),
    ("cloud-edge-access-logs", F, one(STAGE)),
    ("cloud-edge-access-logs", F, one(STAGE_V2, {"accessLogSettings": {"destinationArn": "a", "format": ""}})),
    ("cloud-edge-access-logs", P, one(STAGE, {"accessLogSettings": {"destinationArn": UNKNOWN, "format": "x"}})),
    ("cloud-edge-access-logs", I, one(STAGE, {"accessLogSettings": UNKNOWN})),
    ("cloud-exposure-no-open-function-url", P, one(FUNCTION)),
    ("cloud-exposure-no-open-function-url", P, with_url("AWS_IAM")),
    ("cloud-exposure-no-open-function-url", F, with_url("NONE")),
    ("cloud-exposure-no-open-function-url", I, with_url(UNKNOWN)),
    ("cloud-exposure-default-endpoint-closed", P, one(API, {"disableExecuteApiEndpoint": True})),
    ("cloud-exposure-default-endpoint-closed", P, one(API, {"endpointConfiguration": {"types": "PRIVATE"}})),
    ("cloud-exposure-default-endpoint-closed", F, one(API)),
    ("cloud-exposure-default-endpoint-closed", I, one(API, {"disableExecuteApiEndpoint": UNKNOWN})),
    ("cloud-exposure-cluster-endpoint-closed", P, one(CLUSTER, {"vpcConfig": {"endpointPublicAccess": False}})),
    ("cloud-exposure-cluster-endpoint-closed", F, one(CLUSTER, {"vpcConfig": {"publicAccessCidrs": ("0.0.0.0/0",)}})),
    ("cloud-exposure-cluster-endpoint-closed", I, one(CLUSTER, {"vpcConfig": {"endpointPublicAccess": UNKNOWN}})),
    ("cloud-exposure-workloads-off-the-internet", P, in_subnet(public=False)),
    ("cloud-exposure-workloads-off-the-internet", F, in_subnet(public=True)),
    ("cloud-exposure-workloads-off-the-internet", F, in_subnet(public=True, inline=True)),
    ("cloud-exposure-workloads-off-the-internet", F, in_subnet(public=True, inline=True, own_table=False)),
    ("cloud-exposure-no-open-security-group", P, ingress({"cidrBlocks": ("192.0.2.0/24",), "fromPort": 443})),
    ("cloud-exposure-no-open-security-group", F, ingress(everybody(fromPort=22, toPort=22))),
    ("cloud-exposure-no-open-security-group", F, ingress(everybody(fromPort=443, toPort=443))),
    ("cloud-exposure-no-open-security-group", P, balanced()),
    ("cloud-exposure-no-open-security-group", F, opened_by_rule()),
    ("cloud-exposure-no-open-security-group", I, one(GROUP, {"ingress": UNKNOWN})),
    ("cloud-secrets-rotated", P, with_rotation({"automaticallyAfterDays": 30})),
    ("cloud-secrets-rotated", P, with_rotation({"scheduleExpression": "rate(10 days)"})),
    ("cloud-secrets-rotated", F, with_rotation({"automaticallyAfterDays": 365})),
    ("cloud-secrets-rotated", F, with_rotation({})),
    ("cloud-secrets-rotated", I, with_rotation({"automaticallyAfterDays": UNKNOWN})),
    ("cloud-secrets-rotated", F, one(SECRET)),
    ("cloud-secrets-not-in-environment", P, one(FUNCTION)),
    ("cloud-secrets-not-in-environment", P, variables(TOKEN_SECRET_ARN="x", PARTNER_SECRETS="ocpi/test/", TTL="5")),
    ("cloud-secrets-not-in-environment", F, variables(CREDENTIALS_TOKEN="4f5e6d7c8b9a")),
    ("cloud-secrets-not-in-environment", F, variables(PARTNER=HIDDEN)),
    ("cloud-secrets-not-in-environment", I, variables(API_KEY=UNKNOWN)),
    ("cloud-secrets-not-in-environment", I, one(FUNCTION, {"environment": {"variables": UNKNOWN}})),
]  # fmt: skip
RESTS_ON_ABSENCE: Final = [
    ("cloud-edge-firewall-on-every-entry", one(STAGE)),
    ("cloud-exposure-no-open-function-url", one(FUNCTION)),
    ("cloud-exposure-workloads-off-the-internet", in_subnet(public=False)),
    ("cloud-exposure-no-open-security-group", one(GROUP)),
    ("cloud-secrets-rotated", one(SECRET)),
]


@pytest.mark.parametrize("check, expected, resources", CASES)
def test_a_check_judges_what_is_declared(check, expected, resources):
    assert outcome(check, resources) is expected


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_a_stack_where_it_passes_and_one_where_it_fails(check):
    assert {P, F} <= {expected for name, expected, _ in CASES if name == check.id}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_in_an_empty_stack_there_is_nothing_to_judge(check):
    (found,) = (f for f in findings(()) if f.check == check.id)
    assert found.outcome is Outcome.NOT_APPLICABLE
    assert "among 0 declared resources" in found.message


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_in_a_stack_seen_in_part_nothing_is_said_not_to_be_there(check):
    (found,) = (f for f in findings((), ("it stopped half-way",)) if f.check == check.id)
    assert found.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize("check, resources", RESTS_ON_ABSENCE)
def test_in_a_stack_seen_in_part_no_verdict_rests_on_something_absent(check, resources):
    assert outcome(check, resources) in {P, F}
    assert outcome(check, resources, ("it stopped half-way",)) is Outcome.INCONCLUSIVE


def test_what_was_seen_to_be_wrong_stays_wrong_in_a_stack_seen_in_part():
    assert outcome("cloud-exposure-no-open-function-url", with_url("NONE"), ("it stopped",)) is Outcome.FAIL


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_without_a_stack_a_check_is_blind(check):
    unseen = Unavailable(reason=Reason.TIMED_OUT, detail="the program had to be ended")
    store = FactStore([Observation(key=KEY, result=unseen)])
    (found,) = (f for f in judge([check], store, ["test"]))
    assert found.outcome is Outcome.INCONCLUSIVE


def test_a_finding_has_the_line_that_declares_the_resource_and_how_many_there_are():
    found = next(f for f in findings([*one(STAGE), declare(STAGE, "other")]) if f.check == "cloud-edge-access-logs")
    assert found.position is not None
    assert (found.position.file, found.position.line) == ("__main__.py", 7)
    assert str(found.population) == "1 of 2 entry points"
    assert found.remediation
