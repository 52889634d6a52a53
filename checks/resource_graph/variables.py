"""Variables that a stack hands to what runs in it: containers, services, builds, stages of an API."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.container_definitions import containers_of, with_containers
from checks.resource_graph.leaves import items
from checks.resource_graph.stack import Stack
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Resource

_APP_RUNNER: Final = "aws:apprunner/service:Service"
_BUILD: Final = "aws:codebuild/project:Project"
_BEANSTALK: Final = "aws:elasticbeanstalk/environment:Environment"
_STAGES: Final = {"aws:apigateway/stage:Stage": "variables", "aws:apigatewayv2/stage:Stage": "stageVariables"}
Pairs = Iterator[tuple[str, CloudValue]]  # name and value; a name that is not known is empty


def with_variables(stack: Stack) -> tuple[Resource, ...]:
    """Everything that can be given variables and runs something, or may."""
    return (*with_containers(stack), *stack.of(*_WITH_VARIABLES))


def variables_of(one: Resource) -> Pairs:
    """Every variable of one of `with_variables`; ("", UNKNOWN) where there may be others."""
    named = _STAGES.get(one.token)
    return mapping_of(one.get(named)) if named else _VARIABLES[one.token](one)


def _task(one: Resource) -> Pairs:
    containers = containers_of(one)
    for container in containers.known:
        yield from _named(container.get("environment", ABSENT))
    if containers.doubt:
        yield "", UNKNOWN


def _app_runner(one: Resource) -> Pairs:
    for source in ("imageRepository.imageConfiguration", "codeRepository.codeConfiguration.codeConfigurationValues"):
        yield from mapping_of(one.get(f"sourceConfiguration.{source}.runtimeEnvironmentVariables"))


def _build(one: Resource) -> Pairs:
    listed = items(one.get("environment.environmentVariables"))
    plain = (item for item in listed if not isinstance(item, Mapping) or item.get("type", "PLAINTEXT") == "PLAINTEXT")
    for item in plain:
        yield from _named((item,))


def _beanstalk(one: Resource) -> Pairs:
    yield from _named(one.get("settings"))


def _named(value: CloudValue) -> Pairs:
    """A list of objects with name and value."""
    for item in items(value):
        name = item.get("name", "") if isinstance(item, Mapping) else None
        if isinstance(item, Mapping):
            yield name if isinstance(name, str) else "", item.get("value", ABSENT)
        if not isinstance(name, str):
            yield "", UNKNOWN


def mapping_of(value: CloudValue) -> Pairs:
    """Name and value of each item of an object, whose values may be secret or unknown as a whole."""
    if isinstance(value, Mapping):
        yield from value.items()
    elif value is UNKNOWN or value is HIDDEN:
        yield "", UNKNOWN


_VARIABLES: Final[Mapping[str, Callable[[Resource], Pairs]]] = {
    aws.TASK: _task,
    _APP_RUNNER: _app_runner,
    _BUILD: _build,
    _BEANSTALK: _beanstalk,
}
_WITH_VARIABLES: Final = tuple(token for token in (*_VARIABLES, *_STAGES) if token != aws.TASK)
