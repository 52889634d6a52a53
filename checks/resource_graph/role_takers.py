"""Who is behind a role: the workloads, people, services and strangers that may take it, directly or by another role."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.ocpi_service import OCPI
from checks.resource_graph.ocpi_workloads import ocpi_workloads
from checks.resource_graph.policy_documents import Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, own_accounts
from checks.resource_graph.roles import ROLE, is_workload, trust_of
from checks.resource_graph.stack import Stack
from checks.resource_graph.words import names, words
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource

_CARRIERS: Final = (  # between a workload and its role
    *("aws:ecs/taskDefinition:TaskDefinition", "aws:iam/instanceProfile:InstanceProfile"),
    *(aws.LAUNCH_TEMPLATE, aws.LAUNCH_CONFIGURATION),
)
_DEEPEST: Final = 4  # scaling group, launch template, instance profile, role


class Taker(StrEnum):
    """Kinds of takers, in the words of reports."""

    OCPI = "workloads of OCPI"
    WORKLOAD = "a workload that is none of OCPI's"
    IDLE = "workloads of which none is declared here"
    SERVICE = "a service of AWS"
    PEOPLE = "people"
    OUTSIDER = "identities of another issuer"
    FOREIGN = "another account"
    UNDECLARED = "a role that is not declared here"
    EVERYBODY = "everybody"
    UNKNOWN = "somebody who is unknown until deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUse:
    """Which workloads run under which role, by URN of the role; `arns`: the declared roles by their ARNs."""

    under: dict[str, tuple[Resource, ...]]
    ocpi: frozenset[str]
    arns: dict[str, Resource]
    accounts: frozenset[str]


@once_a_stack
def role_use(declared: DeclaredResources) -> RoleUse:
    """For all roles of a stack."""
    stack = Stack(declared=declared)
    under: dict[str, list[Resource]] = {}
    for workload in stack.of(*aws.WORKLOADS):
        for role in _roles_of(stack, workload):
            under.setdefault(role.urn, []).append(workload)
    return RoleUse(
        under={urn: tuple(found) for urn, found in under.items()},
        ocpi=frozenset(one.urn for one in ocpi_workloads(stack)),
        arns={arn: one for one in stack.of(ROLE) if isinstance(arn := one.outputs.get("arn"), str)},
        accounts=own_accounts(stack),
    )


def _roles_of(stack: Stack, one: Resource, depth: int = 1) -> Iterator[Resource]:
    for reference in stack.outgoing(one):
        if reference.target.token == ROLE:
            yield reference.target
        elif reference.target.token in _CARRIERS and depth < _DEEPEST:
            yield from _roles_of(stack, reference.target, depth + 1)


def takers(use: RoleUse, role: Resource, seen: Collection[str] = ()) -> frozenset[tuple[Taker, str]]:
    """Everybody whom the role's trust lets take it, with a name; through roles of the stack as well."""
    trust = trust_of(role)
    found = {each for one in trust.allowing() for each in _of(use, role, one, {*seen, role.urn})}
    return frozenset(found | {(Taker.UNKNOWN, trust.doubt)} if trust.doubt else found)


def _of(use: RoleUse, role: Resource, one: Statement, seen: set[str]) -> Iterator[tuple[Taker, str]]:
    if is_everybody(one):
        yield Taker.EVERYBODY, "*"
    for who in one.principals:
        if who.kind == "Service":
            yield _by_service(use, role, who)
        elif who.kind == "Federated":
            yield _by_issuer(role, who)
        elif who.name != "*":
            yield from _by_principal(use, who, seen)


def _by_service(use: RoleUse, role: Resource, who: Principal) -> tuple[Taker, str]:
    if not is_workload(who):
        return Taker.SERVICE, who.name
    running = use.under.get(role.urn, ())
    others = [one for one in running if one.urn not in use.ocpi]
    if others:
        return Taker.WORKLOAD, others[0].name
    return (Taker.OCPI, running[0].name) if running else (Taker.IDLE, who.name)


def _by_issuer(role: Resource, who: Principal) -> tuple[Taker, str]:
    """Pods of EKS are told apart by the name of their role."""
    if not is_workload(who):
        return Taker.OUTSIDER, who.name
    ours = any(OCPI in words(text) for text in names(role))
    return (Taker.OCPI if ours else Taker.IDLE), f"pods that take {role.name}"


def _by_principal(use: RoleUse, who: Principal, seen: set[str]) -> Iterator[tuple[Taker, str]]:
    account = account_of(who)
    declared = use.arns.get(who.name)
    if declared is not None:
        yield from takers(use, declared, seen) if declared.urn not in seen else ()
    elif account is None or account in use.accounts:
        yield (Taker.UNDECLARED, who.name) if ":role/" in who.name else (Taker.PEOPLE, who.name)
    else:
        yield (Taker.FOREIGN if use.accounts else Taker.UNDECLARED), f"account {account}"
