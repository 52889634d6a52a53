"""How secrets are kept: what renews them, and a way back from a deletion."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import is_set
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import SECRET
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
_FUNCTION: Final = "aws:lambda/function:Function"
_PERMISSION: Final = "aws:lambda/permission:Permission"
_CALLER: Final = "secretsmanager.amazonaws.com"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _renewed(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_ROTATION), "rotation of a secret", lambda one: _works(stack, one))


def _works(stack: Stack, rotation: Resource) -> Judgement:
    """Secrets Manager calls a function, which has to let it; without one it rotates only what another service owns."""
    if not is_set(rotation.get("rotationLambdaArn")) and not rotation.depends_on_by_property.get("rotationLambdaArn"):
        return fails("nothing renews the secret: it names no function")
    functions = stack.referred(rotation, "rotationLambdaArn", _FUNCTION)
    if not functions:
        return undecided("the function that renews it is not declared in this stack")
    allowed = [one for one in stack.referring(functions[0], "function", _PERMISSION) if _lets_in(one)]
    if not allowed:
        return fails(f"function {functions[0].name} does not let Secrets Manager call it", by_absence=True)
    if not any(is_set(one.get(name)) for one in allowed for name in ("sourceArn", "sourceAccount")):
        return fails(f"function {functions[0].name} lets Secrets Manager call it for any account's secrets")
    return passes(f"function {functions[0].name} renews it, and lets Secrets Manager call it for this account only")


def _lets_in(permission: Resource) -> bool:
    return permission.get("principal") == _CALLER


def _way_back(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(SECRET), "secret", _window)


def _window(secret: Resource) -> Judgement:
    days = secret.get("recoveryWindowInDays")
    if days is UNKNOWN:
        return unknown("how long a deletion can be taken back")
    if secret.get("forceOverwriteReplicaSecret") is True:
        return fails("overwrites a secret of the same name in another region")
    if days == 0:
        return fails("is gone at once when it is deleted: its recovery window is 0 days")
    return passes(f"a deletion can be taken back for {days if isinstance(days, int) else 30} days")


RENEWED: Final = Check(
    id="cloud-secrets-rotation-can-run",
    title="What rotates a secret exists, and Secrets Manager may call it for this account only",
    controls=("OCPI-VUL-07",),
    severity=Severity.HIGH,
    source="AWS Secrets Manager User Guide, rotation by Lambda function; permissions for rotation",
    looks_at=_NEEDS,
    judge=_renewed,
    remediation="Name the rotation function, and let secretsmanager.amazonaws.com call it with source_account.",
    witness=Witness.CLOUD_DECLARED,
)
WAY_BACK: Final = Check(
    id="cloud-secrets-recoverable",
    title="A secret that was deleted can be brought back for some days",
    controls=("OCPI-VUL-07",),
    severity=Severity.LOW,
    source="AWS Secrets Manager User Guide, delete a secret: recovery window",
    looks_at=_NEEDS,
    judge=_way_back,
    remediation="Leave recovery_window_in_days at 30, or set at least 7.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (RENEWED, WAY_BACK)
