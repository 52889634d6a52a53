"""Who writes tokens: the workload that speaks OCPI, never people."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.policy_reach import covers_resource
from checks.resource_graph.roles import ROLE, Rights, rights_of, runs_code, trust_of
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import SECRET
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.made_up_arns import arn_of
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_WRITES: Final = "secretsmanager:PutSecretValue"


def _by_workloads(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    rights = {role.urn: rights_of(stack, role) for role in stack.of(ROLE)}
    return judge_each(case, stack.of(SECRET), "secret", lambda secret: _writers(stack, secret, rights))


def _writers(stack: Stack, secret: Resource, rights: dict[str, Rights]) -> Judgement:
    writing = [role for role in stack.of(ROLE) if _may_write(rights[role.urn], secret)]
    people = [role for role in writing if _taken_by_people(role)]
    if people:
        return fails(f"people write it by hand: they take role {people[0].name}, which may")
    workloads = [role for role in writing if runs_code(role)]
    if workloads:
        return passes(
            f"the workload of role {workloads[0].name} writes it, and nobody who takes a role", by_absence=True
        )
    doubt = next((one.doubts[0] for one in rights.values() if one.doubts), "")
    return undecided(f"who writes it: {doubt}") if doubt else fails("no workload may write it", by_absence=True)


def _may_write(rights: Rights, secret: Resource) -> bool:
    arn = arn_of(secret)
    given = rights.granting(_WRITES)
    return any(covers_resource(one, arn) for one in given) if arn is not None else bool(given)


def _taken_by_people(role: Resource) -> bool:
    principals = (who for one in trust_of(role).allowing() for who in one.principals)
    return any(who.kind == "AWS" and ":role/" not in who.name for who in principals)


WRITERS: Final = Check(
    id="cloud-secrets-written-by-workloads",
    title="Tokens are written by the workload that exchanges them, not by people",
    controls=("OCPI-AUT-01",),
    severity=Severity.MEDIUM,
    source="OCPI 2.2.1, credentials: registration exchanges tokens; AWS Secrets Manager User Guide, permissions",
    looks_at=Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED),
    judge=_by_workloads,
    remediation="Give secretsmanager:PutSecretValue to the roles of service and rotation only.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (WRITERS,)
