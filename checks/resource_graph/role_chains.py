"""Who is behind a role in the end: whoever may take it, or a role that may take it, and so on."""

from collections import deque
from collections.abc import Iterable, Iterator

from checks.resource_graph.access import Guarded, may
from checks.resource_graph.narrowed import narrowed
from checks.resource_graph.policy_conditions import Answer
from checks.resource_graph.policy_documents import EVERYBODY, Principal, Statement
from checks.resource_graph.policy_reach import account_of, touches_action
from checks.resource_graph.role_takers import ASSUME, RoleUse, Taker, directly
from checks.resource_graph.roles import ROLE, trust_of
from scanner.model.made_up_arns import arn_of
from scanner.model.resource import Resource


def takers(use: RoleUse, role: Resource) -> frozenset[tuple[Taker, str]]:
    """Everybody whom the role's trust lets take it, with a name; through roles of the stack as well."""
    if role.urn not in use.found:
        use.found[role.urn] = _behind_all(use, (role,))
    return use.found[role.urn]


def _behind_takers_of_any(use: RoleUse) -> frozenset[tuple[Taker, str]]:
    """Looked at once: of hundreds of such roles each leads to all others."""
    if EVERYBODY not in use.found:
        roles = [use.known.every[number][0] for number in sorted(use.takes_any)]
        use.found[EVERYBODY] = _behind_all(use, roles, among_all=True)
    return use.found[EVERYBODY]


def _behind_all(use: RoleUse, roles: Iterable[Resource], *, among_all: bool = False) -> frozenset[tuple[Taker, str]]:
    """Each role is seen once, what is sure first. `among_all`: the roles are all of those that may take any."""
    found: set[tuple[Taker, str]] = set()
    sure, unsure, seen = deque(roles), deque[Resource](), set[str]()
    while sure or unsure:
        is_sure = bool(sure)
        one = (sure or unsure).popleft()
        if one.urn in seen:
            continue
        seen.add(one.urn)
        direct = set(directly(use, one))
        if _leaves_it_to_all(use, one) and not among_all:
            direct |= _behind_takers_of_any(use)
        found |= direct if is_sure else {(Taker.UNKNOWN, name) for _, name in direct}
        for other, known in _by_roles(use, one):
            (sure if is_sure and known else unsure).append(other)
    return frozenset(found)


def _leaves_it_to_all(use: RoleUse, role: Resource) -> bool:
    """True where the role's trust names its account without a condition, so that rights alone decide."""
    statements = trust_of(role).statements
    plain = [one for one in statements if one.allows and not one.conditions and touches_action(one, ASSUME)]
    return (
        all(one.allows for one in statements)
        and len(use.accounts) == 1
        and any(_is_whole(who, next(iter(use.accounts))) for one in plain for who in one.principals)
    )


def _by_roles(use: RoleUse, role: Resource) -> Iterator[tuple[Resource, bool]]:
    """Declared roles that can take the role, and whether that is sure: named by its trust, or by their own rights."""
    arn = arn_of(role)
    account = account_of(Principal(kind="AWS", name=str(arn)))
    trust = trust_of(role)
    named = [who for one in trust.allowing() for who in (*one.principals, *_only(one))]
    numbers = {number for who in named for number in use.known.named(who)}
    asked = arn is not None and account is not None and any(_is_whole(who, account) for who in named)
    numbers |= set(use.known.near("sts", str(arn))) if asked else set()
    numbers -= use.takes_any if _leaves_it_to_all(use, role) else set()
    thing = Guarded(actions=(ASSUME,), parts=(str(arn),), account=account, policies=(trust,), by_policy_only=True)
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
