"""Who is behind a role: the workloads, people, services and strangers that may take it, directly or by another role."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.access import Guarded, may
from checks.resource_graph.holders import Holders, holders
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.narrowed import narrowed
from checks.resource_graph.ocpi_service import OCPI
from checks.resource_graph.ocpi_workloads import ocpi_workloads
from checks.resource_graph.policy_conditions import Answer
from checks.resource_graph.policy_documents import EVERYBODY, Principal, Statement
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
# Hand a role to whoever shows a certificate: to machines anywhere, to things.
_OF_CERTIFICATES: Final = frozenset({"rolesanywhere.amazonaws.com", "credentials.iot.amazonaws.com"})
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
    """Which workloads run under which role, by URN of the role; `known`: all roles and users of the stack."""

    under: dict[str, tuple[Resource, ...]]
    ocpi: frozenset[str]
    known: Holders
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
        known=holders(declared),
        accounts=own_accounts(stack),
    )


def _roles_of(stack: Stack, one: Resource, depth: int = 1) -> Iterator[Resource]:
    for reference in stack.outgoing(one):
        if reference.target.token == ROLE:
            yield reference.target
        elif reference.target.token in _CARRIERS and depth < _DEEPEST:
            yield from _roles_of(stack, reference.target, depth + 1)


def takers(use: RoleUse, role: Resource) -> frozenset[tuple[Taker, str]]:
    """Everybody whom the role's trust lets take it, with a name; through roles of the stack as well, each seen once."""
    found: set[tuple[Taker, str]] = set()
    waiting = [(role, True)]
    seen: set[tuple[str, bool]] = set()
    while waiting:
        one, sure = waiting.pop(next((at for at, each in enumerate(waiting) if each[1]), 0))
        if not {(one.urn, True), (one.urn, sure)} & seen:
            seen.add((one.urn, sure))
            found |= {(kind if sure else Taker.UNKNOWN, name) for kind, name in _directly(use, one)}
            waiting += [(other, sure and known) for other, known in _by_roles(use, one)]
    return frozenset(found)


def _directly(use: RoleUse, role: Resource) -> Iterator[tuple[Taker, str]]:
    trust = trust_of(role)
    if trust.doubt:
        yield Taker.UNKNOWN, trust.doubt
    for one in trust.allowing():
        if is_everybody(one):
            yield Taker.EVERYBODY, EVERYBODY
        yield from _of_those_in(use, one)
        for who in one.principals:
            yield from _behind(use, role, who)


def _behind(use: RoleUse, role: Resource, who: Principal) -> Iterator[tuple[Taker, str]]:
    if who.kind == "Service":
        yield _by_service(use, role, who)
    elif who.kind == "Federated":
        yield _by_issuer(role, who)
    elif who.name != EVERYBODY:
        yield from _by_principal(use, who)


def _of_those_in(use: RoleUse, one: Statement) -> Iterator[tuple[Taker, str]]:
    """Behind a statement for everybody of whom conditions speak."""
    only = narrowed(one)
    if only and only.organisation:
        yield Taker.FOREIGN, f"every account of {only.organisation}"
    if only and only.network:
        yield Taker.UNDECLARED, f"whoever comes through {only.network}"
    for who in only.principals if only else ():
        yield from _by_principal(use, who)


def _by_roles(use: RoleUse, role: Resource) -> Iterator[tuple[Resource, bool]]:
    """Declared roles that can take the role, and whether that is sure: named by its trust, or by their own rights."""
    arn = role.outputs.get("arn")
    account = account_of(Principal(kind="AWS", name=str(arn)))
    trust = trust_of(role)
    named = [who for one in trust.allowing() for who in (*one.principals, *_only(one))]
    numbers = {number for who in named for number in use.known.named(who)}
    asked = isinstance(arn, str) and account is not None and any(_is_whole(who, account) for who in named)
    numbers |= set(use.known.near("sts", str(arn))) if asked else set()
    thing = Guarded(
        actions=("sts:AssumeRole",), parts=(str(arn),), account=account, policies=(trust,), by_policy_only=True
    )
    for number in sorted(numbers):
        other, holder = use.known.every[number]
        answer = may(holder, thing)
        if other.token == ROLE and answer is not Answer.NO:
            yield other, answer is Answer.YES


def _only(one: Statement) -> tuple[Principal, ...]:
    only = narrowed(one)
    return only.principals if only else ()


def _is_whole(who: Principal, account: str) -> bool:
    return who.name == account or (account_of(who) == account and who.name.endswith(":root"))


def _by_service(use: RoleUse, role: Resource, who: Principal) -> tuple[Taker, str]:
    if who.name in _OF_CERTIFICATES:
        return Taker.OUTSIDER, who.name
    if not is_workload(who):
        return Taker.SERVICE, who.name
    running = use.under.get(role.urn, ())
    others = [one for one in running if one.urn not in use.ocpi]
    if others:
        return Taker.WORKLOAD, others[0].name
    return (Taker.OCPI, running[0].name) if running else (Taker.IDLE, who.name)


def _by_issuer(role: Resource, who: Principal) -> tuple[Taker, str]:
    """Pods of EKS are told apart by the name of their role; a directory (SAML 2.0) is one of people."""
    if ":saml-provider/" in who.name:
        return Taker.PEOPLE, who.name
    if not is_workload(who):
        return Taker.OUTSIDER, who.name
    ours = any(OCPI in words(text) for text in names(role))
    return (Taker.OCPI if ours else Taker.IDLE), f"pods that take {role.name}"


def _by_principal(use: RoleUse, who: Principal) -> Iterator[tuple[Taker, str]]:
    """Declared roles are followed; what is said here is who else that name stands for."""
    account = account_of(who)
    declared = [use.known.every[number][0] for number in use.known.named(who)]
    if any(one.token != ROLE for one in declared):
        yield Taker.PEOPLE, who.name
    if declared and "*" not in who.name:
        return
    if account is None or account in use.accounts:
        is_role = ":role/" in who.name or ":assumed-role/" in who.name
        yield Taker.UNDECLARED if is_role else Taker.PEOPLE, who.name
    else:
        yield Taker.FOREIGN if use.accounts else Taker.UNDECLARED, f"account {account}"
