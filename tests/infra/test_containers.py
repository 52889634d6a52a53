"""`service: container`: what a reviewer would assert of a container of the user's own behind the gateway."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.container_config import DIGEST, HOST
from tests.infra.recorded_program import Recorded

INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"


@pytest.fixture(scope="module")
def contained(outcomes: Any) -> Recorded:
    found = outcomes["test, container"]
    assert isinstance(found, Recorded), found
    return found


@pytest.fixture(scope="module")
def calling(outcomes: Any) -> Recorded:
    found = outcomes["test, calling container"]
    assert isinstance(found, Recorded), found
    return found


def test_a_container_that_calls_partners_stands_behind_the_firewall_that_knows_them(calling: Recorded):
    assert calling.inputs("aws:ecs/service:Service")["networkConfiguration"] == {
        "subnets": ["calling-a-id", "calling-b-id"],
        "securityGroups": ["containers-id", "calling-id"],
        "assignPublicIp": False,
    }
    rules = calling.inputs("aws:networkfirewall/ruleGroup:RuleGroup")["ruleGroup"]["rulesSource"]["rulesSourceList"]
    assert rules["targets"] == [f"{name}.example.net" for name in ("example-cpo", "example-emsp", "posture-scanner")]
    for zone in "ab":
        (route,) = calling.inputs("aws:ec2/routeTable:RouteTable", f"calling-{zone}")["routes"]
        assert route == {"cidrBlock": "0.0.0.0/0", "vpcEndpointId": f"vpce-{zone}"}
    out = {(rule["inputs"]["securityGroupId"], rule["inputs"].get("prefixListId")) for rule in calling.all(EGRESS)}
    assert [group for group, target in out if target == "public-internet-id"] == ["calling-id"]


def test_its_image_is_pulled_past_the_firewall_and_so_are_its_tables_read(calling: Recorded, contained: Recorded):
    def tables(of: Recorded) -> list[str]:
        return sorted(of.inputs("aws:ec2/vpcEndpoint:VpcEndpoint", "s3")["routeTableIds"])

    assert tables(contained) == ["isolated-id"]
    assert tables(calling) == ["calling-a-id", "calling-b-id", "isolated-id"]
    bound = calling.all("aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation")
    assert {one["inputs"]["routeTableId"] for one in bound} == {"calling-a-id", "calling-b-id"}
    assert {one["inputs"]["vpcEndpointId"] for one in bound} == {"dynamodb-id"}


def test_calling_partners_changes_no_other_hop_and_no_right(calling: Recorded, contained: Recorded):
    def part(of: Recorded, kind: str) -> dict[str, Any]:
        own = ("link-", "balancer-", "containers", "endpoints-from-containers", "service")
        return {one["name"]: one["inputs"] for one in of.all(kind) if one["name"].startswith(own)}

    for kind in (INGRESS, EGRESS, "aws:iam/rolePolicy:RolePolicy", "aws:lb/loadBalancer:LoadBalancer"):
        assert part(calling, kind)
        assert part(calling, kind) == part(contained, kind), kind


def test_each_hop_lets_in_the_one_before_it_and_leads_to_the_next_alone(contained: Recorded):
    rules = {one["name"]: one["inputs"] for one in contained.all(INGRESS)}
    assert {name: (rule["referencedSecurityGroupId"], rule["securityGroupId"], rule["fromPort"], rule["toPort"])
            for name, rule in rules.items()} == {
        "link-to-balancer": ("link-id", "balancer-id", 443, 443),
        "balancer-to-containers": ("balancer-id", "containers-id", 8443, 8443),
        "endpoints-from-containers": ("containers-id", "endpoints-id", 443, 443),
        "endpoints-from-functions": ("functions-id", "endpoints-id", 443, 443),
    }  # fmt: skip
    ways = {one["name"]: one["inputs"] for one in contained.all(EGRESS)}
    out = {
        (way["securityGroupId"], way.get("referencedSecurityGroupId") or way["prefixListId"]) for way in ways.values()
    }
    assert out == {
        ("link-id", "balancer-id"), ("balancer-id", "containers-id"), ("containers-id", "endpoints-id"),
        ("containers-id", "s3:prefixListId"), ("containers-id", "dynamodb:prefixListId"),
        ("functions-id", "endpoints-id"), ("functions-id", "dynamodb:prefixListId"),
    }  # fmt: skip
    assert not [rule for rule in (*rules.values(), *ways.values()) if "cidrIpv4" in rule]


def test_every_method_goes_over_tls_to_the_name_in_the_certificate_with_a_partner_that_nobody_can_forge(
    contained: Recorded,
):
    integrations = [one["inputs"] for one in contained.all("aws:apigateway/integration:Integration")]
    assert len(integrations) > 20
    for one in integrations:
        assert (one["type"], one["connectionType"]) == ("HTTP_PROXY", "VPC_LINK")
        assert (one["connectionId"], one["integrationTarget"][-24:]) == ("containers-id", ":LoadBalancer/containers")
        assert one["uri"].startswith(f"https://{HOST}/ocpi/")
        assert one["integrationHttpMethod"] == one["httpMethod"]
        assert "tlsConfig" not in one
        mapped = one["requestParameters"]
        assert mapped["integration.request.header.X-Ocpi-Partner"] == "context.authorizer.principalId"
        for name in _placeholders(one["uri"]):
            assert mapped[f"integration.request.path.{name}"] == f"method.request.path.{name}"


def _placeholders(uri: str) -> list[str]:
    return [part.partition("}")[0] for part in uri.split("{")[1:]]


def test_a_balancer_that_is_made_again_brings_a_new_deployment(contained: Recorded, stack: Recorded):
    def triggers(of: Recorded) -> set[str]:
        return set(of.inputs("aws:apigateway/deployment:Deployment")["triggers"])

    assert triggers(contained) == {"definition", "upstream"}
    assert triggers(stack) == {"definition"}


def test_containers_run_under_two_roles_with_the_boundary_and_hold_no_secret(contained: Recorded):
    task = contained.inputs("aws:ecs/taskDefinition:TaskDefinition")
    (container,) = json.loads(task["containerDefinitions"])
    assert container["image"].endswith(f"/roaming/platform@{DIGEST}")
    assert (container["readonlyRootFilesystem"], container["privileged"]) == (True, False)
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert {one["name"] for one in container["environment"]} == {
        "ACCESS_TABLE", "CONTRACTS_VERSION", "LOG_REFERENCE_KEY", "OBJECTS_TABLE", "PARTIES", "PARTNER_SECRETS",
        "PUBLIC_ORIGIN", "QUARANTINE_TABLE",
    }  # fmt: skip
    roles = {
        one["name"]: one["inputs"] for one in contained.all("aws:iam/role:Role") if one["name"].startswith("service")
    }
    assert set(roles) == {"service", "service-start"}
    for role in roles.values():
        (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert role["permissionsBoundary"].endswith("boundary")


def test_the_role_that_pulls_the_image_reads_no_data_and_the_services_role_pulls_nothing(contained: Recorded):
    policies = {one["name"]: json.loads(one["inputs"]["policy"])["Statement"]
                for one in contained.all("aws:iam/rolePolicy:RolePolicy")}  # fmt: skip
    starting = {action.partition(":")[0] for s in policies["service-start"] for action in s["Action"]}
    serving = {action.partition(":")[0] for s in policies["service"] for action in s["Action"]}
    assert starting == {"ecr", "logs"}
    assert serving == {"dynamodb", "kms", "secretsmanager"}


def test_the_service_is_told_and_may_what_the_function_is_told_and_may(contained: Recorded, stack: Recorded):
    def statements(of: Recorded) -> dict[str, Any]:
        written = of.inputs("aws:iam/rolePolicy:RolePolicy", "service")["policy"]
        return {one["Sid"]: one for one in json.loads(written)["Statement"]}

    shared = {
        "Objects",
        "ReadAccess",
        "Registrations",
        "PartnerTokens",
        "SecretsKey",
        "LogReferences",
        "SetAside",
        "SetAsideKey",
    }
    function, container = statements(stack), statements(contained)
    assert {sid: container[sid] for sid in shared} == {sid: function[sid] for sid in shared}


def test_nothing_of_it_has_an_address_on_the_internet(contained: Recorded):
    service = contained.inputs("aws:ecs/service:Service")
    assert service["networkConfiguration"]["assignPublicIp"] is False
    assert service["enableExecuteCommand"] is False
    assert contained.inputs("aws:lb/loadBalancer:LoadBalancer")["internal"] is True
    assert not [one for one in contained.registrations if "internetGateway" in one["type"]]


def test_the_registry_is_reached_by_endpoints_for_this_account(contained: Recorded):
    endpoints = {one["name"]: json.loads(one["inputs"]["policy"])["Statement"]
                 for one in contained.all("aws:ec2/vpcEndpoint:VpcEndpoint")}  # fmt: skip
    assert endpoints.keys() == {"dynamodb", "ecr-api", "ecr-dkr", "kms", "logs", "s3", "secretsmanager"}
    (layers,) = endpoints.pop("s3")
    assert layers["Resource"] == ["arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*"]
    assert layers["Action"] == ["s3:GetObject"]
    for statement in (one for statements in endpoints.values() for one in statements):
        assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"] == "123456789012"


def test_somebody_is_told_when_containers_fail_or_are_sick(contained: Recorded):
    alarms = {one["name"]: one["inputs"] for one in contained.all("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert alarms["service-errors"]["metricName"] == "HTTPCode_Target_5XX_Count"
    assert alarms["service-unhealthy"]["metricName"] == "UnHealthyHostCount"
    for name in ("service-errors", "service-unhealthy"):
        assert alarms[name]["alarmActions"]
