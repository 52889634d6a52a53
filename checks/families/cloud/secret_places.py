"""Where credentials must not stand: variables of containers and services, parameters, user data, descriptions, tags."""

import re
from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set
from checks.resource_graph.stack import Stack
from checks.resource_graph.variables import Pairs, mapping_of, variables_of, with_variables
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from scanner.model.scripts import assignments, script_of
from scanner.model.secret_words import is_secret, names_secret
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_PARAMETER: Final = "aws:ssm/parameter:Parameter"
_BOOTED: Final = (
    *("aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"),
    *("aws:ec2/launchConfiguration:LaunchConfiguration", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"),
)
_MIXED: Final = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S{16,}|\d{16,}")


def _plain_environment(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    judged = with_variables(stack)
    return judge_each(case, judged, "container, service or stage with variables", lambda one: _said(variables_of(one)))


def _said(pairs: Pairs) -> Judgement:
    found = tuple(pairs)
    secret = sorted({name for name, value in found if is_secret(name, value)})
    if secret:
        return fails(f"{', '.join(secret[:3])}: a secret that everybody can read who may read the configuration")
    doubtful = sorted(
        {name or "its variables" for name, value in found if value is UNKNOWN and (not name or names_secret(name))}
    )
    return unknown(doubtful[0]) if doubtful else passes(f"none of its {len(found)} variables holds a secret")


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
    scripts = [script_of(str(value)) for value in values]
    set_ = (name for script in scripts for name, text in assignments(script or "") if is_secret(name, text))
    told = next(set_, None)
    if told is not None:
        return fails(f"its user data set {told} to a secret")
    if None in scripts:
        return undecided("its user data are packed in a way that is not read, or too long for any")
    return passes("its user data set no secret" if values else "it has no user data")


def _descriptions(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    with_text = (one for one in stack.declared.resources if one.custom and any(_shown(one)))
    return judge_each(case, with_text, "description or tag", _telling)


def _shown(one: Resource) -> Pairs:
    """What everybody may read who may list resources: descriptions and tags."""
    if is_set(one.get("description")):
        yield "description", one.get("description")
    yield from mapping_of(one.get("tags"))


def _telling(one: Resource) -> Judgement:
    told = sorted({name for name, value in _shown(one) if value is not UNKNOWN and _gives_away(name, value)})
    said = f"{', '.join(told[:3])}: a secret that everybody can read who may list resources"
    return fails(said) if told else passes("descriptions and tags tell no secret")


def _gives_away(name: str, value: CloudValue) -> bool:
    """By its form; under the name of a secret only what is long and mixed: tags say much about secrets in words."""
    if value is HIDDEN or is_secret("", value):
        return True
    return isinstance(value, str) and names_secret(name) and bool(_MIXED.fullmatch(value))


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
