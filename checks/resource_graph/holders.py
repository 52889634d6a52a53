"""Roles, users and permission sets of a stack, with what their policies say, to be asked one by one."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import product
from typing import Final

from checks.resource_graph.access import Holder
from checks.resource_graph.arn_patterns import open_variables
from checks.resource_graph.index import once_a_stack
from checks.resource_graph.managed_policies import statements_of
from checks.resource_graph.permission_sets import permission_sets, rights_of_set, role_of
from checks.resource_graph.policy_conditions import Asker
from checks.resource_graph.policy_documents import Principal
from checks.resource_graph.policy_reach import account_in, literal_start, matches, own_accounts
from checks.resource_graph.roles import ROLE, USER, Rights, rights_of
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.made_up_arns import OWN, arn_of, own_form
from scanner.model.resource import Resource

_SESSION: Final = re.compile(r"arn:aws[\w-]*:sts::(\d{12}):assumed-role/([^/]+)/.+")
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
    by_session: dict[tuple[str | None, str], int]

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

    def named(self, who: Principal) -> tuple[int, ...]:
        """The one that a policy names, by its ARN or by that of a session; all that a pattern fits."""
        if "*" in who.name or "?" in who.name:
            return tuple(number for arn, number in self.by_arn.items() if matches(who.name, arn))
        found = _SESSION.fullmatch(who.name)
        by_arn = self.by_arn.get(who.name, self.by_arn.get(own_form(who.name)))
        number = self.by_session.get((found[1], found[2])) if found else by_arn
        return () if number is None else (number,)


@once_a_stack
def holders(declared: DeclaredResources) -> Holders:
    """The roles and users of a stack."""
    stack = Stack(declared=declared)
    accounts = own_accounts(stack)
    every = tuple((one, _holder(stack, one, accounts)) for one in stack.of(ROLE, USER))
    every += tuple((one, _of_set(stack, one, accounts)) for one in permission_sets(stack, accounts))
    by_start: dict[_Start, set[int]] = {}
    for number, (_, holder) in enumerate(every):
        for start in _starts(holder.rights):
            by_start.setdefault(start, set()).add(number)
    return Holders(
        every=every,
        starts=tuple(sorted(by_start)),
        by_start={start: frozenset(numbers) for start, numbers in by_start.items()},
        by_arn={holder.asker.arn: number for number, (_, holder) in enumerate(every)},
        by_session={
            (holder.asker.account, holder.asker.arn.rpartition("/")[2]): number
            for number, (one, holder) in enumerate(every)
            if one.token == ROLE
        },
    )


def _holder(stack: Stack, one: Resource, accounts: frozenset[str]) -> Holder:
    kind = "role" if one.token == ROLE else "user"
    arn = arn_of(one) or f"arn:aws:iam::{OWN}:{kind}/{one.urn}"
    account = account_in(arn, accounts)
    return Holder(asker=Asker(arn=arn, account=account), name=f"{kind} {one.name}", rights=rights_of(stack, one))


def _of_set(stack: Stack, one: Resource, accounts: frozenset[str]) -> Holder:
    account = next(iter(accounts)) if len(accounts) == 1 else OWN
    asker = Asker(arn=role_of(one, account), account=account)
    rights = rights_of_set(stack, one)
    if not accounts:  # whose account it is assigned to, nothing says
        rights = Rights(statements=(), doubts=(*rights.doubts, f"whether {one.name} enters this account is not known"))
    return Holder(asker=asker, name=f"permission set {one.name}", rights=rights)


def _starts(rights: Rights | None) -> Iterator[_Start]:
    if rights is None:
        return
    if rights.doubts or any(statements_of(name) != () for name in rights.managed):
        yield "", ""
    for one in rights.statements:
        if one.allows:
            names = {literal_start(action).partition(":") for action in one.actions}
            services = {service if colon else "" for service, colon, _ in names} or {""}
            starts = {""} if one.not_resources else {literal_start(open_variables(name)) for name in one.resources}
            yield from product(services, starts)
