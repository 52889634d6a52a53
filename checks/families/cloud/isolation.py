"""A backend that misbehaves takes nothing else with it: bounded time and share, and a role of its own."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.leaves import is_set
from checks.resource_graph.roles import ROLE
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_FUNCTION: Final = "aws:lambda/function:Function"
_INTEGRATIONS: Final = ("aws:apigateway/integration:Integration", "aws:apigatewayv2/integration:Integration")
_PERMISSION: Final = "aws:lambda/permission:Permission"
_GATEWAY_WAITS_S: Final = 29  # API Gateway's own limit for an integration
_LAMBDA_WAITS_S: Final = 3  # Lambda's, where none is set
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _share(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_FUNCTION), "Lambda function", _bounded)


def _bounded(one: Resource) -> Judgement:
    share = one.get("reservedConcurrentExecutions")
    if share is UNKNOWN:
        return unknown("its share of the account's concurrency")
    bounded = isinstance(share, int | float) and share > 0
    return (
        passes(f"runs {share} times at once at most") if bounded else fails("may take the whole account's concurrency")
    )


def _time(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    called = (one for one in stack.of(_FUNCTION) if _behind_gateway(stack, one))
    return judge_each(case, called, "function behind the gateway", _ends_before_gateway)


def _behind_gateway(stack: Stack, function: Resource) -> bool:
    integrated = any(stack.referring(function, name, *_INTEGRATIONS) for name in ("uri", "integrationUri"))
    allowed = stack.referring(function, "function", _PERMISSION)
    return integrated or any(one.get("principal") == "apigateway.amazonaws.com" for one in allowed)


def _ends_before_gateway(one: Resource) -> Judgement:
    seconds = one.get("timeout")
    if seconds is UNKNOWN:
        return unknown("how long it may take")
    limit = seconds if isinstance(seconds, int | float) else _LAMBDA_WAITS_S
    if limit >= _GATEWAY_WAITS_S:
        return fails(f"may work for {limit:g} s, when the gateway has given up after {_GATEWAY_WAITS_S}")
    return passes(f"ends after {limit:g} s, before the gateway gives up")


def _roles(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    workloads = stack.of(_FUNCTION, aws.TASK)
    holders: dict[str, list[Resource]] = {}
    for one in workloads:
        for role in _roles_of(stack, one):
            holders.setdefault(role, []).append(one)

    def judge(one: Resource) -> Judgement:
        mine = _roles_of(stack, one)
        others = [other.name for role in sorted(mine) for other in holders[role][:2] if other.urn != one.urn]
        if others:
            return fails(f"runs under the same role as {others[0]}")
        if not mine and one.token == aws.TASK and not is_set(one.get("taskRoleArn")):
            return passes("runs under no role, so that AWS lets it do nothing")
        return passes("runs under a role of its own", by_absence=True) if mine else unknown("its role")

    return judge_each(case, workloads, "function or task", judge)


def _roles_of(stack: Stack, one: Resource) -> frozenset[str]:
    """The URN of a role of the stack, and the name or ARN as it is written."""
    name = "role" if one.token == _FUNCTION else "taskRoleArn"
    written = one.get(name)
    declared = frozenset(role.urn for role in stack.referred(one, name, ROLE))
    return declared | {written} if isinstance(written, str) and written else declared


SHARE: Final = Check(
    id="cloud-isolation-bounded-share",
    title="No function can take the whole account's concurrency",
    controls=("OCPI-VUL-23", "OCPI-TST-21"),
    severity=Severity.MEDIUM,
    source="AWS Lambda Developer Guide, configuring reserved concurrency",
    looks_at=_NEEDS,
    judge=_share,
    remediation="Set reserved_concurrent_executions: what one function takes is then missing nowhere else.",
    witness=Witness.CLOUD_DECLARED,
)
TIME: Final = Check(
    id="cloud-isolation-ends-before-gateway",
    title="A function behind the gateway ends before the gateway gives up",
    controls=("OCPI-VUL-23",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, quotas: integration timeout; AWS Lambda Developer Guide, timeout",
    looks_at=_NEEDS,
    judge=_time,
    remediation="Set timeout below 29 seconds, so that it is the function that answers, with an OCPI status.",
    witness=Witness.CLOUD_DECLARED,
)
ROLES: Final = Check(
    id="cloud-isolation-own-role",
    title="Every function and task runs under a role of its own",
    controls=("OCPI-VUL-23", "OCPI-BP-06"),
    severity=Severity.MEDIUM,
    source="AWS Lambda Developer Guide, execution role; Amazon ECS Developer Guide, task IAM role",
    looks_at=_NEEDS,
    judge=_roles,
    remediation="Declare one role for each workload, with the rights of that workload only.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SHARE, TIME, ROLES)
