"""Ways around the gateway, as declared: function URLs, default endpoints, workloads next to the internet."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Outcome, Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.address_ranges import network_of, union
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items, word
from checks.resource_graph.ocpi_workloads import ocpi_workloads
from checks.resource_graph.other_accounts import is_private, private_api
from checks.resource_graph.routes import leads
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_FUNCTION: Final = "aws:lambda/function:Function"
_FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
_SERVICE: Final = "aws:ecs/service:Service"
_APIS: Final = ("aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api")
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_PUBLIC_ADDRESS: Final = "associatePublicIpAddress"
_MACHINES: Final = (aws.INSTANCE, aws.SCALING_GROUP)
_SUBNETS_OF: Final = {
    _FUNCTION: "vpcConfig.subnetIds",
    _SERVICE: "networkConfiguration.subnets",
    aws.INSTANCE: "subnetId",
    aws.SCALING_GROUP: "vpcZoneIdentifiers",
}
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _function_urls(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        urls = (one,) if one.token == _FUNCTION_URL else stack.referring(one, "functionName", _FUNCTION_URL)
        kinds = {word(url.get("authorizationType")) for url in urls}
        if "NONE" in kinds:
            return fails(f"function URL {urls[0].name} answers anybody, past gateway and firewall")
        if UNKNOWN in kinds:
            return unknown("the authorisation of its function URL")
        return passes("its function URL wants AWS_IAM") if urls else passes("it has no function URL", by_absence=True)

    declared = {url.urn for one in stack.of(_FUNCTION) for url in stack.referring(one, "functionName", _FUNCTION_URL)}
    foreign = (url for url in stack.of(_FUNCTION_URL) if url.urn not in declared)
    return judge_each(case, (*stack.of(_FUNCTION), *foreign), "Lambda function", judge)


def _default_endpoints(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*_APIS), "API", lambda one: _closed(stack, one))


def _closed(stack: Stack, one: Resource) -> Judgement:
    value = one.get("disableExecuteApiEndpoint")
    if value is UNKNOWN:
        return unknown("whether its default endpoint is closed")
    if is_private(one):
        is_open, doubt = private_api(stack, one)
        if doubt:
            return undecided(f"it is private; {doubt}")
        open_to_all = fails("it is private, and its policy answers networks of every account")
        return open_to_all if is_open else passes("it is private")
    closed = passes("its default endpoint is closed")
    return closed if value is True else fails("its execute-api endpoint answers beside the domain")


def _clusters(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(aws.CLUSTER), "EKS cluster", _api_server)


def _api_server(cluster: Resource) -> Judgement:
    """Unless told otherwise the API server answers everybody: who gets in runs and reads whatever the pods may."""
    public, ranges = cluster.get("vpcConfig.endpointPublicAccess"), cluster.get("vpcConfig.publicAccessCidrs")
    if public is UNKNOWN:
        return unknown("whether its API server is on the internet")
    if public is False:
        return passes("its API server answers inside its network only")
    given = items(ranges)
    named = union(network for each in given if (network := network_of(each)))
    if not given or any(network.prefixlen == 0 for network in named):
        return fails("its API server answers everybody on the internet")
    if len(given) != sum(isinstance(each, str) and network_of(each) is not None for each in given):
        return unknown("from where its API server can be reached")
    return passes(f"its API server answers {len(given)} named networks only")


def _subnets(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    machines = (one for one in ocpi_workloads(stack) if one.token in _MACHINES)  # others may be on the internet
    placed = (one for one in (*stack.of(_FUNCTION, _SERVICE), *machines) if _subnet_ids(one))
    return judge_each(case, placed, "OCPI workload in a VPC", lambda one: _placement(stack, one))


def _placement(stack: Stack, one: Resource) -> Judgement:
    public_address = one.get("networkConfiguration.assignPublicIp" if one.token == _SERVICE else _PUBLIC_ADDRESS)
    if public_address is True:
        return fails("it is given a public address")
    ids = _subnet_ids(one)
    subnets = stack.referred(one, _placing(one).partition(".")[0], _SUBNET)
    said = [leads(stack, subnet) for subnet in subnets]
    for wrong in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        found = next((each for each in said if each.outcome is wrong), None)
        if found:
            return found
    # an id that is known must be that of a declared subnet; for each that is not, one must flow into the property
    foreign = [each for each in ids if isinstance(each, str) and each not in {subnet.id for subnet in subnets}]
    if foreign or len(subnets) < len(ids):
        return undecided(f"{len(ids)} subnets, of which this stack declares {len(subnets)}")
    if public_address is UNKNOWN:
        return unknown("whether it is given a public address")
    return passes(f"none of its {len(said)} subnets has a route to an internet gateway", by_absence=True)


def _placing(one: Resource) -> str:
    return _SUBNETS_OF[one.token]


def _subnet_ids(one: Resource) -> tuple[CloudValue, ...]:
    """As declared; one `UNKNOWN` for a list that is unknown as a whole, nothing for a workload outside of a VPC."""
    return items(one.get(_placing(one)))


FUNCTION_URLS: Final = Check(
    id="cloud-exposure-no-open-function-url",
    title="No function can be reached around the gateway by a function URL",
    controls=("OCPI-NET-02",),
    severity=Severity.CRITICAL,
    source="AWS Lambda Developer Guide, control access to Lambda function URLs",
    looks_at=_NEEDS,
    judge=_function_urls,
    remediation="Remove the function URL, or set authorization_type to AWS_IAM.",
    witness=Witness.CLOUD_DECLARED,
)
DEFAULT_ENDPOINTS: Final = Check(
    id="cloud-exposure-default-endpoint-closed",
    title="The API answers on its own domain only",
    controls=("OCPI-NET-02",),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, disable the default endpoint for REST APIs",
    looks_at=_NEEDS,
    judge=_default_endpoints,
    remediation="Set disable_execute_api_endpoint to True.",
    witness=Witness.CLOUD_DECLARED,
)
SUBNETS: Final = Check(
    id="cloud-exposure-workloads-off-the-internet",
    title="OCPI workloads stand in subnets without a route to an internet gateway",
    controls=("OCPI-NET-03",),
    severity=Severity.HIGH,
    source="Amazon VPC User Guide, subnet types and internet gateways",
    looks_at=_NEEDS,
    judge=_subnets,
    remediation="Place the workload in subnets whose route table has no route to an internet gateway.",
    witness=Witness.CLOUD_DECLARED,
)
CLUSTERS: Final = Check(
    id="cloud-exposure-cluster-endpoint-closed",
    title="The API server of a Kubernetes cluster does not answer everybody",
    controls=("OCPI-NET-02",),
    severity=Severity.HIGH,
    source="Amazon EKS User Guide, cluster API server endpoint",
    looks_at=_NEEDS,
    judge=_clusters,
    remediation="Set endpoint_public_access to false, or public_access_cidrs to the networks of your operators.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (FUNCTION_URLS, DEFAULT_ENDPOINTS, SUBNETS, CLUSTERS)
