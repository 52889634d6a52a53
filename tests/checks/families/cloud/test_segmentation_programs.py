"""Who reaches whom, in programs that people would write."""

from typing import Final

import pytest

from checks.families.cloud.segmentation import SEGMENTS, WAYS_OUT
from checks.model.verdict import Outcome
from checks.resource_graph import types as aws
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.cases import findings, outcomes, stacks
from tests.scanner.cloud.declared import declare

P, F, I, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE

APART: Final = {
    "apart": P,
    "database_reached_by_group": F,
    "database_reached_by_no_common_port": P,
    "network_acl_denies_first": P,
    "network_acl_allows_first": F,
    "peered_with_a_route": F,
    "peered_without_a_route": P,
    "peered_with_a_longer_route_elsewhere": P,
    "peered_with_a_stranger": I,
    "joined_by_a_transit_gateway": F,
    "kept_apart_by_transit_route_tables": P,
    "admin_host_may_log_in": F,
    "function_in_the_network_of_aws": P,
}
OUT: Final = {
    "apart": P,
    "nat_gateway_in_front": F,
    "nat_gateway_named_egress": P,
    "nat_gateway_and_no_rule_out": P,
    "nat_gateway_refused_by_network_acl": P,
    "firewall_in_front": P,
    "proxy_instance_in_front": P,
    "something_unnamed_in_front": I,
    "egress_only_gateway": F,
    "containers_with_public_addresses": F,
    "function_in_the_network_of_aws": F,
    "function_that_is_the_egress": P,
}


@pytest.mark.parametrize("case", APART)
def test_ocpi_is_apart_from_admin_and_finance_or_a_path_leads_there(case):
    assert outcomes(SEGMENTS, "segmentation", case) == {"service": APART[case]}


@pytest.mark.parametrize("case", OUT)
def test_the_internet_is_out_of_reach_but_by_the_named_egress(case):
    assert outcomes(WAYS_OUT, "segmentation", case) == {"service": OUT[case]}


def message(check, case: str) -> str:
    (found,) = findings(check, stacks("segmentation")[case])
    return found.message


def test_a_path_is_named_hop_by_hop():
    assert message(SEGMENTS, "peered_with_a_route") == (
        "a connection is possible: Function service -> SecurityGroup service (tcp 443) -> Subnet ocpi -> "
        "RouteTable ocpi -> VpcPeeringConnection peer -> Subnet admin"
    )
    assert message(SEGMENTS, "database_reached_by_group").endswith(
        "SecurityGroup service -> SecurityGroup ledger (tcp 5432) -> Subnet ocpi -> Instance finance"
    )
    assert message(WAYS_OUT, "nat_gateway_in_front") == (
        "it has the open internet: Function service -> SecurityGroup service (tcp 443) -> Subnet ocpi -> "
        "RouteTable ocpi -> NatGateway nat"
    )


VPC: Final = declare("aws:ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16"})
SUBNET: Final = declare("aws:ec2/subnet:Subnet", "own", {"vpcId": VPC.id, "cidrBlock": "10.0.0.0/24"})
ADMIN: Final = declare("aws:ec2/subnet:Subnet", "admin", {"vpcId": VPC.id, "cidrBlock": "10.0.9.0/24"})


def group(egress: CloudValue) -> Resource:
    return declare("aws:ec2/securityGroup:SecurityGroup", "g", {"vpcId": VPC.id, "egress": egress})


def only(check, *resources: Resource, missing: tuple[str, ...] = ()) -> Outcome:
    (found,) = findings(check, DeclaredResources(stack="s/t", source="state", resources=resources, missing=missing))
    return found.outcome


def service(*subnets: CloudValue) -> Resource:
    settings: CloudValue = {"subnetIds": subnets, "securityGroupIds": ("g-id-0123",)}
    return declare(aws.FUNCTION, "service", {"name": "ocpi", "vpcConfig": settings})


@pytest.mark.parametrize(
    "expected, egress",
    [
        (F, ({"protocol": "-1", "cidrBlocks": ("0.0.0.0/0",)},)),
        (P, ({"protocol": "-1", "cidrBlocks": ("10.0.0.0/24",)},)),
        (I, ({"protocol": "-1", "cidrBlocks": UNKNOWN},)),
        (I, ({"protocol": "-1", "prefixListIds": ("pl-0123",)},)),
        (I, ({"protocol": UNKNOWN, "cidrBlocks": ("10.0.9.0/24",)},)),
        (I, UNKNOWN),
        (P, ()),
    ],
)
def test_literal_ids_of_a_state_are_followed_and_what_is_unknown_is_no_path_and_no_pass(expected, egress):
    assert only(SEGMENTS, service(SUBNET.id), VPC, SUBNET, ADMIN, group(egress)) is expected


@pytest.mark.parametrize(
    "expected, source", [(P, "Pulumi state x"), (P, "Terraform plan x"), (F, "CloudFormation template x")]
)
def test_cloudformation_alone_leaves_the_rule_that_lets_everything_out(expected, source):
    resources = (service(SUBNET.id), VPC, SUBNET, ADMIN, group(()))
    (found,) = findings(SEGMENTS, DeclaredResources(stack="s/t", source=source, resources=resources))
    assert found.outcome is expected


def test_subnets_of_another_stack_say_nothing():
    for check in (SEGMENTS, WAYS_OUT):
        assert only(check, service("subnet-0123456789")) is I


def test_no_path_in_a_stack_seen_in_part_is_no_pass():
    seen = (service(SUBNET.id), VPC, SUBNET, group(()))
    for check in (SEGMENTS, WAYS_OUT):
        assert only(check, *seen) is P
        assert only(check, *seen, missing=("it stopped half-way",)) is I


def test_without_a_workload_there_is_nothing_to_keep_apart():
    for check in (SEGMENTS, WAYS_OUT):
        assert only(check, VPC, SUBNET) is N


def test_a_path_is_carried_hop_by_hop_beside_the_sentence():
    (finding,) = findings(SEGMENTS, stacks("segmentation")["peered_with_a_route"])
    assert finding.message.endswith(": " + " -> ".join(finding.path))
    assert len(finding.path) > 4
    assert not any(" -> " in hop for hop in finding.path)
    (out,) = findings(WAYS_OUT, stacks("segmentation")["nat_gateway_in_front"])
    assert out.message.endswith(": " + " -> ".join(out.path[:-1]))
    assert out.path[-1] == "the internet"
    assert findings(SEGMENTS, stacks("segmentation")["apart"])[0].path == ()
