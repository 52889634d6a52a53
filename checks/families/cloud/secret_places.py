"""Where credentials must not stand: variables of containers and services, parameters, user data, descriptions, tags."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.secret_words import is_secret, names_secret
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
_APP_RUNNER: Final = "aws:apprunner/service:Service"
_BUILD: Final = "aws:codebuild/project:Project"
_BEANSTALK: Final = "aws:elasticbeanstalk/environment:Environment"
_PARAMETER: Final = "aws:ssm/parameter:Parameter"
_STAGES: Final = {"aws:apigateway/stage:Stage": "variables", "aws:apigatewayv2/stage:Stage": "stageVariables"}
_BOOTED: Final = (
    *("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
    *("aws:ec2/launchConfiguration:LaunchConfiguration", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"),
)
_ASSIGNMENT: Final = re.compile(
    r"^\s*(?:export\s+|set\s+|setx\s+|\$env:)?([A-Za-z_]\w*)\s*[=:]\s*(\S.*)$", re.MULTILINE
)
_QUOTES: Final = "\"' "
_BY_REFERENCE: Final = re.compile(r"\$\(|`|\$\{?\w|\{\{resolve:")  # a shell or AWS fetches the value when it runs
Pairs = Iterator[tuple[str, CloudValue]]


def _plain_environment(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    judged = (*stack.of(*_VARIABLES), *stack.of(*_STAGES))
    return judge_each(case, judged, "container, service or stage with variables", lambda one: _said(_pairs(one)))


def _pairs(one: Resource) -> Pairs:
    named = _STAGES.get(one.token)
    return _mapping(one.get(named)) if named else _VARIABLES[one.token](one)


def _said(pairs: Pairs) -> Judgement:
    found = tuple(pairs)
    secret = sorted({name for name, value in found if is_secret(name, value)})
    if secret:
        return fails(f"{', '.join(secret[:3])}: a secret that everybody can read who may read the configuration")
    doubtful = sorted(
        {name or "its variables" for name, value in found if value is UNKNOWN and (not name or names_secret(name))}
    )
    return unknown(doubtful[0]) if doubtful else passes(f"none of its {len(found)} variables holds a secret")


def _task(one: Resource) -> Pairs:
    definitions = one.get("containerDefinitions")
    if definitions is UNKNOWN or definitions is HIDDEN:
        yield "", UNKNOWN
        return
    try:
        containers = json.loads(definitions) if isinstance(definitions, str) else definitions
    except ValueError:
        containers = UNKNOWN
    for container in items(containers):
        if isinstance(container, Mapping):
            yield from _named(container.get("environment", ABSENT))
        else:
            yield "", UNKNOWN


def _app_runner(one: Resource) -> Pairs:
    for source in ("imageRepository.imageConfiguration", "codeRepository.codeConfiguration.codeConfigurationValues"):
        yield from _mapping(one.get(f"sourceConfiguration.{source}.runtimeEnvironmentVariables"))


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
        if isinstance(item, Mapping):
            yield str(item.get("name", "")), item.get("value", ABSENT)
        elif item is UNKNOWN:
            yield "", UNKNOWN


def _mapping(value: CloudValue) -> Pairs:
    if isinstance(value, Mapping):
        yield from value.items()
    elif value is UNKNOWN or value is HIDDEN:
        yield "", UNKNOWN


_VARIABLES: Final[Mapping[str, Callable[[Resource], Pairs]]] = {
    _TASK: _task,
    _APP_RUNNER: _app_runner,
    _BUILD: _build,
    _BEANSTALK: _beanstalk,
}


def _parameters(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_PARAMETER), "parameter", _parameter)


def _parameter(one: Resource) -> Judgement:
    kind, name = one.get("type"), one.get("name")
    if kind is UNKNOWN:
        return unknown("its type")
    if kind == "SecureString":
        return passes("is encrypted (SecureString)")
    last = str(name if isinstance(name, str) else one.name).rpartition("/")[2].replace("-", "_")
    value = one.get("value") if is_set(one.get("value")) else one.get("insecureValue")
    if value is HIDDEN and not names_secret(last):
        return undecided("its type is plain text, and its value cannot be seen here")
    if value is UNKNOWN and names_secret(last):
        return unknown(f"whether {last} holds a secret")
    plain = fails(f"holds a secret in plain text (type {kind})")
    return plain if is_secret(last, value) else passes("holds no secret")


def _user_data(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*_BOOTED), "instance or launch template", _script)


def _script(one: Resource) -> Judgement:
    values = [one.get(name) for name in ("userData", "userDataBase64") if is_set(one.get(name))]
    if UNKNOWN in values:
        return unknown("its user data")
    if HIDDEN in values:
        return fails("its user data hold what Pulumi holds secret, and everybody on the instance can read them")
    for value in values:
        for name, given in _ASSIGNMENT.findall(_decoded(str(value))):
            text = given.strip(_QUOTES)
            if not _BY_REFERENCE.search(text) and is_secret(name, text):
                return fails(f"its user data set {name} to a secret")
    return passes("its user data set no secret" if values else "it has no user data")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text


def _descriptions(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    with_text = (one for one in stack.declared.resources if one.custom and any(_shown(one)))
    return judge_each(case, with_text, "description or tag", _telling)


def _shown(one: Resource) -> Pairs:
    """What everybody may read who may list resources: descriptions and tags."""
    if is_set(one.get("description")):
        yield "description", one.get("description")
    yield from _mapping(one.get("tags"))


def _telling(one: Resource) -> Judgement:
    told = sorted({name for name, value in _shown(one) if value is not UNKNOWN and is_secret(name, value)})
    return (
        fails(f"{told[0]} holds a secret that everybody can read who may list resources")
        if told
        else passes("tell no secret")
    )


def _check(name: str, title: str, source: str, judge: Judge[DeclaredResources]) -> Check[DeclaredResources]:
    return Check(
        id=name,
        title=title,
        controls=("OCPI-VUL-07",),
        severity=Severity.CRITICAL,
        source=source,
        looks_at=_NEEDS,
        judge=judge,
        remediation="Take the value out, revoke it, and let the workload read a new one from Secrets Manager.",
        witness=Witness.CLOUD_DECLARED,
    )


CHECKS: Final = (
    _check(
        "cloud-secrets-not-in-containers",
        "No credentials stand in variables of containers, services, builds or stages",
        "Amazon ECS Developer Guide, pass sensitive data to a container; API Gateway Developer Guide, stage variables",
        _plain_environment,
    ),
    _check(
        "cloud-secrets-not-in-parameters",
        "No credentials stand in plain parameters",
        "AWS Systems Manager User Guide, parameter types",
        _parameters,
    ),
    _check(
        "cloud-secrets-not-in-user-data",
        "No credentials stand in user data",
        "Amazon EC2 User Guide, instance user data",
        _user_data,
    ),
    _check(
        "cloud-secrets-not-in-descriptions",
        "No credentials stand in descriptions and tags",
        "Tagging AWS Resources User Guide, best practices: no sensitive data in tags",
        _descriptions,
    ),
)
