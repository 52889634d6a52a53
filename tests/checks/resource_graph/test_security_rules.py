"""Rules of security groups in all the places where they are declared, and network ACLs in their order."""

from ipaddress import IPv4Network
from typing import Final

import pytest

from checks.resource_graph.access_lists import lets_through
from checks.resource_graph.ports import Ports, ports_of
from checks.resource_graph.security_rules import GROUP, rules
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.scanner.cloud.declared import declare

OTHER: Final = declare(GROUP, "other")
LIST: Final = declare("aws:ec2/managedPrefixList:ManagedPrefixList", "l", {"entries": ({"cidr": "192.0.2.0/24"},)})
ENTRY: Final = declare(
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry", "e", {"cidr": "198.51.100.0/24", "prefixListId": LIST.id}
)
ENDPOINT: Final = declare("aws:ec2/vpcEndpoint:VpcEndpoint", "v", outputs={"prefixListId": "pl-s3"})
TCP: Final[dict[str, CloudValue]] = {"protocol": "tcp", "fromPort": 443, "toPort": 443}


def stack(*resources: Resource) -> Stack:
    return Stack(declared=DeclaredResources(stack="s/t", source="state", resources=resources))


def one_rule(rule: CloudValue):
    group = declare(GROUP, "own", {"ingress": (rule,)})
    (found,) = rules(stack(group, OTHER, LIST, ENTRY, ENDPOINT), group, egress=False)
    return group, found


def test_a_rule_for_itself_names_its_own_group():
    group, found = one_rule({**TCP, "self": True})
    assert found.groups == {group.urn}
    assert found.doubt is None


def test_groups_of_the_stack_are_told_by_urn_and_others_by_id():
    _, found = one_rule({**TCP, "securityGroups": (OTHER.id, "sg-0123456789")})
    assert found.groups == {OTHER.urn, "sg-0123456789"}


def test_a_declared_prefix_list_is_its_networks_wherever_they_are_declared():
    _, found = one_rule({**TCP, "prefixListIds": (LIST.id,)})
    assert set(found.networks) == {IPv4Network("192.0.2.0/24"), IPv4Network("198.51.100.0/24")}
    assert found.doubt is None


def test_that_of_a_gateway_endpoint_leads_to_a_service_and_no_network():
    _, found = one_rule({**TCP, "prefixListIds": ("pl-s3",)})
    assert (found.networks, found.doubt) == ((), None)


@pytest.mark.parametrize(
    "rule", [UNKNOWN, {**TCP, "cidrBlocks": UNKNOWN}, {**TCP, "prefixListIds": ("pl-far",)}, {"cidrBlocks": ("x",)}]
)
def test_what_is_not_known_of_a_rule_is_a_doubt(rule):
    _, found = one_rule(rule)
    assert found.doubt


@pytest.mark.parametrize(
    "token, inputs, egress",
    [
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"cidrIpv4": "10.0.0.0/8"}, False),
        ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {"cidrIpv4": "10.0.0.0/8"}, True),
        ("aws:ec2/securityGroupRule:SecurityGroupRule", {"type": "ingress", "cidrBlocks": ("10.0.0.0/8",)}, False),
        ("aws:ec2/securityGroupRule:SecurityGroupRule", {"type": "egress", "cidrBlocks": ("10.0.0.0/8",)}, True),
    ],
)
def test_rules_on_their_own_count_in_their_direction(token, inputs, egress):
    group = declare(GROUP, "own")
    rule = declare(token, "r", {"securityGroupId": group.id, "ipProtocol": "-1", **inputs})
    (found,) = rules(stack(group, rule), group, egress=egress)
    assert found.networks == (IPv4Network("10.0.0.0/8"),)
    assert rules(stack(group, rule), group, egress=not egress) == ()


@pytest.mark.parametrize(
    "rule, expected",
    [
        ({"protocol": "-1", "fromPort": 0, "toPort": 0}, "every port"),
        ({"protocol": "6", "fromPort": 443, "toPort": 443}, "tcp 443"),
        ({"ipProtocol": "udp", "fromPort": 1, "toPort": 9}, "udp 1-9"),
        ({"protocol": "tcp"}, "every tcp port"),
        ({"protocol": UNKNOWN}, "None"),
        ({"protocol": "tcp", "fromPort": UNKNOWN, "toPort": 9}, "None"),
    ],
)
def test_ports_of_a_rule(rule, expected):
    assert str(ports_of(rule)) == expected


def test_ports_in_common():
    https, web, dns = (
        Ports(protocol=p, first=a, last=b) for p, a, b in (("tcp", 443, 443), ("tcp", 80, 443), ("udp", 53, 53))
    )
    assert web.common(https) == https == Ports().common(https)
    assert https.common(dns) is None
    assert Ports().holds(https)
    assert not https.holds(web)


SUBNET: Final = declare("aws:ec2/subnet:Subnet", "s")
FROM: Final = IPv4Network("10.0.0.0/24")


def entry(number: CloudValue, action: str, block: CloudValue, **ports: CloudValue) -> CloudValue:
    return {"ruleNo": number, "action": action, "cidrBlock": block, "protocol": "-1", **ports}


def listed(*entries: CloudValue) -> bool | None:
    chosen = declare("aws:ec2/networkAcl:NetworkAcl", "acl", {"ingress": entries, "subnetIds": (SUBNET.id,)})
    return lets_through(stack(SUBNET, chosen), SUBNET, FROM, Ports(protocol="tcp", first=443, last=443), egress=False)


@pytest.mark.parametrize(
    "expected, entries",
    [
        (True, (entry(1, "allow", "10.0.0.0/8"),)),
        (False, (entry(2, "allow", "10.0.0.0/8"), entry(1, "deny", "10.0.0.0/8"))),
        (True, (entry(1, "allow", "10.0.0.0/8"), entry(2, "deny", "10.0.0.0/8"))),
        (True, (entry(1, "deny", "10.0.0.0/25"), entry(2, "allow", "10.0.0.0/24"))),
        (False, (entry(1, "allow", "192.0.2.0/24"),)),
        (False, (entry(1, "allow", "10.0.0.0/8", protocol="udp", fromPort=443, toPort=443),)),
        (True, (entry(1, "deny", "0.0.0.0/0", protocol="tcp", fromPort=1, toPort=400), entry(9, "allow", "0.0.0.0/0"))),
        (False, ()),
        (None, (entry(1, "allow", UNKNOWN),)),
        (None, (UNKNOWN,)),
    ],
)
def test_the_first_rule_that_matches_decides(expected, entries):
    assert listed(*entries) is expected


def test_a_subnet_without_a_declared_list_lets_everything_through():
    assert lets_through(stack(SUBNET), SUBNET, FROM, Ports(), egress=True) is True


def test_rules_of_a_list_may_stand_on_their_own():
    acl = declare("aws:ec2/networkAcl:NetworkAcl", "acl")
    joined = declare(
        "aws:ec2/networkAclAssociation:NetworkAclAssociation", "a", {"networkAclId": acl.id, "subnetId": SUBNET.id}
    )
    rule = declare(
        "aws:ec2/networkAclRule:NetworkAclRule",
        "r",
        {
            "networkAclId": acl.id,
            "egress": True,
            "ruleNumber": 1,
            "ruleAction": "allow",
            "protocol": "-1",
            "cidrBlock": "0.0.0.0/0",
        },
    )
    seen = stack(SUBNET, acl, joined, rule)
    assert lets_through(seen, SUBNET, FROM, Ports(), egress=True) is True
    assert lets_through(seen, SUBNET, FROM, Ports(), egress=False) is False
