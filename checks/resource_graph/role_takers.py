"""Who may take a role: the workloads, people, services and strangers that its trust names."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.holders import Holders, holders
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.narrowed import narrowed
from checks.resource_graph.ocpi_service import OCPI
from checks.resource_graph.ocpi_workloads import is_ocpi, names_ocpi, ocpi_workloads
from checks.resource_graph.policy_documents import EVERYBODY, Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, is_own, own_accounts, touches_action
from checks.resource_graph.roles import ROLE, Rights, is_workload, trust_of
from checks.resource_graph.stack import Stack
from checks.resource_graph.words import names, words
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

_BEGINNING: Final = frozenset(
    {
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:scheduler/schedule:Schedule",
        "aws:pipes/pipe:Pipe",
        "aws:sfn/stateMachine:StateMachine",
    }
)
_CARRIERS: Final = (  # between a workload and its role
    *(aws.TASK, "aws:iam/instanceProfile:InstanceProfile"),
    *(aws.LAUNCH_TEMPLATE, aws.LAUNCH_CONFIGURATION),
)
# Hand a role to whoever shows a certificate: to machines anywhere, to things.
_OF_CERTIFICATES: Final = frozenset({"rolesanywhere.amazonaws.com", "credentials.iot.amazonaws.com"})
ASSUME: Final = "sts:AssumeRole"
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
    """Which workloads run under which role, by URN of the role; `known`: all roles and users of the stack.

    `takes_any`: roles that may take each role of the account that leaves it to them. `found`: what was answered before.
    """

    under: dict[str, tuple[Resource, ...]]
    ocpi: frozenset[str]
    known: Holders
    accounts: frozenset[str]
    takes_any: frozenset[int]
    found: dict[str, frozenset[tuple[Taker, str]]]


@once_a_stack
def role_use(declared: DeclaredResources) -> RoleUse:
    """For all roles of a stack."""
    stack = Stack(declared=declared)
    known = holders(declared)
    under: dict[str, list[Resource]] = {}
    tasks = _begun_alone(stack)
    for workload in (*stack.of(*aws.WORKLOADS), *tasks):
        for role in _roles_of(stack, workload):
            under.setdefault(role.urn, []).append(workload)
    return RoleUse(
        under={urn: tuple(found) for urn, found in under.items()},
        ocpi=frozenset(
            one.urn for one in (*ocpi_workloads(stack), *(filter(is_ocpi, tasks) if names_ocpi(stack) else tasks))
        ),
        known=known,
        accounts=own_accounts(stack),
        takes_any=frozenset(
            n for n, (one, by) in enumerate(known.every) if one.token == ROLE and _takes_any(by.rights)
        ),
        found={},
    )


def _begun_alone(stack: Stack) -> tuple[Resource, ...]:
    """Tasks of ECS that no service runs, but a schedule, an event or a workflow begins."""
    beginning = ((one, {each.source.token for each in stack.incoming(one)}) for one in stack.of(aws.TASK))
    return tuple(one for one, tokens in beginning if tokens & _BEGINNING)


def _roles_of(stack: Stack, one: Resource, depth: int = 1) -> Iterator[Resource]:
    for reference in stack.outgoing(one):
        if reference.target.token == ROLE:
            yield reference.target
        elif reference.target.token in _CARRIERS and depth < _DEEPEST:
            yield from _roles_of(stack, reference.target, depth + 1)


def _takes_any(rights: Rights | None) -> bool:
    """True where nothing that is said of it holds back a right to take every role."""
    if rights is None or rights.boundary is not None or any(not one.allows for one in rights.statements):
        return False
    return any("*" in one.resources and not one.conditions and touches_action(one, ASSUME) for one in rights.statements)


def directly(use: RoleUse, role: Resource) -> Iterator[tuple[Taker, str]]:
    """Whom the role's trust lets take it, declared roles left out."""
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
    if account is None or is_own(account, use.accounts):
        is_role = ":role/" in who.name or ":assumed-role/" in who.name
        yield Taker.UNDECLARED if is_role else Taker.PEOPLE, who.name
    else:
        yield Taker.FOREIGN if use.accounts else Taker.UNDECLARED, f"account {account}"
