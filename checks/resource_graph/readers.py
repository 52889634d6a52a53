"""Everybody who can read a store in the end, and who is behind them."""

from collections.abc import Iterator, Sequence
from typing import Final

from checks.resource_graph.access import Guarded, Holder, may
from checks.resource_graph.holders import holders
from checks.resource_graph.narrowed import ANOTHER, for_everybody, narrowed
from checks.resource_graph.policy_conditions import Answer, Asker
from checks.resource_graph.policy_documents import EVERYBODY, Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, is_own, own_accounts
from checks.resource_graph.role_chains import takers
from checks.resource_graph.role_takers import Taker, role_use
from checks.resource_graph.roles import ROLE
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

# Principals that are no ARN of IAM, and who is behind them.
_OTHER_KINDS: Final = {"CanonicalUser": Taker.UNDECLARED, "Federated": Taker.OUTSIDER}
_ELSEWHERE: Final = Asker(arn=f"arn:aws:iam::{ANOTHER}:root", account=ANOTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`name` can read (`sure`), or may once what is not known is known; `behind` says who uses that name."""

    name: str
    sure: bool
    behind: frozenset[tuple[Taker, str]]


def readers(stack: Stack, things: Sequence[Guarded]) -> tuple[Reader, ...]:
    """Who can do all of `things`: what is asked for first, and what it lies under."""
    statements = _allowing(things[0])
    found = (_declared(stack, one, holder, things) for one, holder in _asked(stack, things[0], statements))
    everybody = Reader(name=EVERYBODY, sure=True, behind=frozenset({(Taker.EVERYBODY, EVERYBODY)}))
    open_to_all = any(map(is_everybody, statements))
    others = (_stranger(stack, who, things) for who in dict.fromkeys(_who(statements)))
    beyond = (_beyond(one, things) for one in statements)
    return tuple(one for one in (*found, *others, *beyond, everybody if open_to_all else None) if one is not None)


def foreign_readers(of: DeclaredResources, things: Sequence[Guarded]) -> tuple[Reader, ...]:
    """Roles and users of another environment that can do all of `things`."""
    stack = Stack(declared=of)
    asked = _asked(stack, things[0], _allowing(things[0]))
    found = (_declared(stack, one, holder, things) for one, holder in asked)
    return tuple(one for one in found if one is not None)


def _allowing(thing: Guarded) -> tuple[Statement, ...]:
    return tuple(one for document in (*thing.policies, *thing.grants) for one in document.allowing())


def _who(statements: Sequence[Statement]) -> Iterator[Principal]:
    """Whom the statements name, by Principal or by conditions."""
    for one in statements:
        yield from one.principals
        only = narrowed(one)
        yield from only.principals if only else ()


def _asked(stack: Stack, thing: Guarded, statements: Sequence[Statement]) -> list[tuple[Resource, Holder]]:
    """Those whose own policies, or the thing's, can be about it."""
    known = holders(stack.declared)
    if any(map(for_everybody, statements)):
        return list(known.every)
    service = thing.actions[0].partition(":")[0]
    numbers = {number for part in thing.parts for number in known.near(service, part)}
    numbers |= {number for who in _who(statements) for number in known.named(who)}
    return [known.every[number] for number in sorted(numbers)]


def _declared(stack: Stack, one: Resource, holder: Holder, things: Sequence[Guarded]) -> Reader | None:
    answer = min(may(holder, thing) for thing in things)
    if answer is Answer.NO:
        return None
    people = frozenset({(Taker.PEOPLE, one.name)})
    behind = takers(role_use(stack.declared), one) if one.token == ROLE else people
    return Reader(name=holder.name, sure=answer is Answer.YES, behind=behind)


def _stranger(stack: Stack, who: Principal, things: Sequence[Guarded]) -> Reader | None:
    """Somebody whom the policy names and the stack does not declare; a whole account of one's own is nobody yet."""
    if who.kind in _OTHER_KINDS:
        asker = Asker(arn=who.name, account=None)
        return _reads(asker, things, who.name, _OTHER_KINDS[who.kind], f"{who.kind} {who.name}")
    accounts, account = own_accounts(stack), account_of(who)
    own = is_own(account, accounts)
    if who.kind != "AWS" or account is None or _is_declared(stack, who) or _is_whole(who, own=own):
        return None
    one_of_many = "*" in who.name or "?" in who.name
    asker = Asker(arn=f"arn:aws:iam::{account}:root" if one_of_many else who.name, account=account)
    kind = Taker.UNDECLARED if own or not accounts else Taker.FOREIGN
    return _reads(asker, things, who.name, kind, who.name if own else f"account {account}")


def _is_declared(stack: Stack, who: Principal) -> bool:
    return "*" not in who.name and bool(holders(stack.declared).named(who))


def _beyond(one: Statement, things: Sequence[Guarded]) -> Reader | None:
    """Whoever an organisation holds, or comes through a network, whatever account that is of."""
    only = narrowed(one)
    if only is None or only.principals:
        return None
    if only.organisation:
        name = f"every account of {only.organisation}"
        return _reads(_ELSEWHERE, things, name, Taker.FOREIGN, name)
    name = f"whoever comes through {only.network}"
    return _reads(_ELSEWHERE, things, name, Taker.UNDECLARED, name) if only.network else None


def _reads(asker: Asker, things: Sequence[Guarded], name: str, kind: Taker, behind: str) -> Reader | None:
    holder = Holder(asker=asker, name=name, rights=None)
    answer = min(may(holder, thing) for thing in things)
    return Reader(name=name, sure=True, behind=frozenset({(kind, behind)})) if answer is not Answer.NO else None


def _is_whole(who: Principal, *, own: bool) -> bool:
    return own and (who.name.endswith((":root", ":*")) or who.name.isdigit() or "*" in who.name)
