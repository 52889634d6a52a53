"""Who hands a request on to whom: the steps from an entry point to the workload behind it.

API Gateway Developer Guide, integrations and VPC links; Elastic Load Balancing, listeners and target groups; CloudFront
Developer Guide, origins; Global Accelerator, endpoint groups; AWS Cloud Map, services; VPC Lattice, listeners and
target groups; Verified Access, endpoints.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """From a type to others by a property of the first, or (`back`) by a property of those that name the first."""

    of: tuple[str, ...]
    by: str
    to: tuple[str, ...]
    back: bool = False


_BEHIND_GATEWAY: Final = (
    *(*aws.BALANCERS, *aws.LISTENERS, *aws.CLASSIC_BALANCERS, aws.FUNCTION, aws.FUNCTION_ALIAS, aws.FUNCTION_URL),
    *(aws.REST_LINK, aws.APP_RUNNER, aws.INSTANCE, aws.DISTRIBUTION, *aws.BUCKETS),
)
_ORIGINS: Final = (
    *(*_BEHIND_GATEWAY, aws.VPC_ORIGIN, aws.REST_API, aws.REST_STAGE, aws.REST_DOMAIN),
    *(aws.HTTP_API, aws.HTTP_STAGE, aws.HTTP_DOMAIN, aws.ADDRESS),
)
_TARGETS: Final = (aws.FUNCTION, aws.FUNCTION_ALIAS, aws.INSTANCE, *aws.BALANCERS)
_GROUPS: Final = (aws.SCALING_GROUP, aws.CONTAINERS)

_STEPS: Final = (
    _Step(of=(aws.REST_DOMAIN,), by="domainName", to=(aws.REST_MAPPING, aws.HTTP_MAPPING), back=True),
    _Step(of=(aws.HTTP_DOMAIN,), by="domainName", to=(aws.HTTP_MAPPING, aws.REST_MAPPING), back=True),
    _Step(of=(aws.REST_STAGE,), by="restApi", to=(aws.REST_API,)),
    _Step(of=(aws.REST_API,), by="restApi", to=(aws.REST_INTEGRATION,), back=True),
    _Step(of=(aws.REST_INTEGRATION,), by="uri", to=_BEHIND_GATEWAY),
    _Step(of=(aws.REST_INTEGRATION,), by="connectionId", to=(aws.REST_LINK,)),
    _Step(of=(aws.REST_INTEGRATION,), by="integrationTarget", to=(*aws.BALANCERS, *aws.LISTENERS)),
    _Step(of=(aws.REST_LINK,), by="targetArn", to=aws.BALANCERS),
    _Step(of=(aws.HTTP_STAGE,), by="apiId", to=(aws.HTTP_API,)),
    _Step(of=(aws.HTTP_API,), by="target", to=_BEHIND_GATEWAY),
    _Step(of=(aws.HTTP_API,), by="apiId", to=(aws.HTTP_INTEGRATION,), back=True),
    _Step(of=(aws.HTTP_INTEGRATION,), by="integrationUri", to=(*_BEHIND_GATEWAY, aws.NAMED_SERVICE)),
    _Step(of=(aws.NAMED_SERVICE,), by="serviceRegistries", to=(aws.CONTAINERS,), back=True),
    _Step(of=aws.BALANCERS, by="loadBalancerArn", to=aws.LISTENERS, back=True),
    _Step(of=aws.LISTENERS, by="defaultActions", to=aws.TARGET_GROUPS),
    _Step(of=aws.LISTENERS, by="listenerArn", to=aws.LISTENER_RULES, back=True),
    _Step(of=aws.LISTENER_RULES, by="actions", to=aws.TARGET_GROUPS),
    _Step(of=aws.TARGET_GROUPS, by="targetGroupArn", to=aws.ATTACHMENTS, back=True),
    _Step(of=aws.ATTACHMENTS, by="targetId", to=_TARGETS),
    _Step(of=aws.TARGET_GROUPS, by="loadBalancers", to=(aws.CONTAINERS,), back=True),
    _Step(of=aws.TARGET_GROUPS, by="targetGroupArns", to=(aws.SCALING_GROUP,), back=True),
    _Step(of=aws.TARGET_GROUPS, by="trafficSources", to=(aws.SCALING_GROUP,), back=True),
    _Step(of=aws.TARGET_GROUPS, by="lbTargetGroupArn", to=(aws.SCALING_ATTACHMENT,), back=True),
    _Step(of=(aws.SCALING_ATTACHMENT,), by="autoscalingGroupName", to=(aws.SCALING_GROUP,)),
    _Step(of=aws.CLASSIC_BALANCERS, by="instances", to=(aws.INSTANCE,)),
    _Step(of=aws.CLASSIC_BALANCERS, by="loadBalancers", to=_GROUPS, back=True),
    _Step(of=aws.CLASSIC_BALANCERS, by="elb", to=(*aws.CLASSIC_ATTACHMENTS, aws.SCALING_ATTACHMENT), back=True),
    _Step(of=aws.CLASSIC_ATTACHMENTS, by="instance", to=(aws.INSTANCE,)),
    _Step(of=(aws.DISTRIBUTION,), by="origins", to=_ORIGINS),
    _Step(of=(aws.VPC_ORIGIN,), by="vpcOriginEndpointConfig", to=(*aws.BALANCERS, aws.INSTANCE)),
    _Step(of=(aws.ACCELERATOR,), by="acceleratorArn", to=(aws.ACCELERATOR_LISTENER,), back=True),
    _Step(of=(aws.ACCELERATOR_LISTENER,), by="listenerArn", to=(aws.ACCELERATOR_GROUP,), back=True),
    _Step(
        of=(aws.ACCELERATOR_GROUP,), by="endpointConfigurations", to=(*aws.BALANCERS, aws.INSTANCE, aws.ADDRESS)
    ),
    _Step(of=(aws.CUSTOM_ACCELERATOR,), by="acceleratorArn", to=(aws.CUSTOM_LISTENER,), back=True),
    _Step(of=(aws.CUSTOM_LISTENER,), by="listenerArn", to=(aws.CUSTOM_GROUP,), back=True),
    _Step(of=(aws.CUSTOM_GROUP,), by="endpointConfigurations", to=aws.SUBNETS),
    _Step(of=aws.SUBNETS, by="subnetId", to=(aws.INSTANCE,), back=True),
    _Step(of=aws.SUBNETS, by="vpcZoneIdentifiers", to=(aws.SCALING_GROUP,), back=True),
    _Step(of=(aws.VERIFIED_ACCESS,), by="loadBalancerOptions", to=aws.BALANCERS),
    _Step(of=(aws.LATTICE,), by="serviceIdentifier", to=(aws.LATTICE_LISTENER,), back=True),
    _Step(of=(aws.LATTICE_LISTENER,), by="defaultAction", to=(aws.LATTICE_TARGETS,)),
    _Step(of=(aws.LATTICE_LISTENER,), by="listenerIdentifier", to=(aws.LATTICE_RULE,), back=True),
    _Step(of=(aws.LATTICE_RULE,), by="action", to=(aws.LATTICE_TARGETS,)),
    _Step(of=(aws.LATTICE_TARGETS,), by="targetGroupIdentifier", to=(aws.LATTICE_ATTACHMENT,), back=True),
    _Step(of=(aws.LATTICE_TARGETS,), by="vpcLatticeConfigurations", to=(aws.CONTAINERS,), back=True),
    _Step(of=(aws.LATTICE_ATTACHMENT,), by="target", to=_TARGETS),
    _Step(of=(aws.ADDRESS,), by="instance", to=(aws.INSTANCE,)),
    _Step(of=(aws.ENDPOINT_SERVICE,), by="networkLoadBalancerArns", to=aws.BALANCERS),
    _Step(of=(aws.FUNCTION_URL, aws.FUNCTION_ALIAS), by="functionName", to=(aws.FUNCTION, aws.FUNCTION_ALIAS)),
    _Step(of=(aws.PERMISSION,), by="function", to=(aws.FUNCTION, aws.FUNCTION_ALIAS)),
    _Step(of=(aws.GRAPHQL_API,), by="apiId", to=(aws.GRAPHQL_SOURCE,), back=True),
    _Step(of=(aws.GRAPHQL_SOURCE,), by="lambdaConfig", to=(aws.FUNCTION, aws.FUNCTION_ALIAS)),
    _Step(of=(aws.GRAPHQL_SOURCE,), by="httpConfig", to=_BEHIND_GATEWAY),
)  # fmt: skip
_BY_TYPE: Final = {token: tuple(step for step in _STEPS if token in step.of) for step in _STEPS for token in step.of}
_MAPPINGS: Final = {
    aws.REST_MAPPING: ("restApi", aws.REST_API, "stageName", aws.REST_STAGE),
    aws.HTTP_MAPPING: ("apiId", aws.HTTP_API, "stage", aws.HTTP_STAGE),
}


def next_steps(stack: Stack, one: Resource) -> tuple[Resource, ...]:
    """The resources that get a request from this one, in the order of the steps; nothing for a workload."""
    if one.token in _MAPPINGS:
        return tuple(_mapped(stack, one))
    found: dict[str, Resource] = {}
    for step in _BY_TYPE.get(one.token, ()):
        follow = stack.referring if step.back else stack.referred
        found |= {each.urn: each for each in follow(one, step.by, *step.to)}
    if one.token == aws.DISTRIBUTION:
        return tuple(stage for each in found.values() for stage in deployed(stack, each))
    return tuple(found.values())


def deployed(stack: Stack, one: Resource) -> tuple[Resource, ...]:
    """The stages of an API, through which alone it can be called; the resource itself where it has none."""
    by_api = {aws.REST_API: ("restApi", aws.REST_STAGE), aws.HTTP_API: ("apiId", aws.HTTP_STAGE)}.get(one.token)
    return (stack.referring(one, *by_api) if by_api else ()) or (one,)


def leads_on(one: Resource) -> bool:
    """True for a type that hands requests on, so that one without a next step is a loose end."""
    return one.token in _BY_TYPE or one.token in _MAPPINGS


def forwarding(one: Resource) -> tuple[str, ...]:
    """The properties of this resource that say where requests go."""
    if one.token in _MAPPINGS:
        return (_MAPPINGS[one.token][0],)
    return tuple(step.by for step in _BY_TYPE.get(one.token, ()) if not step.back)


def _mapped(stack: Stack, mapping: Resource) -> Iterator[Resource]:
    """The stage that a domain is mapped to; the API itself where that stage is not declared."""
    by_api, api_type, by_stage, stage_type = _MAPPINGS[mapping.token]
    for api in stack.referred(mapping, by_api, api_type):
        stages = stack.referring(api, by_api, stage_type)
        wanted = mapping.get(by_stage)
        linked = stack.referred(mapping, by_stage, stage_type)
        chosen = [one for one in stages if one in linked or wanted in (one.get("stageName"), one.get("name"))]
        yield from chosen or (() if isinstance(wanted, str) else stages) or (api,)
