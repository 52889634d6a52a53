"""What the roles of workloads may do: named actions on named data, and no way to more."""

from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.cloud.iam_escalation import OPENS_STORES, ways_up
from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.policy_documents import Statement
from checks.resource_graph.policy_reach import on_everything
from checks.resource_graph.roles import ROLE, Rights, rights_of, runs_code, trust_of
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

# Services that hold OCPI data, tokens and keys: a right on all of one reaches what other systems keep there.
DATA_SERVICES: Final = (
    *("dynamodb", "s3", "secretsmanager", "kms", "sqs", "sns", "ssm", "kinesis", "firehose", "rds-data", "lambda"),
    *("execute-api", "iam", "sts"),
)
_METADATA: Final = ("list", "describe")  # such actions tell names and settings; most know no single resource
_WITHOUT_RESOURCE: Final = frozenset(
    {"secretsmanager:getrandompassword", "sts:getcalleridentity", "kms:generaterandom"}
)
# AWS's own policies that are made for one service's own work; what any other allows is not declared anywhere.
_NARROW: Final = frozenset(
    {
        "AWSXRayDaemonWriteAccess",
        "CloudWatchAgentServerPolicy",
        "AmazonSSMManagedInstanceCore",
        "AWSXrayWriteOnlyAccess",
    }
)
_BROAD: Final = ("FullAccess", "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "SecretsManagerReadWrite")
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _workload_roles(stack: Stack) -> tuple[Resource, ...]:
    return tuple(role for role in stack.of(ROLE) if runs_code(role) or trust_of(role).doubt)


def _rights_named(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(
        case, _workload_roles(stack), "role of a workload", lambda role: _least_privilege(rights_of(stack, role))
    )


def _least_privilege(rights: Rights) -> Judgement:
    broad = [name for name in rights.managed if name.endswith(_BROAD)]
    wide = [*(f"AWS's own policy {name}" for name in broad), *_wildcards(rights)]
    if wide:
        return fails(f"may do more than its work: {'; '.join(sorted(set(wide))[:3])}")
    if rights.doubts:
        return undecided(rights.doubts[0])
    others = [name for name in rights.managed if name not in _NARROW and not name.startswith("service-role/")]
    if others:
        return undecided(f"what AWS's own policy {others[0]} allows is not declared")
    if not rights.statements and not rights.managed:
        return passes("no policy is attached to it", by_absence=True)
    return passes(f"its {len(rights.statements)} statements name actions and resources", by_absence=True)


def _wildcards(rights: Rights) -> Iterator[str]:
    for statement in rights.statements:
        if not statement.allows:
            continue
        if statement.not_actions:
            yield "every action but some (NotAction)"
        for action in statement.actions:
            if rights.granting(action) and (said := _too_much(statement, action)):
                yield said


def _too_much(statement: Statement, action: str) -> str:
    """What one action of a statement gives too much; empty where it is as narrow as it can be."""
    service, _, name = action.partition(":")
    if action == "*" or service == "*":
        return "every action of every service (*)"
    if not name.strip("*?") and (service in DATA_SERVICES or on_everything(statement)):
        return f"every action of {service} ({action})"
    if service not in DATA_SERVICES:
        return ""
    about_names = name.startswith(_METADATA) or action in _WITHOUT_RESOURCE
    return "" if about_names or not on_everything(statement) else f"{action} on every resource"


def _no_escalation(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, _workload_roles(stack), "role of a workload", lambda role: _stays(rights_of(stack, role)))


def _stays(rights: Rights) -> Judgement:
    found = [
        *ways_up(rights),
        *(f"{action} opens a store to others" for action in OPENS_STORES if rights.granting(action)),
    ]
    full = [name for name in rights.managed if name.endswith(("AdministratorAccess", "IAMFullAccess"))]
    if found or full:
        return fails("; ".join([*(f"AWS's own policy {name}" for name in full), *found][:3]))
    if rights.doubts:
        return undecided(rights.doubts[0])
    return passes("nothing that it may do gives it, or others, more rights", by_absence=True)


RIGHTS: Final = Check(
    id="cloud-iam-rights-named",
    title="Roles of workloads name the actions and the resources that they need",
    controls=("OCPI-OPS-04", "OCPI-PRV-02"),
    severity=Severity.HIGH,
    source="IAM User Guide, security best practices: apply least-privilege permissions",
    looks_at=_NEEDS,
    judge=_rights_named,
    remediation="Name each action and the ARN of each table, bucket, secret, queue and key; drop AWS's broad policies.",
    witness=Witness.CLOUD_DECLARED,
)
ESCALATION: Final = Check(
    id="cloud-iam-no-escalation",
    title="No role of a workload can give itself or others more rights",
    controls=("OCPI-OPS-04",),
    severity=Severity.CRITICAL,
    source="IAM User Guide, permissions boundaries; policy access levels (Permissions management); iam:PassRole",
    looks_at=_NEEDS,
    judge=_no_escalation,
    remediation="Take the action out, or name the one role that may be passed and the service it is passed to.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (RIGHTS, ESCALATION)
