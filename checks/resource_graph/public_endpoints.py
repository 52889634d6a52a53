"""Stores and brokers that answer on the internet by themselves, as their own settings say.

Amazon RDS, Redshift, Neptune, Lightsail, Timestream and DMS: publicly accessible; Amazon MQ and MSK: public access;
OpenSearch Service: domains outside of any VPC; AWS Transfer Family: server endpoint types; Global Accelerator and
Verified Access: what they open.
"""

from collections.abc import Callable, Mapping
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import is_set
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.stack import Stack
from scanner.model.resource import UNKNOWN, Resource

WAREHOUSES: Final = ("aws:redshift/cluster:Cluster", "aws:redshiftserverless/workgroup:Workgroup")
BROKERS: Final = ("aws:mq/broker:Broker",)
STREAMING: Final = "aws:msk/cluster:Cluster"
SEARCHES: Final = ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain")
FILE_SERVERS: Final = ("aws:transfer/server:Server",)
OTHER_DATABASES: Final = (
    "aws:neptune/clusterInstance:ClusterInstance",
    "aws:dms/replicationInstance:ReplicationInstance",
    "aws:rds/shardGroup:ShardGroup",
    "aws:lightsail/database:Database",
    "aws:timestreaminfluxdb/dbInstance:DbInstance",
    "aws:timestreaminfluxdb/dbCluster:DbCluster",
)


def by_flag(one: Resource) -> Opening:
    """Public only where it says so; none of these is by default (provider `aws` from version 6 on)."""
    value = one.get("publiclyAccessible")
    if value is UNKNOWN:
        return in_doubt("whether it is publicly accessible is unknown until deploy")
    return OPEN if value is True else SHUT


def streaming(one: Resource) -> Opening:
    """Brokers of a cluster get addresses on the internet where it says so."""
    kind = one.get("brokerNodeGroupInfo.connectivityInfo.publicAccess.type")
    if kind is UNKNOWN:
        return in_doubt("whether its brokers are on the internet is unknown until deploy")
    return OPEN if kind == "SERVICE_PROVIDED_EIPS" else SHUT


def search(one: Resource) -> Opening:
    """A domain is in a VPC, or on the internet behind its access policy."""
    options = one.get("vpcOptions")
    if options is UNKNOWN:
        return in_doubt("whether it is in a VPC is unknown until deploy")
    return SHUT if is_set(options) else OPEN


def file_server(one: Resource) -> Opening:
    """On the internet unless it is in a VPC; there too, where it is given elastic addresses."""
    kind = one.get("endpointType")
    addresses = one.get("endpointDetails.addressAllocationIds")
    if kind is UNKNOWN:
        return in_doubt("whether it is in a VPC is unknown until deploy")
    return SHUT if kind in ("VPC", "VPC_ENDPOINT") and not is_set(addresses) else OPEN


def is_fronted(stack: Stack, balancer: Resource) -> bool:
    """True for a load balancer that an accelerator or Verified Access opens to the internet, be it internal or not."""
    opened = (("endpointConfigurations", aws.ACCELERATOR_GROUP), ("loadBalancerOptions", aws.VERIFIED_ACCESS))
    return any(stack.referring(balancer, name, token) for name, token in opened)


OPENINGS: Final[Mapping[str, Callable[[Resource], Opening]]] = {
    **dict.fromkeys((*aws.DATABASES, *WAREHOUSES, *BROKERS, *OTHER_DATABASES), by_flag),
    STREAMING: streaming,
    **dict.fromkeys(SEARCHES, search),
    **dict.fromkeys(FILE_SERVERS, file_server),
}
