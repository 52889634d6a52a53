"""Every log that a stack writes, with the places where its lines end."""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.container_definitions import containers_of, with_containers
from checks.resource_graph.leaves import is_set
from checks.resource_graph.log_places import Place, group_places, named_places, undeclared_group_places
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import LOG_GROUP
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

# What writes a log, and the property that says where to.
_WRITERS: Final[Mapping[str, str]] = {
    aws.REST_STAGE: "accessLogSettings",
    aws.HTTP_STAGE: "accessLogSettings",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": "logDestinationConfigs",
    "aws:ec2/flowLog:FlowLog": "logDestination",
    "aws:networkfirewall/loggingConfiguration:LoggingConfiguration": "loggingConfiguration",
    "aws:route53/queryLog:QueryLog": "cloudwatchLogGroupArn",
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": "destinationArn",
    **dict.fromkeys((*aws.BALANCERS, *aws.CLASSIC_BALANCERS), "accessLogs"),
    aws.DISTRIBUTION: "loggingConfig",
}
_WHERE: Final[Mapping[str, str]] = {  # the part of the property that names the place
    "accessLogSettings": "accessLogSettings.destinationArn",
    "accessLogs": "accessLogs.bucket",
    "loggingConfig": "loggingConfig.bucket",
    "loggingConfiguration": "loggingConfiguration.logDestinationConfigs",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLog:
    """One log of one resource, and every place where its lines are."""

    writer: Resource
    places: tuple[Place, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Places that are known to have all of it."""
        return frozenset(place.key for place in self.places if place.key and not place.doubt)


def written_logs(stack: Stack) -> Iterator[WrittenLog]:
    """Of groups, what writes elsewhere, and functions whose group is not declared."""
    for group in stack.of(LOG_GROUP):
        yield WrittenLog(writer=group, places=tuple(group_places(stack, group)))
    for one in stack.of(*_WRITERS):
        name = _WRITERS[one.token]
        if is_set(one.get(name)) and not _is_off(one):
            yield WrittenLog(writer=one, places=tuple(named_places(stack, one, name, one.get(_WHERE.get(name, name)))))
    for one in stack.of(aws.FUNCTION):
        yield WrittenLog(writer=one, places=tuple(_of_function(stack, one)))
    for one in with_containers(stack):
        yield WrittenLog(writer=one, places=_of_task(stack, one))


def _is_off(one: Resource) -> bool:
    return one.get("accessLogs.enabled") is False


def _of_function(stack: Stack, function: Resource) -> Iterator[Place]:
    """The group that it names, or the one that is called after it."""
    chosen = function.get("loggingConfig.logGroup")
    if is_set(chosen):
        yield from named_places(stack, function, "loggingConfig", chosen)
        return
    called = f"/aws/lambda/{function.get('name')}"
    groups = [one for one in stack.of(LOG_GROUP) if _is_named(stack, one, function, called)]
    for group in groups:
        yield from group_places(stack, group)
    if not groups:
        yield from undeclared_group_places(stack, function)


def _is_named(stack: Stack, group: Resource, function: Resource, called: str) -> bool:
    return group.get("name") == called or function in stack.referred(group, "name", aws.FUNCTION)


def _of_task(stack: Stack, task: Resource) -> tuple[Place, ...]:
    """Where all of its containers write (Amazon ECS Developer Guide, task definition: logConfiguration)."""
    containers = containers_of(task)
    if containers.doubt:
        return (_unknown(f"where its containers log to is not known: {containers.doubt}"),)
    found = [tuple(_of_container(stack, task, one.get("logConfiguration"))) for one in containers.known]
    common = frozenset.intersection(*(frozenset(place.key for place in places) for places in found))
    return tuple(place for places in found for place in places if place.key in common)


def _unknown(doubt: str) -> Place:
    return Place(key="", said="a place that is not known", doubt=doubt)


def _of_container(stack: Stack, task: Resource, logging: object) -> Iterator[Place]:
    if not isinstance(logging, Mapping):
        return
    if logging.get("logDriver") != "awslogs":
        yield _unknown(f"where its driver {logging.get('logDriver')} takes the log is not read")
        return
    options = logging.get("options")
    name = options.get("awslogs-group") if isinstance(options, Mapping) else None
    groups = [one for one in stack.of(LOG_GROUP) if name in (one.get("name"), one.outputs.get("name"), one.id)]
    groups = groups if isinstance(name, str) else list(stack.referred(task, "containerDefinitions", LOG_GROUP))
    for group in groups:
        yield from group_places(stack, group)
    if not groups:
        yield from undeclared_group_places(stack, task)
