"""Every kind of public entry point: open, shut, and open unless something turns out that is not known."""

from typing import Final

import pytest

from checks.resource_graph import public_endpoints as ends
from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import EntryKind, api_of, entry_points, reaches
from checks.resource_graph.other_accounts import SHARED
from checks.resource_graph.search_collections import COLLECTION
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.scanner.cloud.declared import declare

OPEN, SHUT, DOUBT = "open", "shut", "in doubt"
REST: Final = declare(aws.REST_API, "api", {"disableExecuteApiEndpoint": True})
PRIVATE: Final = declare(
    aws.REST_API, "inside", {"disableExecuteApiEndpoint": True, "endpointConfiguration": {"types": "PRIVATE"}}
)
SOCKET: Final = declare(aws.HTTP_API, "socket", {"protocolType": "WEBSOCKET", "disableExecuteApiEndpoint": True})
GATEWAY: Final = declare("aws:ec2/internetGateway:InternetGateway", "igw")
SUBNET: Final = declare("aws:ec2/subnet:Subnet", "subnet", {"mapPublicIpOnLaunch": True})
QUIET: Final = declare("aws:ec2/subnet:Subnet", "quiet", {"mapPublicIpOnLaunch": False})
TABLE: Final = declare("aws:ec2/routeTable:RouteTable", "table")
TEMPLATE: Final = declare(aws.LAUNCH_TEMPLATE, "t", {"networkInterfaces": ({"associatePublicIpAddress": "true"},)})
BUCKET: Final = declare(aws.BUCKETS[0], "it")
READ_BY_ALL: Final = '{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject"}}'


def joined(subnet: Resource) -> tuple[Resource, ...]:
    token = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    return (
        declare(token, f"a-{subnet.name}", {}, {"subnetId": (subnet,), "routeTableId": (TABLE,)}),
        subnet,
    )


NETWORK: Final = (
    *(GATEWAY, TABLE, *joined(SUBNET), *joined(QUIET), TEMPLATE),
    declare("aws:ec2/route:Route", "r", {}, {"routeTableId": (TABLE,), "gatewayId": (GATEWAY,)}),
)


def blocked(**settings: CloudValue) -> Resource:
    return declare("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "b", settings, {"bucket": (BUCKET,)})


def policy(document: CloudValue) -> Resource:
    return declare("aws:s3/bucketPolicy:BucketPolicy", "p", {"policy": document}, {"bucket": (BUCKET,)})


def it(token: str, inputs: dict[str, CloudValue] | None = None, **refers: Resource) -> Resource:
    return declare(token, "it", inputs, {name: (target,) for name, target in refers.items()})


def opening(document: CloudValue) -> Resource:
    token = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
    return declare(token, "network", {"type": "network", "policy": document})


ON_THE_INTERNET: Final[CloudValue] = {"connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}
RECORDS: Final = declare(COLLECTION, "records", {"name": "records"})
LB: Final = aws.BALANCERS[0]
IN_SUBNET: Final[dict[str, CloudValue]] = {"networkConfiguration": {"assignPublicIp": True}}
INVOKED: dict[str, CloudValue] = {"action": "lambda:InvokeFunction"}
SIGNED: Final[dict[str, CloudValue]] = {"action": "lambda:InvokeFunctionUrl"}
ONE_API: Final[dict[str, CloudValue]] = {
    "principal": "apigateway.amazonaws.com",
    "sourceArn": "arn:aws:execute-api:eu-central-1:123456789012:a/*",
}
INSIDE: Final[dict[str, CloudValue]] = {"endpointConfiguration": {"types": "PRIVATE"}}
INNER: Final = declare(LB, "inner", {"internal": True})
MESH: Final = declare(aws.LATTICE, "mesh")
INTERNAL = {"namespace": "aws:ec2:vpc", "name": "ELBScheme", "value": "internal"}
ELASTIC: Final = {"addressAllocationIds": ["eipalloc-1"]}
CASES: Final[list[tuple[EntryKind, str, tuple[Resource, ...]]]] = [
    (EntryKind.REST_STAGE, OPEN, (it(aws.REST_STAGE, restApi=REST), REST)),
    (EntryKind.REST_STAGE, SHUT, (it(aws.REST_STAGE, restApi=PRIVATE), PRIVATE)),
    (EntryKind.REST_STAGE, DOUBT, (it(aws.REST_STAGE, {"restApi": "elsewhere"}),)),
    (EntryKind.HTTP_STAGE, OPEN, (it(aws.HTTP_STAGE),)),
    (EntryKind.HTTP_STAGE, SHUT, (it(aws.HTTP_STAGE, apiId=SOCKET), SOCKET)),
    (EntryKind.WEBSOCKET_STAGE, OPEN, (it(aws.HTTP_STAGE, apiId=SOCKET), SOCKET)),
    (EntryKind.WEBSOCKET_STAGE, SHUT, (it(aws.HTTP_STAGE),)),
    (EntryKind.DEFAULT_ENDPOINT, OPEN, (it(aws.REST_API),)),
    (EntryKind.DEFAULT_ENDPOINT, SHUT, (it(aws.REST_API, {"endpointConfiguration": {"types": ("PRIVATE",)}}),)),
    (EntryKind.DEFAULT_ENDPOINT, SHUT, (it(aws.HTTP_API, {"disableExecuteApiEndpoint": True}),)),
    (EntryKind.DEFAULT_ENDPOINT, DOUBT, (it(aws.HTTP_API, {"disableExecuteApiEndpoint": UNKNOWN}),)),
    (EntryKind.DOMAIN, OPEN, (it(aws.REST_DOMAIN),)),
    (EntryKind.DOMAIN, SHUT, (it(aws.REST_DOMAIN, {"endpointConfiguration": {"types": "PRIVATE"}}),)),
    (EntryKind.DOMAIN, DOUBT, (it(aws.REST_DOMAIN, {"endpointConfiguration": UNKNOWN}),)),
    (EntryKind.APPLICATION_BALANCER, OPEN, (it(LB),)),
    (EntryKind.APPLICATION_BALANCER, SHUT, (it(LB, {"internal": True}),)),
    (EntryKind.APPLICATION_BALANCER, DOUBT, (it(LB, {"internal": UNKNOWN}),)),
    (EntryKind.APPLICATION_BALANCER, SHUT, (it(LB, {"loadBalancerType": "gateway"}),)),
    (EntryKind.NETWORK_BALANCER, OPEN, (it(LB, {"loadBalancerType": "network"}),)),
    (EntryKind.NETWORK_BALANCER, SHUT, (it(LB, {"loadBalancerType": "network", "internal": True}),)),
    (EntryKind.CLASSIC_BALANCER, OPEN, (it(aws.CLASSIC_BALANCERS[0]),)),
    (EntryKind.CLASSIC_BALANCER, SHUT, (it(aws.CLASSIC_BALANCERS[0], {"internal": True}),)),
    (EntryKind.DISTRIBUTION, OPEN, (it(aws.DISTRIBUTION, {"enabled": True}),)),
    (EntryKind.DISTRIBUTION, SHUT, (it(aws.DISTRIBUTION, {"enabled": False}),)),
    (EntryKind.DISTRIBUTION, DOUBT, (it(aws.DISTRIBUTION, {"enabled": UNKNOWN}),)),
    (EntryKind.FUNCTION_URL, OPEN, (it(aws.FUNCTION_URL),)),
    (EntryKind.INVOCATION, OPEN, (it(aws.PERMISSION, INVOKED | {"principal": "*"}),)),
    (EntryKind.INVOCATION, OPEN, (it(aws.PERMISSION, SIGNED | {"principal": "*"}),)),
    (EntryKind.INVOCATION, SHUT, (it(aws.PERMISSION, SIGNED | {"principal": "*", "functionUrlAuthType": "NONE"}),)),
    (EntryKind.INVOCATION, OPEN, (it(aws.PERMISSION, INVOKED | {"principal": "apigateway.amazonaws.com"}),)),
    (EntryKind.INVOCATION, SHUT, (it(aws.PERMISSION, INVOKED | ONE_API),)),
    (EntryKind.INVOCATION, SHUT, (it(aws.PERMISSION, INVOKED | {"principal": "123456789012"}),)),
    (EntryKind.APP_RUNNER, OPEN, (it(aws.APP_RUNNER),)),
    (EntryKind.APP_RUNNER, DOUBT, (it(aws.APP_RUNNER, {"networkConfiguration": UNKNOWN}),)),
    (EntryKind.INSTANCE, OPEN, (it(aws.INSTANCE, subnetId=SUBNET), *NETWORK)),
    (EntryKind.INSTANCE, SHUT, (it(aws.INSTANCE, subnetId=QUIET), *NETWORK)),
    (EntryKind.INSTANCE, OPEN, (it(aws.INSTANCE, {"associatePublicIpAddress": True}, subnetId=QUIET), *NETWORK)),
    (EntryKind.INSTANCE, SHUT, (it(aws.INSTANCE, {"associatePublicIpAddress": False}, subnetId=SUBNET), *NETWORK)),
    (EntryKind.INSTANCE, DOUBT, (it(aws.INSTANCE, {"associatePublicIpAddress": UNKNOWN}, subnetId=QUIET), *NETWORK)),
    (EntryKind.INSTANCE, DOUBT, (it(aws.INSTANCE, {"associatePublicIpAddress": True}),)),
    (EntryKind.INSTANCE, OPEN, (it(aws.SCALING_GROUP, launchTemplate=TEMPLATE, vpcZoneIdentifiers=QUIET), *NETWORK)),
    (EntryKind.CONTAINERS, OPEN, (it(aws.CONTAINERS, IN_SUBNET, networkConfiguration=QUIET), *NETWORK)),
    (EntryKind.CONTAINERS, SHUT, (it(aws.CONTAINERS, {}, networkConfiguration=SUBNET), *NETWORK)),
    (EntryKind.CONTAINERS, DOUBT, (it(aws.CONTAINERS, {"networkConfiguration": UNKNOWN}),)),
    (EntryKind.DATABASE, OPEN, (it(aws.DATABASES[0], {"publiclyAccessible": True}),)),
    (EntryKind.DATABASE, SHUT, (it(aws.DATABASES[0]),)),
    (EntryKind.DATABASE, DOUBT, (it(aws.DATABASES[1], {"publiclyAccessible": UNKNOWN}),)),
    (EntryKind.WAREHOUSE, OPEN, (it(ends.WAREHOUSES[0], {"publiclyAccessible": True}),)),
    (EntryKind.BROKER, OPEN, (it(ends.BROKERS[0], {"publiclyAccessible": True}),)),
    (EntryKind.SEARCH, OPEN, (it(ends.SEARCHES[0]),)),
    (EntryKind.BROKER, OPEN, (it(ends.STREAMING, {"brokerNodeGroupInfo": ON_THE_INTERNET}),)),
    (EntryKind.BROKER, SHUT, (it(ends.STREAMING, {"brokerNodeGroupInfo": {"clientSubnets": ("subnet-1",)}}),)),
    (EntryKind.BROKER, DOUBT, (it(ends.STREAMING, {"brokerNodeGroupInfo": UNKNOWN}),)),
    (EntryKind.DATABASE, OPEN, (it(ends.OTHER_DATABASES[-1], {"publiclyAccessible": True}),)),
    *((EntryKind.OTHER, DOUBT, (it(token),)) for token in aws.OTHER_FRONTS),
    (EntryKind.SEARCH, OPEN, (RECORDS, opening('[{"AllowFromPublic": true, "Rules": [{"Resource": ["*/rec*"]}]}]'))),
    (EntryKind.SEARCH, SHUT, (RECORDS, opening('[{"AllowFromPublic": true, "Rules": [{"Resource": ["*/shop"]}]}]'))),
    (EntryKind.SEARCH, SHUT, (RECORDS,)),
    (EntryKind.SEARCH, DOUBT, (RECORDS, opening(UNKNOWN))),
    (EntryKind.SEARCH, DOUBT, (RECORDS, opening("[{half"))),
    (EntryKind.SEARCH, DOUBT, (it(COLLECTION, {"name": UNKNOWN}),)),
    (EntryKind.FILE_SERVER, OPEN, (it(ends.FILE_SERVERS[0]),)),
    (
        EntryKind.FILE_SERVER,
        OPEN,
        (it(ends.FILE_SERVERS[0], {"endpointType": "VPC", "endpointDetails": ELASTIC}),),
    ),
    (EntryKind.FILE_SERVER, SHUT, (it(ends.FILE_SERVERS[0], {"endpointType": "VPC"}),)),
    (EntryKind.BUCKET, SHUT, (BUCKET,)),
    (EntryKind.BUCKET, OPEN, (BUCKET, policy(READ_BY_ALL))),
    (EntryKind.BUCKET, SHUT, (BUCKET, policy(READ_BY_ALL), blocked(restrictPublicBuckets=True))),
    (EntryKind.BUCKET, OPEN, (BUCKET, policy(READ_BY_ALL), blocked(ignorePublicAcls=True))),
    (EntryKind.BUCKET, DOUBT, (BUCKET, policy(READ_BY_ALL), blocked(restrictPublicBuckets=UNKNOWN))),
    (EntryKind.BUCKET, DOUBT, (BUCKET, policy(UNKNOWN))),
    (EntryKind.BUCKET, OPEN, (it(aws.BUCKETS[0], {"acl": "public-read"}),)),
    (EntryKind.GRAPHQL, OPEN, (it(aws.GRAPHQL_API),)),
    (EntryKind.GRAPHQL, SHUT, (it(aws.GRAPHQL_API, {"visibility": "PRIVATE"}),)),
    (EntryKind.ACCELERATOR, OPEN, (it(aws.ACCELERATOR),)),
    (EntryKind.ACCELERATOR, SHUT, (it(aws.ACCELERATOR, {"enabled": False}),)),
    (EntryKind.ACCELERATOR, DOUBT, (it(aws.CUSTOM_ACCELERATOR),)),
    (EntryKind.APPLICATION_BALANCER, OPEN, (INNER, it(aws.ACCELERATOR_GROUP, endpointConfigurations=INNER))),
    (EntryKind.APPLICATION_BALANCER, OPEN, (INNER, it(aws.VERIFIED_ACCESS, loadBalancerOptions=INNER))),
    (EntryKind.VERIFIED_ACCESS, OPEN, (it(aws.VERIFIED_ACCESS),)),
    (EntryKind.LATTICE, OPEN, (MESH, it(SHARED, resourceArn=MESH))),
    (EntryKind.LATTICE, SHUT, (MESH,)),
    (EntryKind.PRIVATE_API, OPEN, (it(aws.REST_API, INSIDE | {"policy": READ_BY_ALL}),)),
    (EntryKind.PRIVATE_API, SHUT, (it(aws.REST_API, INSIDE),)),
    (EntryKind.PRIVATE_API, DOUBT, (it(aws.REST_API, INSIDE | {"policy": UNKNOWN}),)),
    (EntryKind.ENDPOINT_SERVICE, OPEN, (it(aws.ENDPOINT_SERVICE),)),
    (EntryKind.CLUSTER, DOUBT, (it(aws.CLUSTER),)),
    (EntryKind.BEANSTALK, OPEN, (it(aws.BEANSTALK),)),
    (EntryKind.BEANSTALK, SHUT, (it(aws.BEANSTALK, {"tier": "Worker"}),)),
    (EntryKind.BEANSTALK, SHUT, (it(aws.BEANSTALK, {"settings": (INTERNAL,)}),)),
    (EntryKind.BEANSTALK, DOUBT, (it(aws.BEANSTALK, {"settings": ({**INTERNAL, "value": UNKNOWN},)}),)),
    (EntryKind.BEANSTALK, DOUBT, (it(aws.BEANSTALK, {"settings": (INTERNAL, UNKNOWN)}),)),
]  # fmt: skip


def stack(*resources: Resource) -> Stack:
    return Stack(declared=DeclaredResources(stack="s/t", source="state", resources=resources))


@pytest.mark.parametrize("kind, expected, resources", CASES)
def test_an_entry_is_open_unless_its_own_switch_is_shut(kind, expected, resources):
    found = [one for one in entry_points(stack(*resources)) if one.kind is kind and one.resource is resources[0]]
    said = [DOUBT if one.doubt else OPEN for one in found] or [SHUT]
    assert said == [expected]


def test_every_kind_has_a_case_where_it_is_open():
    in_doubt = {EntryKind.CLUSTER, EntryKind.OTHER}  # what its services open, no cluster says
    assert {kind for kind, expected, _ in CASES if expected == OPEN} == set(EntryKind) - in_doubt


def test_a_gateway_balancer_and_an_internal_one_are_no_entries():
    assert entry_points(stack(it(LB, {"loadBalancerType": "gateway"}))) == ()


def test_the_default_endpoint_leads_through_the_stages_that_are_deployed():
    api = declare(aws.REST_API, "api")
    stage = declare(aws.REST_STAGE, "stage", {}, {"restApi": (api,)})
    function = declare(aws.FUNCTION, "f")
    integration = declare(aws.REST_INTEGRATION, "i", {}, {"restApi": (api,), "uri": (function,)})
    seen = stack(api, stage, function, integration)
    (entry,) = (one for one in entry_points(seen) if one.kind is EntryKind.DEFAULT_ENDPOINT)
    (way,) = reaches(seen, entry).ways
    assert str(way) == "RestApi api -> Stage stage -> RestApi api -> Integration i -> Function f"
    assert reaches(seen, entry, {stage.urn}).ways == ()
    assert api_of(seen, stage) is api


def test_a_way_in_a_circle_comes_to_an_end():
    first = declare(LB, "first", {"loadBalancerType": "network"})
    group = declare(aws.TARGET_GROUPS[0], "g")
    listener = declare(aws.LISTENERS[0], "l", {}, {"loadBalancerArn": (first,), "defaultActions": (group,)})
    back = declare(aws.ATTACHMENTS[0], "a", {}, {"targetGroupArn": (group,), "targetId": (first,)})
    seen = stack(first, group, listener, back)
    (entry,) = entry_points(seen)
    assert reaches(seen, entry).ways == ()
