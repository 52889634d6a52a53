"""Workloads and the internet: whose subnets are not seen is undecided, and a main route table counts."""

from typing import Final

import pytest

from checks.model.verdict import Outcome
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.test_stack_checks import FUNCTION, findings, outcome
from tests.scanner.cloud.declared import declare

CHECK: Final = "cloud-exposure-workloads-off-the-internet"
SERVICE: Final = "aws:ecs/service:Service"
VPC: Final = declare("aws:ec2/vpc:Vpc", "vpc", outputs={"mainRouteTableId": "rtb-main"})
OTHER: Final = declare("aws:ec2/vpc:Vpc", "other")
SUBNET: Final = declare("aws:ec2/subnet:Subnet", "s", {"vpcId": UNKNOWN}, {"vpcId": (VPC,)})
FOREIGN: Final = declare("aws:ec2/subnet:Subnet", "foreign", {"vpcId": "vpc-0aaa"})
TABLE: Final = declare("aws:ec2/routeTable:RouteTable", "table", {}, {"vpcId": (VPC,)})
GATEWAY: Final = declare("aws:ec2/internetGateway:InternetGateway", "igw")
P, F, I = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


def function(*ids: CloudValue, subnets: tuple[Resource, ...] = ()) -> Resource:
    return declare(FUNCTION, "it", {"vpcConfig": {"subnetIds": ids}}, {"vpcConfig": subnets})


def service(*ids: CloudValue, public: CloudValue = False) -> Resource:
    return declare(SERVICE, "it", {"networkConfiguration": {"subnets": ids, "assignPublicIp": public}})


def machine(subnet: CloudValue, public: CloudValue = False) -> Resource:
    return declare("aws:ec2/instance:Instance", "it", {"subnetId": subnet, "associatePublicIpAddress": public})


def main_table(network: Resource) -> Resource:
    token = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
    return declare(token, "main", {}, {"routeTableId": (TABLE,), "vpcId": (network,)})


def default_table(network: Resource) -> Resource:
    routes: tuple[CloudValue, ...] = ({"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-0aaa"},)
    token = "aws:ec2/defaultRouteTable:DefaultRouteTable"
    return declare(token, "default", {"routes": routes}, {"defaultRouteTableId": (network,)})


def route(gateway: CloudValue = UNKNOWN, *, table: Resource = TABLE, into: tuple[Resource, ...] = ()) -> Resource:
    return declare("aws:ec2/route:Route", "r", {"gatewayId": gateway}, {"routeTableId": (table,), "gatewayId": into})


TO_INTERNET: Final = route(into=(GATEWAY,))
IN_SUBNET: Final = function(UNKNOWN, subnets=(SUBNET,))
NETWORK: Final = (IN_SUBNET, SUBNET, VPC, GATEWAY)


@pytest.mark.parametrize(
    "expected, resources",
    [
        (P, NETWORK),
        (I, (function("subnet-0aaa"),)),
        (I, (function("subnet-0aaa", UNKNOWN, subnets=(SUBNET,)), SUBNET, VPC)),
        (I, (function(UNKNOWN, UNKNOWN, subnets=(SUBNET,)), SUBNET, VPC)),
        (I, (function(UNKNOWN),)),
        (I, (declare(FUNCTION, "it", {"vpcConfig": UNKNOWN}),)),
        (I, (function("foreign-id-0123"), FOREIGN)),
        (P, (service("s-id-0123"), SUBNET, VPC)),
        (F, (service("subnet-0aaa", public=True),)),
        (F, (service("s-id-0123", public=True), SUBNET, VPC)),
        (I, (service("s-id-0123", public=UNKNOWN), SUBNET, VPC)),
        (P, (machine("s-id-0123"), SUBNET, VPC)),
        (F, (machine("s-id-0123", public=True), SUBNET, VPC)),
        (F, (machine("s-id-0123"), *NETWORK, TABLE, main_table(VPC), TO_INTERNET)),
        (I, (machine("subnet-0aaa"),)),
        (I, (machine(UNKNOWN),)),
        (F, (*NETWORK, TABLE, main_table(VPC), TO_INTERNET)),
        (P, (*NETWORK, TABLE, main_table(VPC))),
        (P, (*NETWORK, TABLE, OTHER, main_table(OTHER), TO_INTERNET)),
        (F, (*NETWORK, default_table(VPC))),
        (P, (*NETWORK, OTHER, default_table(OTHER))),
        (F, (*NETWORK, route(table=VPC, into=(GATEWAY,)))),
        (F, (*NETWORK, declare("aws:ec2/route:Route", "r", {"routeTableId": "rtb-main", "gatewayId": "igw-0aaa"}))),
        (I, (*NETWORK, route(table=VPC))),
        (P, (*NETWORK, route("vgw-0aaa", table=VPC))),
    ],
)
def test_a_workload_is_judged_by_the_subnets_that_are_seen(expected, resources):
    assert outcome(CHECK, resources) is expected


def test_an_association_with_a_table_of_elsewhere_is_undecided():
    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    elsewhere = declare(token, "a", {"routeTableId": "rtb-0aaa"}, {"subnetId": (SUBNET,)})
    assert outcome(CHECK, (*NETWORK, elsewhere)) is I


def test_a_machine_that_is_none_of_ocpi_may_stand_next_to_the_internet():
    shop = declare("aws:ec2/instance:Instance", "shop", {"subnetId": SUBNET.id, "associatePublicIpAddress": True})
    own = declare(FUNCTION, "it", {"name": "ocpi", "vpcConfig": {"subnetIds": (SUBNET.id,)}})
    assert outcome(CHECK, (own, SUBNET, VPC, shop)) is P
    assert not [f for f in findings((own, SUBNET, VPC, shop)) if f.check == CHECK and "shop" in f.subject.label()]
