"""Ways around the gateway, as declared: function URLs, default endpoints, workloads next to the internet."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud_stack import Judgement, Stack, fails, judge_each, passes, unknown
from checks.model.check import Case, Check, Need
from checks.model.verdict import Outcome, Verdict
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_FUNCTION: Final = "aws:lambda/function:Function"
_FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
_SERVICE: Final = "aws:ecs/service:Service"
_APIS: Final = ("aws:apigateway/restApi:RestApi", "aws:apigatewayv2/api:Api")
_SUBNET: Final = "aws:ec2/subnet:Subnet"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_TABLE_OF_SUBNET: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _function_urls(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        urls = stack.referring(one, "functionName", _FUNCTION_URL)
        kinds = {url.get("authorizationType") for url in urls}
        if "NONE" in kinds:
            return fails(f"function URL {urls[0].name} answers anybody, past gateway and firewall")
        if UNKNOWN in kinds:
            return unknown("the authorisation of its function URL")
        return passes("its function URL wants AWS_IAM") if urls else passes("it has no function URL", by_absence=True)

    return judge_each(case, stack.of(_FUNCTION), "Lambda function", judge)


def _default_endpoints(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*_APIS), "API", _closed)


def _closed(one: Resource) -> Judgement:
    value = one.get("disableExecuteApiEndpoint")
    if value is UNKNOWN:
        return unknown("whether its default endpoint is closed")
    if one.get("endpointConfiguration.types") in ("PRIVATE", ("PRIVATE",), ["PRIVATE"]):
        return passes("it is private")
    closed = passes("its default endpoint is closed")
    return closed if value is True else fails("its execute-api endpoint answers beside the domain")


def _subnets(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        said = [_leads(stack, subnet) for subnet in stack.referred(one, _network_property(one), _SUBNET)]
        worst = next((each for each in said if each.outcome is Outcome.FAIL), None)
        if worst or not said:
            return worst or passes("it stands in no subnet of this stack", by_absence=True)
        return passes(f"none of its {len(said)} subnets has a route to an internet gateway", by_absence=True)

    placed = (one for one in stack.of(_FUNCTION, _SERVICE) if _network_property(one) in one.inputs)
    return judge_each(case, placed, "OCPI workload in a VPC", judge)


def _network_property(one: Resource) -> str:
    return "vpcConfig" if one.token == _FUNCTION else "networkConfiguration"


def _leads(stack: Stack, subnet: Resource) -> Judgement:
    """Where the subnet's own route table leads; without one, where the VPC's default table does."""
    tables = [
        table
        for association in stack.referring(subnet, "subnetId", _TABLE_OF_SUBNET)
        for table in stack.referred(association, "routeTableId", _TABLE, _DEFAULT_TABLE)
    ]
    for table in tables or stack.of(_DEFAULT_TABLE):
        gateway = _internet_gateway(stack, table)
        if gateway:
            return fails(f"subnet {subnet.name}: route table {table.name} leads to internet gateway {gateway.name}")
    return passes(f"subnet {subnet.name} is isolated", by_absence=True)


def _internet_gateway(stack: Stack, table: Resource) -> Resource | None:
    inline = stack.referred(table, "routes", _GATEWAY)
    routes = stack.referring(table, "routeTableId", _ROUTE)
    separate = (gateway for route in routes for gateway in stack.referred(route, "gatewayId", _GATEWAY))
    return next(iter(inline), None) or next(separate, None)


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
CHECKS: Final = (FUNCTION_URLS, DEFAULT_ENDPOINTS, SUBNETS)
