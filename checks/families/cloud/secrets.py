"""Where credentials are kept, as declared: rotated in Secrets Manager, and never in variables."""

from collections.abc import Iterable, Mapping
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.families.cloud.schedule import longest_gap
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.secret_words import is_secret, names_secret
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SECRET: Final = "aws:secretsmanager/secret:Secret"
_ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
_FUNCTION: Final = "aws:lambda/function:Function"
_LONGEST_DAYS: Final = 90  # what AWS asks for unless told otherwise (Security Hub control SecretsManager.4)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _rotation(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        rotations = stack.referring(one, "secretId", _ROTATION)
        if not rotations:
            return fails("nothing rotates it", by_absence=True)
        return _often_enough(rotations[0])

    return judge_each(case, stack.of(_SECRET), "secret", judge)


def _often_enough(rotation: Resource) -> Judgement:
    days = rotation.get("rotationRules.automaticallyAfterDays")
    schedule = rotation.get("rotationRules.scheduleExpression")
    if days is UNKNOWN or schedule is UNKNOWN:
        return unknown("how often it is rotated")
    if isinstance(days, int | float):
        return _within(days, "")
    if not isinstance(schedule, str) or not schedule:
        return fails("its rotation has no schedule")
    gap = longest_gap(schedule)
    return undecided(f"its schedule {schedule} cannot be read") if gap is None else _within(gap, f" by {schedule}")


def _within(days: float, how: str) -> Judgement:
    said = f"every {days:g} days{how}"
    return passes(f"rotated {said}") if days <= _LONGEST_DAYS else fails(f"rotated only {said}")


def _environment(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_FUNCTION), "Lambda function", _variables)


def _variables(one: Resource) -> Judgement:
    variables = one.get("environment.variables")
    if variables is UNKNOWN:
        return unknown("its environment")
    if not isinstance(variables, Mapping):
        return passes("it has no environment variables")
    secret = sorted(name for name, value in variables.items() if is_secret(name, value))
    if secret:
        return fails(f"{', '.join(secret)}: a secret that everybody can read who may read the function's configuration")
    doubtful = sorted(name for name, value in variables.items() if value is UNKNOWN and names_secret(name))
    return (
        unknown(", ".join(doubtful)) if doubtful else passes(f"none of its {len(variables)} variables holds a secret")
    )


ROTATION: Final = Check(
    id="cloud-secrets-rotated",
    title=f"Every secret is rotated, at least every {_LONGEST_DAYS} days",
    controls=("OCPI-VUL-07",),
    severity=Severity.HIGH,
    source="AWS Secrets Manager User Guide, rotate secrets; OCPI 2.2.1, credentials",
    looks_at=_NEEDS,
    judge=_rotation,
    remediation=f"Declare aws.secretsmanager.SecretRotation with at most {_LONGEST_DAYS} days for the secret.",
    witness=Witness.CLOUD_DECLARED,
)
ENVIRONMENT: Final = Check(
    id="cloud-secrets-not-in-environment",
    title="No credentials stand in a function's environment variables",
    controls=("OCPI-VUL-07",),
    severity=Severity.CRITICAL,
    source="AWS Lambda Developer Guide, environment variables",
    looks_at=_NEEDS,
    judge=_environment,
    remediation="Keep the value in Secrets Manager and give the function its name only.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (ROTATION, ENVIRONMENT)
