"""The way out to partners: production has the filtered one, the test environment says why not."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from typing import Any

from tests.infra.recorded_program import Recorded

ZONES = ("a", "b")
TABLE = "aws:ec2/routeTable:RouteTable"


def routes(stack: Recorded, name: str) -> dict[str, Any]:
    """Destination and target of each route."""
    found = stack.inputs(TABLE, name)["routes"]
    return {r["cidrBlock"]: next(v for k, v in r.items() if k != "cidrBlock") for r in found}


def test_the_function_that_calls_partners_stands_behind_the_firewall(production: Recorded):
    assert production.inputs("aws:lambda/function:Function", "rotation")["vpcConfig"] == {
        "subnetIds": ["calling-a-id", "calling-b-id"], "securityGroupIds": ["calling-id"],
    }  # fmt: skip
    for zone in ZONES:
        assert routes(production, f"calling-{zone}") == {"0.0.0.0/0": f"vpce-{zone}"}
        assert routes(production, f"firewall-{zone}") == {"0.0.0.0/0": f"egress-{zone}-id"}


def test_answers_pass_the_firewall_as_well(production: Recorded):
    for zone in ZONES:
        calling = production.inputs("aws:ec2/subnet:Subnet", f"calling-{zone}")["cidrBlock"]
        assert routes(production, f"public-{zone}") == {"0.0.0.0/0": "egress-id", calling: f"vpce-{zone}"}


def test_only_hosts_of_the_partners_urls_get_through(production: Recorded):
    policy = production.inputs("aws:networkfirewall/firewallPolicy:FirewallPolicy")["firewallPolicy"]
    assert policy["statelessDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["statefulDefaultActions"] == ["aws:drop_established", "aws:alert_established"]
    assert policy["statefulEngineOptions"]["ruleOrder"] == "STRICT_ORDER"
    rules = production.inputs("aws:networkfirewall/ruleGroup:RuleGroup")["ruleGroup"]
    assert rules["rulesSource"] == {
        "rulesSourceList": {
            "generatedRulesType": "ALLOWLIST", "targetTypes": ["TLS_SNI"],
            "targets": ["ocpi.example-charging.example", "ocpi.example-mobility.example", "posture.example.com"],
        }
    }  # fmt: skip


def test_a_refused_call_and_a_lost_answer_of_a_partner_each_raise_an_alarm(production: Recorded, stack: Recorded):
    kind = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
    refused, lost = production.inputs(kind, "egress-refused"), production.inputs(kind, "answer-lost")
    assert (refused["logGroupName"], refused["pattern"]) == ("/ocpi/prod/egress", '{ $.event.event_type = "alert" }')
    assert lost["logGroupName"] == "/ocpi/prod/rotation"
    assert '"answer_lost"' in lost["pattern"]
    for name in ("egress-refused", "answer-lost"):
        alarm = production.inputs("aws:cloudwatch/metricAlarm:MetricAlarm", name)
        assert alarm["threshold"] == 1
        assert alarm["alarmActions"]
    assert not [one for one in stack.all(kind) if one["name"] == "egress-refused"], "test calls partners unfiltered"


def test_partners_see_one_fixed_address_in_each_zone(production: Recorded):
    assert [e["name"] for e in production.all("aws:ec2/eip:Eip")] == ["egress-a", "egress-b"]
    assert all(e["protect"] for e in production.all("aws:ec2/eip:Eip"))


def test_public_addresses_are_all_that_its_group_lets_out_to(production: Recorded):
    rules = [r["inputs"] for r in production.all("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")]
    own = [r for r in rules if r["securityGroupId"] == "calling-id"]
    assert {r.get("prefixListId") or r.get("referencedSecurityGroupId") for r in own} == {
        "public-internet-id", "endpoints-id",
    }  # fmt: skip
    assert {(r["ipProtocol"], r["fromPort"], r["toPort"]) for r in own} == {("tcp", 443, 443)}
    entries = production.inputs("aws:ec2/managedPrefixList:ManagedPrefixList")["entries"]
    blocks = [IPv4Network(entry["cidr"]) for entry in entries]
    assert len(blocks) <= 58  # of the 60 rules that a group has
    for inward in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.169.254/32",
        "127.0.0.0/8",
        "100.64.0.0/10",
    ):
        assert not any(block.overlaps(IPv4Network(inward)) for block in blocks)
    for public in ("1.1.1.1/32", "9.9.9.9/32", "172.15.0.1/32", "192.167.1.1/32", "223.255.255.255/32"):
        assert any(IPv4Network(public).subnet_of(block) for block in blocks)


def test_subnets_do_not_overlap(production: Recorded):
    blocks = [IPv4Network(s["inputs"]["cidrBlock"]) for s in production.all("aws:ec2/subnet:Subnet")]
    assert len(blocks) == 8
    assert not [(one, other) for one in blocks for other in blocks if one is not other and one.overlaps(other)]


def test_what_is_refused_is_logged(production: Recorded):
    logged = production.inputs("aws:networkfirewall/loggingConfiguration:LoggingConfiguration")["loggingConfiguration"]
    assert {d["logType"] for d in logged["logDestinationConfigs"]} == {"ALERT", "FLOW"}
    assert {d["logDestination"]["logGroup"] for d in logged["logDestinationConfigs"]} == {"/ocpi/prod/egress"}


def test_isolated_subnets_have_no_part_in_it(production: Recorded):
    assert "routes" not in production.inputs(TABLE, "isolated")


def test_the_rotation_may_do_through_the_endpoint_what_its_role_allows(production: Recorded):
    endpoint = json.loads(production.inputs("aws:ec2/vpcEndpoint:VpcEndpoint", "secretsmanager")["policy"])
    role = json.loads(production.inputs("aws:iam/rolePolicy:RolePolicy", "rotation")["policy"])
    allowed = {action for s in endpoint["Statement"] for action in s["Action"]}
    needed = {a for s in role["Statement"] for a in s["Action"] if a.startswith("secretsmanager:")}
    assert needed <= allowed


def test_without_the_filter_nothing_of_it_is_there(stack: Recorded):
    assert not [r["type"] for r in stack.registrations if "networkfirewall" in r["type"] or "natGateway" in r["type"]]
    assert "vpcConfig" not in stack.inputs("aws:lambda/function:Function", "rotation")
