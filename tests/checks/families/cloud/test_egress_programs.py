"""Where a peer's URL could lead, in programs that people would write."""

from typing import Final

import pytest

from checks.families.cloud.egress import CHECKS, ENDPOINTS, METADATA, PRIVATE_RANGES
from checks.model.verdict import Outcome
from checks.resource_graph import types as aws
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.cases import findings, outcomes, stacks
from tests.scanner.cloud.declared import declare

P, F, I, N = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE
INWARD: Final = {
    "everywhere": F,
    "to_partners_only": P,
    "to_own_subnet_only": P,
    "two_halves_of_a_private_range": F,
    "everywhere_and_private_refused_by_network_acl": P,
    "in_the_network_of_aws": P,
}
SESSION: Final = {
    "session_wanted": {"machine": P},
    "plain_get_answered": {"machine": F},
    "metadata_travels_far": {"machine": F},
    "no_metadata_at_all": {"machine": P},
    "nothing_said_of_metadata": {"machine": F},
    "as_the_template_says": {"template": P},
}
POLICY: Final = {
    "endpoint_with_a_policy": P,
    "endpoint_open_to_all": F,
    "endpoint_for_own_principals": P,
    "endpoint_without_a_policy": F,
    "endpoint_with_a_policy_beside_it": P,
}
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"


@pytest.mark.parametrize("case", INWARD)
def test_a_workload_may_not_connect_to_whole_private_ranges(case):
    assert outcomes(PRIVATE_RANGES, "egress", case) == {"service": INWARD[case]}


@pytest.mark.parametrize("case", SESSION)
def test_instance_metadata_wants_a_session(case):
    assert outcomes(METADATA, "egress", case) == SESSION[case]


@pytest.mark.parametrize("case", POLICY)
def test_an_endpoint_has_a_policy_of_its_own(case):
    assert outcomes(ENDPOINTS, "egress", case) == {"endpoint": POLICY[case]}


def test_the_message_says_which_range_by_which_rule():
    (found,) = findings(PRIVATE_RANGES, stacks("egress")["everywhere"])
    assert found.message == (
        "it may connect to a whole private range: Function service -> SecurityGroup group (every port) -> "
        "Subnet subnet -> 10.0.0.0/8 (local route)"
    )


def only(check, *resources: Resource, missing: tuple[str, ...] = ()) -> Outcome:
    (found,) = findings(check, DeclaredResources(stack="s/t", source="state", resources=resources, missing=missing))
    return found.outcome


VPC: Final = declare("aws:ec2/vpc:Vpc", "net", {"cidrBlock": "10.0.0.0/16"})
SUBNET: Final = declare("aws:ec2/subnet:Subnet", "own", {"vpcId": VPC.id, "cidrBlock": "10.0.0.0/24"})


def placed(egress: CloudValue) -> tuple[Resource, ...]:
    group = declare("aws:ec2/securityGroup:SecurityGroup", "g", {"vpcId": VPC.id, "egress": egress})
    settings: CloudValue = {"subnetIds": (SUBNET.id,), "securityGroupIds": (group.id,)}
    return VPC, SUBNET, group, declare(aws.FUNCTION, "service", {"vpcConfig": settings})


@pytest.mark.parametrize(
    "check, resources",
    [
        (PRIVATE_RANGES, placed(UNKNOWN)),
        (PRIVATE_RANGES, placed(({"protocol": "-1", "cidrBlocks": UNKNOWN},))),
        (PRIVATE_RANGES, (declare(aws.FUNCTION, "s", {"vpcConfig": {"subnetIds": ("subnet-1",)}}),)),
        (METADATA, (declare(aws.INSTANCE, "i", {"metadataOptions": UNKNOWN}),)),
        (METADATA, (declare(aws.INSTANCE, "i", {"metadataOptions": {"httpTokens": UNKNOWN}}),)),
        (ENDPOINTS, (declare(ENDPOINT, "e", {"policy": UNKNOWN}),)),
    ],
)
def test_what_is_unknown_until_deploy_decides_nothing(check, resources):
    assert only(check, *resources) is I


def test_settings_of_a_plan_stand_in_a_list():
    assert only(METADATA, declare(aws.INSTANCE, "i", {"metadataOptions": ({"httpTokens": "required"},)})) is P


@pytest.mark.parametrize("check, resources", [(PRIVATE_RANGES, placed(())), (ENDPOINTS, (declare(ENDPOINT, "e"),))])
def test_what_rests_on_absence_needs_the_whole_stack(check, resources):
    assert only(check, *resources) in {P, F}
    assert only(check, *resources, missing=("it stopped half-way",)) is I


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_without_anything_to_judge_nothing_is_judged(check):
    assert only(check, VPC) is N
