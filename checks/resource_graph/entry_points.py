"""Every public entry point of a stack: what somebody on the internet, or another account, can send a request to.

API Gateway, Elastic Load Balancing, CloudFront, Lambda, App Runner, EC2, ECS, EKS, Elastic Beanstalk, RDS, Redshift,
MQ, OpenSearch, Transfer Family, S3, AppSync, Global Accelerator, Verified Access, VPC Lattice and PrivateLink
documentation; each kind's own switch
for "public" is read, and an unknown switch is a doubt, not a no.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Final

from checks.resource_graph import public_endpoints as ends
from checks.resource_graph import public_hosts, public_stores
from checks.resource_graph import types as aws
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.other_accounts import lattice_service, private_api
from checks.resource_graph.permissions import invoked_by_anybody
from checks.resource_graph.search_collections import COLLECTION, collection_opening
from checks.resource_graph.stack import Stack
from checks.resource_graph.steps import deployed
from checks.resource_graph.ways import Reach, Way, follow
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource


class EntryKind(StrEnum):
    """What kind of entry it is, in the words of reports."""

    REST_STAGE = "stage of a REST API"
    HTTP_STAGE = "stage of an HTTP API"
    WEBSOCKET_STAGE = "stage of a WebSocket API"
    DEFAULT_ENDPOINT = "default execute-api endpoint"
    DOMAIN = "custom domain of an API"
    APPLICATION_BALANCER = "application load balancer"
    NETWORK_BALANCER = "network load balancer"
    CLASSIC_BALANCER = "classic load balancer"
    DISTRIBUTION = "CloudFront distribution"
    FUNCTION_URL = "Lambda function URL"
    APP_RUNNER = "App Runner service"
    INSTANCE = "EC2 instance with a public address"
    CONTAINERS = "ECS service with public addresses"
    DATABASE = "publicly accessible database"
    WAREHOUSE = "publicly accessible data warehouse"
    BROKER = "publicly accessible message broker"
    SEARCH = "search domain on the internet"
    FILE_SERVER = "file server on the internet"
    BUCKET = "public bucket"
    GRAPHQL = "AppSync API"
    ACCELERATOR = "Global Accelerator"
    VERIFIED_ACCESS = "Verified Access endpoint"
    LATTICE = "VPC Lattice service shared with other accounts"
    PRIVATE_API = "private API that every account may call"
    ENDPOINT_SERVICE = "VPC endpoint service"
    CLUSTER = "Kubernetes cluster"
    BEANSTALK = "Elastic Beanstalk environment"
    OTHER = "front whose way on is not followed"
    INVOCATION = "invocation that every account is allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """`resource` declares it. `doubt`: what has to be known before it is sure that it is public; None where it is."""

    resource: Resource
    kind: EntryKind
    doubt: str | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.resource.name}"


def entry_points(stack: Stack) -> tuple[EntryPoint, ...]:
    """All of them, by kind, and by URN within one."""
    return tuple(
        EntryPoint(resource=one, kind=kind, doubt=doubt)
        for kind, (tokens, opening) in _KINDS.items()
        for one in stack.of(*tokens)
        for is_public, doubt in (opening(stack, one),)
        if is_public
    )


def reaches(stack: Stack, entry: EntryPoint, without: Collection[str] = ()) -> Reach:
    """The workloads and stores behind an entry point, each by a shortest way that meets none of the URNs `without`."""
    starts = deployed(stack, entry.resource) if entry.kind in _DEPLOYED else (entry.resource,)
    found = [follow(stack, start, without) for start in starts]
    first = () if starts == (entry.resource,) else (entry.resource,)
    ways = {way.workload.urn: Way(resources=(*first, *way.resources)) for reach in found for way in reach.ways}
    return Reach(ways=tuple(ways.values()), loose=tuple(text for reach in found for text in reach.loose))


def api_of(stack: Stack, one: Resource) -> Resource | None:
    """The REST, HTTP or WebSocket API that a stage belongs to; the API itself for an API."""
    if one.token in (aws.REST_API, aws.HTTP_API):
        return one
    found = (*stack.referred(one, "restApi", aws.REST_API), *stack.referred(one, "apiId", aws.HTTP_API))
    return found[0] if found else None


def _unless(value: CloudValue, shut: CloudValue, what: str) -> Opening:
    """Public unless the value is `shut`."""
    if value is UNKNOWN:
        return True, f"{what} is unknown until deploy"
    return SHUT if value == shut else OPEN


def _private(one: Resource) -> Opening:
    """API Gateway: only an endpoint of type PRIVATE is not on the internet."""
    types = one.get("endpointConfiguration.types")
    if types is UNKNOWN or one.get("endpointConfiguration") is UNKNOWN:
        return True, "whether it is private is unknown until deploy"
    return SHUT if "PRIVATE" in texts(types) else OPEN


def _rest_stage(stack: Stack, one: Resource) -> Opening:
    api = api_of(stack, one)
    return _private(api) if api else (True, "whether its API is private is not declared")


def _http_stage(protocol: str) -> Callable[[Stack, Resource], Opening]:
    def opening(stack: Stack, one: Resource) -> Opening:
        api = api_of(stack, one)
        is_websocket = api is not None and api.get("protocolType") == "WEBSOCKET"
        return OPEN if is_websocket == (protocol == "WEBSOCKET") else SHUT

    return opening


def _default_endpoint(_stack: Stack, one: Resource) -> Opening:
    is_public, doubt = _private(one) if one.token == aws.REST_API else OPEN
    opening = _unless(one.get("disableExecuteApiEndpoint"), shut=True, what="whether it is closed")
    return (True, opening[1] or doubt) if is_public and opening[0] else SHUT


def _balancer(*types: CloudValue) -> Callable[[Stack, Resource], Opening]:
    def opening(stack: Stack, one: Resource) -> Opening:
        if one.get("loadBalancerType") not in types:
            return SHUT
        if ends.is_fronted(stack, one):
            return OPEN
        return _unless(one.get("internal"), shut=True, what="whether it is internal")

    return opening


def _graphql(_stack: Stack, one: Resource) -> Opening:
    return _unless(one.get("visibility"), shut="PRIVATE", what="its visibility")


def _enabled(_stack: Stack, one: Resource) -> Opening:
    return _unless(one.get("enabled"), shut=False, what="whether it is enabled")


def _accelerator(_stack: Stack, one: Resource) -> Opening:
    """One that routes to ports of machines lets nothing through until it is told to, by calls that declare nothing."""
    opening = _enabled(_stack, one)
    if opening == OPEN and one.token == aws.CUSTOM_ACCELERATOR:
        return in_doubt("which traffic it lets through is not declared")
    return opening


def _app_runner(_stack: Stack, one: Resource) -> Opening:
    value = one.get("networkConfiguration.ingressConfiguration.isPubliclyAccessible")
    return _unless(value, shut=False, what="whether it is publicly accessible")


def _by_itself(stack: Stack, one: Resource) -> Opening:
    return collection_opening(stack, one) if one.token == COLLECTION else ends.OPENINGS[one.token](one)


_DEPLOYED: Final = frozenset({EntryKind.DEFAULT_ENDPOINT, EntryKind.PRIVATE_API})
_KINDS: Final[Mapping[EntryKind, tuple[tuple[str, ...], Callable[[Stack, Resource], Opening]]]] = {
    EntryKind.REST_STAGE: ((aws.REST_STAGE,), _rest_stage),
    EntryKind.HTTP_STAGE: ((aws.HTTP_STAGE,), _http_stage("HTTP")),
    EntryKind.WEBSOCKET_STAGE: ((aws.HTTP_STAGE,), _http_stage("WEBSOCKET")),
    EntryKind.DEFAULT_ENDPOINT: ((aws.REST_API, aws.HTTP_API), _default_endpoint),
    EntryKind.DOMAIN: ((aws.REST_DOMAIN, aws.HTTP_DOMAIN), lambda _stack, one: _private(one)),
    EntryKind.APPLICATION_BALANCER: (aws.BALANCERS, _balancer(ABSENT, None, UNKNOWN, "application")),
    EntryKind.NETWORK_BALANCER: (aws.BALANCERS, _balancer("network")),
    EntryKind.CLASSIC_BALANCER: (
        aws.CLASSIC_BALANCERS,
        lambda _stack, one: _unless(one.get("internal"), shut=True, what="whether it is internal"),
    ),
    EntryKind.DISTRIBUTION: ((aws.DISTRIBUTION,), _enabled),
    EntryKind.FUNCTION_URL: ((aws.FUNCTION_URL,), lambda _stack, _one: OPEN),
    EntryKind.APP_RUNNER: ((aws.APP_RUNNER,), _app_runner),
    EntryKind.INSTANCE: ((aws.INSTANCE, aws.SCALING_GROUP), public_hosts.instance),
    EntryKind.CONTAINERS: ((aws.CONTAINERS,), public_hosts.containers),
    EntryKind.DATABASE: ((*aws.DATABASES, *ends.OTHER_DATABASES), _by_itself),
    EntryKind.WAREHOUSE: (ends.WAREHOUSES, _by_itself),
    EntryKind.BROKER: ((*ends.BROKERS, ends.STREAMING), _by_itself),
    EntryKind.SEARCH: ((*ends.SEARCHES, COLLECTION), _by_itself),
    EntryKind.FILE_SERVER: (ends.FILE_SERVERS, _by_itself),
    EntryKind.BUCKET: (aws.BUCKETS, public_stores.bucket),
    EntryKind.GRAPHQL: ((aws.GRAPHQL_API,), _graphql),
    EntryKind.ACCELERATOR: ((aws.ACCELERATOR, aws.CUSTOM_ACCELERATOR), _accelerator),
    EntryKind.VERIFIED_ACCESS: ((aws.VERIFIED_ACCESS,), lambda _stack, _one: OPEN),
    EntryKind.LATTICE: ((aws.LATTICE,), lattice_service),
    EntryKind.PRIVATE_API: ((aws.REST_API,), private_api),
    EntryKind.ENDPOINT_SERVICE: ((aws.ENDPOINT_SERVICE,), lambda _stack, _one: OPEN),
    EntryKind.CLUSTER: ((aws.CLUSTER,), public_hosts.cluster),
    EntryKind.BEANSTALK: ((aws.BEANSTALK,), public_hosts.beanstalk),
    EntryKind.OTHER: (aws.OTHER_FRONTS, lambda _stack, _one: in_doubt("where it leads is not followed here")),
    EntryKind.INVOCATION: ((aws.PERMISSION,), lambda _stack, one: OPEN if invoked_by_anybody(one) else SHUT),
}
