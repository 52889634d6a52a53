"""Instances, containers and environments with addresses of their own on the internet (Amazon VPC User Guide).

Public takes all of: a public address, a subnet whose routes lead to an internet gateway, a security group that lets
somebody outside in. The last is not asked here: a group is one rule away from being open.
"""

from collections.abc import Iterable
from typing import Final

from checks.model.verdict import Outcome
from checks.resource_graph import types as aws
from checks.resource_graph.leaves import is_set, items, word
from checks.resource_graph.nested import at
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.routes import leads
from checks.resource_graph.stack import Stack
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource

_TEMPLATE: Final = "aws:elasticbeanstalk/configurationTemplate:ConfigurationTemplate"


def instance(stack: Stack, one: Resource) -> Opening:
    """An instance, or a scaling group by what its instances are launched from."""
    name = "vpcZoneIdentifiers" if one.token == aws.SCALING_GROUP else "subnetId"
    subnets = stack.referred(one, name, *aws.SUBNETS)
    if is_set(one.get("ipv6AddressCount")) or is_set(one.get("ipv6Addresses")) or _has_own_address(stack, one):
        return _routed(stack, subnets)
    return _addressed(stack, _asked(stack, one), subnets)


def containers(stack: Stack, one: Resource) -> Opening:
    """An ECS service whose tasks get public addresses."""
    asked = one.get("networkConfiguration.assignPublicIp")
    if asked is UNKNOWN:
        return in_doubt("whether its tasks get public addresses is unknown until deploy")
    subnets = stack.referred(one, "networkConfiguration", *aws.SUBNETS)
    return _routed(stack, subnets) if asked is True else SHUT


def cluster(_stack: Stack, _one: Resource) -> Opening:
    """Services of Kubernetes make load balancers by themselves, on the internet unless an annotation says otherwise."""
    return in_doubt("which of its services have a load balancer is declared in Kubernetes, and not here")


def beanstalk(stack: Stack, one: Resource) -> Opening:
    """Elastic Beanstalk Developer Guide, general options: a load balancer is public unless ELBScheme is internal."""
    settings = {_option(each): at(each, "value") for each in items(one.get("settings"))}
    if one.get("tier") == "Worker":
        return SHUT  # takes its work from a queue
    if one.get("settings") is UNKNOWN or UNKNOWN in settings:
        return in_doubt("its settings are unknown until deploy")
    alone = settings.get(("aws:elasticbeanstalk:environment", "EnvironmentType")) == "SingleInstance"
    if alone:
        return _unless_false(settings.get(("aws:ec2:vpc", "AssociatePublicIpAddress"), ABSENT))
    scheme = settings.get(("aws:ec2:vpc", "ELBScheme"), ABSENT)
    if scheme is UNKNOWN:
        return in_doubt("whether its load balancer is internal is unknown until deploy")
    if stack.referred(one, "templateName", _TEMPLATE) and scheme is ABSENT:
        return in_doubt("whether its load balancer is internal stands in its configuration template")
    return SHUT if scheme == "internal" else OPEN


def _option(setting: CloudValue) -> CloudValue | tuple[CloudValue, CloudValue]:
    return UNKNOWN if setting is UNKNOWN else (word(at(setting, "namespace")), word(at(setting, "name")))


def _unless_false(value: CloudValue) -> Opening:
    if value is UNKNOWN:
        return in_doubt("whether its instance has a public address is unknown until deploy")
    return SHUT if str(value).lower() == "false" else OPEN


def _asked(stack: Stack, one: Resource) -> CloudValue:
    """What the instance, or its launch template, says of a public address."""
    own = one.get("associatePublicIpAddress")
    if own is not ABSENT:
        return own
    for source in stack.referred(one, "launchTemplate", aws.LAUNCH_TEMPLATE):
        given = source.get("networkInterfaces.0.associatePublicIpAddress")
        return given == "true" if isinstance(given, str) else given
    for source in stack.referred(one, "launchConfiguration", aws.LAUNCH_CONFIGURATION):
        return source.get("associatePublicIpAddress")
    return ABSENT


def _has_own_address(stack: Stack, one: Resource) -> bool:
    interfaces = stack.referred(one, "networkInterfaces", aws.INTERFACE)
    return any(
        stack.referring(holder, name, aws.ADDRESS, aws.ADDRESS_ASSOCIATION)
        for holder in (one, *interfaces)
        for name in ("instance", "instanceId", "networkInterface", "networkInterfaceId")
    )


def _addressed(stack: Stack, asked: CloudValue, subnets: Iterable[Resource]) -> Opening:
    """Asked for; or not said, and a subnet that gives public addresses to whatever starts in it."""
    if asked is True:
        return _routed(stack, subnets)
    if asked is UNKNOWN:
        return in_doubt("whether it gets a public address is unknown until deploy")
    if asked is False:
        return SHUT
    giving = [one for one in subnets if one.get("mapPublicIpOnLaunch") in (True, UNKNOWN)]
    return _routed(stack, giving) if giving else SHUT


def _routed(stack: Stack, subnets: Iterable[Resource]) -> Opening:
    said = [leads(stack, subnet) for subnet in subnets]
    if any(each.outcome is Outcome.FAIL for each in said):
        return OPEN
    if not said:
        return in_doubt("where its subnet's routes lead is not declared in this stack")
    doubt = next((each.message for each in said if each.outcome is Outcome.INCONCLUSIVE), None)
    return in_doubt(doubt) if doubt else SHUT
