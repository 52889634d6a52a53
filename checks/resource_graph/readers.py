"""Everybody who can read a store in the end, and who is behind them."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from checks.resource_graph.access import Guarded, Holder, may
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.managed_policies import statements_of
from checks.resource_graph.policy_conditions import Answer, Asker
from checks.resource_graph.policy_documents import EVERYBODY, Principal
from checks.resource_graph.policy_reach import ACCOUNT_OF_ARN, account_of, is_everybody, literal_start, own_accounts
from checks.resource_graph.role_takers import Taker, role_use, takers
from checks.resource_graph.roles import ROLE, USER, Rights, rights_of
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`name` can read (`sure`), or may once what is not known is known; `behind` says who uses that name."""

    name: str
    sure: bool
    behind: frozenset[tuple[Taker, str]]


_Start = tuple[str, str]  # service, and the literal start of an ARN; an empty text stands for any


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Roles and users of a stack. `starts`: sorted, what their policies name, with whose they are in `by_start`.

    Of thousands of roles only those are asked about a store whose policies can be about it.
    """

    every: tuple[tuple[Resource, Holder], ...]
    starts: tuple[_Start, ...]
    by_start: dict[_Start, frozenset[int]]
    by_arn: dict[str, int]

    def near(self, service: str, part: str) -> Iterator[int]:
        """Those with a statement on the service, and a pattern that can cover the ARN, or something below it."""
        text = literal_start(part)
        for each in (service, ""):
            for length in range(len(text) + 1):
                yield from self.by_start.get((each, text[:length]), ())
            at = bisect_left(self.starts, (each, text))
            while at < len(self.starts) and self.starts[at][0] == each and self.starts[at][1].startswith(text):
                yield from self.by_start[self.starts[at]]
                at += 1


@once_a_stack
def holders(declared: DeclaredResources) -> Holders:
    """The roles and users of a stack."""
    stack = Stack(declared=declared)
    accounts = own_accounts(stack)
    every = tuple((one, _holder(stack, one, accounts)) for one in stack.of(ROLE, USER))
    by_start: dict[_Start, set[int]] = {}
    for number, (_, holder) in enumerate(every):
        for start in _starts(holder.rights):
            by_start.setdefault(start, set()).add(number)
    return Holders(
        every=every,
        starts=tuple(sorted(by_start)),
        by_start={start: frozenset(numbers) for start, numbers in by_start.items()},
        by_arn={holder.asker.arn: number for number, (_, holder) in enumerate(every)},
    )


def _holder(stack: Stack, one: Resource, accounts: frozenset[str]) -> Holder:
    arn = one.outputs.get("arn")
    found = ACCOUNT_OF_ARN.fullmatch(arn) if isinstance(arn, str) else None
    account = found[1] if found else next(iter(accounts), None) if len(accounts) == 1 else None
    kind = "role" if one.token == ROLE else "user"
    name = arn if isinstance(arn, str) else f"arn:aws:iam::{account}:{kind}/{one.get('name')}"
    return Holder(asker=Asker(arn=name, account=account), name=f"{kind} {one.name}", rights=rights_of(stack, one))


def _starts(rights: Rights | None) -> Iterator[_Start]:
    if rights is None:
        return
    if rights.doubts or any(statements_of(name) != () for name in rights.managed):
        yield "", ""
    for one in rights.statements:
        if one.allows:
            names = {literal_start(action).partition(":") for action in one.actions}
            services = {service if colon else "" for service, colon, _ in names} or {""}
            starts = {""} if one.not_resources else set(map(literal_start, one.resources))
            yield from product(services, starts)


def readers(stack: Stack, things: Sequence[Guarded]) -> tuple[Reader, ...]:
    """Who can do all of `things`: what is asked for first, and what it lies under."""
    first = things[0]
    named = [who for document in first.policies for one in document.allowing() for who in one.principals]
    found = (_declared(stack, one, holder, things) for one, holder in _asked(holders(stack.declared), first, named))
    open_to_all = any(is_everybody(one) for document in first.policies for one in document.allowing())
    everybody = Reader(name=EVERYBODY, sure=True, behind=frozenset({(Taker.EVERYBODY, EVERYBODY)}))
    others = (_stranger(stack, who, things) for who in dict.fromkeys(named))
    return tuple(one for one in (*found, *others, everybody if open_to_all else None) if one is not None)


def foreign_readers(of: DeclaredResources, things: Sequence[Guarded]) -> tuple[Reader, ...]:
    """Roles and users of another environment that can do all of `things`."""
    stack = Stack(declared=of)
    named = [who for document in things[0].policies for one in document.allowing() for who in one.principals]
    found = (_declared(stack, one, holder, things) for one, holder in _asked(holders(of), things[0], named))
    return tuple(one for one in found if one is not None)


def _asked(known: Holders, thing: Guarded, named: Sequence[Principal]) -> list[tuple[Resource, Holder]]:
    """Those whose own policies, or the thing's, can be about it."""
    service = thing.actions[0].partition(":")[0]
    numbers = {number for part in thing.parts for number in known.near(service, part)}
    numbers |= {known.by_arn[who.name] for who in named if who.name in known.by_arn}
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
    accounts, account = own_accounts(stack), account_of(who)
    own = account in accounts
    if who.kind != "AWS" or account is None or who.name in holders(stack.declared).by_arn or _is_whole(who, own=own):
        return None
    holder = Holder(asker=Asker(arn=who.name, account=account), name=who.name, rights=None)
    answer = min(may(holder, thing) for thing in things)
    kind = Taker.UNDECLARED if own or not accounts else Taker.FOREIGN
    name = who.name if own else f"account {account}"
    return Reader(name=who.name, sure=True, behind=frozenset({(kind, name)})) if answer is not Answer.NO else None


def _is_whole(who: Principal, *, own: bool) -> bool:
    return own and (who.name.endswith(":root") or who.name.isdigit())
