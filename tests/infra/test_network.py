from __future__ import annotations

import json

from tests.infra.recorded_program import Recorded

ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def test_nothing_leads_to_or_from_the_internet(stack: Recorded):
    kinds = {r["type"] for r in stack.registrations}
    assert not [
        kind for kind in kinds if any(word in kind.lower() for word in ("internetgateway", "natgateway", "/eip:"))
    ]
    assert "routes" not in stack.inputs("aws:ec2/routeTable:RouteTable")
    assert not stack.all("aws:ec2/route:Route")
    for subnet in stack.all("aws:ec2/subnet:Subnet"):
        assert subnet["inputs"]["mapPublicIpOnLaunch"] is False


def test_subnets_are_apart_in_two_zones_and_routed_by_the_isolated_table(stack: Recorded):
    subnets = [s["inputs"] for s in stack.all("aws:ec2/subnet:Subnet")]
    assert {s["availabilityZone"] for s in subnets} == {"eu-central-1a", "eu-central-1b"}
    assert {s["cidrBlock"] for s in subnets} == {"10.40.0.0/25", "10.40.0.128/25"}
    routed = stack.all("aws:ec2/routeTableAssociation:RouteTableAssociation")
    assert {r["inputs"]["subnetId"] for r in routed} == {"isolated-a-id", "isolated-b-id"}


def test_the_default_security_group_lets_nothing_through(stack: Recorded):
    assert stack.inputs("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").keys() == {"vpcId"}


def test_functions_accept_nothing_and_reach_endpoints_only(stack: Recorded):
    ingress = stack.inputs("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert ingress["securityGroupId"] == "endpoints-id"
    assert ingress["referencedSecurityGroupId"] == "functions-id"
    egress = [r["inputs"] for r in stack.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")]
    assert {r["securityGroupId"] for r in egress} == {"functions-id"}
    assert [r.get("referencedSecurityGroupId") or r["prefixListId"] for r in egress] == [
        "dynamodb:prefixListId",
        "endpoints-id",
    ]
    for rule in (ingress, *egress):
        assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 443, 443)
        assert "cidrIpv4" not in rule


def test_endpoints_serve_this_account_only(stack: Recorded):
    endpoints = {e["name"]: e["inputs"] for e in stack.all(ENDPOINT)}
    assert {name: e["vpcEndpointType"] for name, e in endpoints.items()} == {
        "dynamodb": "Gateway", "kms": "Interface", "secretsmanager": "Interface",
    }  # fmt: skip
    for endpoint in endpoints.values():
        statement, *further = json.loads(endpoint["policy"])["Statement"]
        assert {one["Sid"] for one in further} <= {"Delivered"}  # see test_scanner_as_partner
        assert statement["Condition"]["StringEquals"] == {
            "aws:PrincipalAccount": "123456789012", "aws:ResourceAccount": "123456789012",
        }  # fmt: skip
        assert not [action for action in statement["Action"] if "*" in action]


def test_all_traffic_is_logged(stack: Recorded):
    flow = stack.inputs("aws:ec2/flowLog:FlowLog")
    assert (flow["vpcId"], flow["trafficType"]) == ("vpc-id", "ALL")
    assert "vpc-flow" in flow["logDestination"]
