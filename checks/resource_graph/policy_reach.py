"""What statements reach: actions and resources by wildcards, principals by account.

IAM User Guide, policy evaluation logic.
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from checks.resource_graph.index import once_a_stack
from checks.resource_graph.policy_documents import EVERYBODY, Condition, Principal, Statement
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.leaves import texts
from scanner.model.made_up_arns import OWN

_ACCOUNT: Final = re.compile(rf"\d{{12}}|{OWN}")
_ACCOUNT_OF_ARN: Final = re.compile(rf"arn:aws[\w-]*:[\w-]+:[\w*-]*:(\d{{12}}|{OWN}):.*", re.DOTALL)
# Keys that say who asks, or from where; where one must equal something, a statement for everybody is for those only.
NARROWING: Final = frozenset(
    {
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
_POSITIVE: Final = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike", "bool"})


def matches(pattern: str, text: str) -> bool:
    """True where a pattern of a policy (`*` any characters, `?` one) covers the text."""
    if "*" not in pattern and "?" not in pattern:  # most name one thing
        return pattern == text
    return bool(_expression(pattern).fullmatch(text))


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def covers_action(statement: Statement, action: str) -> bool:
    """True where the statement is about the action (`service:Action`, any case), by Action or by NotAction."""
    wanted = action.lower()
    if statement.not_actions:
        return not any(matches(pattern, wanted) for pattern in statement.not_actions)
    return any(matches(pattern, wanted) for pattern in statement.actions)


def touches_action(statement: Statement, wanted: str) -> bool:
    """True where the statement is about something that the pattern `wanted` covers, be it one action of many."""
    if statement.not_actions:
        return covers_action(statement, wanted)
    return any(overlap(pattern, wanted.lower()) for pattern in statement.actions)


@lru_cache(maxsize=4096)
def overlap(one: str, other: str) -> bool:
    """True where some text fits both patterns: `dynamodb:*` and `dynamodb:Get*`, `*item` and `get*`."""
    mine, theirs = literal_start(one), literal_start(other)
    if not (mine.startswith(theirs) or theirs.startswith(mine)):
        return False
    if theirs == other:
        return matches(one, other)
    return matches(other, one) if mine == one else _have_one_in_common(one, other)


def literal_start(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]


def _have_one_in_common(one: str, other: str) -> bool:
    rows = [False] * (len(other) + 1)  # rows[n]: the rest of `one` and other[n:] have a text in common
    rows[-1] = True
    for at in range(len(other) - 1, -1, -1):
        rows[at] = other[at] == "*" and rows[at + 1]
    for sign in reversed(one):
        before, rows = rows, [False] * len(rows)
        rows[-1] = sign == "*" and before[-1]
        for at in range(len(other) - 1, -1, -1):
            rows[at] = _steps(sign, other[at], before, rows, at)
    return rows[0]


def _steps(sign: str, theirs: str, before: list[bool], rows: list[bool], at: int) -> bool:
    if sign == "*" or theirs == "*":
        return before[at] or rows[at + 1]
    return (sign == theirs or "?" in (sign, theirs)) and before[at + 1]


def covers_resource(statement: Statement, arn: str) -> bool:
    """True where the statement is about the resource, by Resource or by NotResource."""
    if statement.not_resources:
        return not any(matches(pattern, arn) for pattern in statement.not_resources)
    return any(matches(pattern, arn) for pattern in statement.resources)


def on_everything(statement: Statement) -> bool:
    """True where the statement names no resource: `*`, or a wildcard in the place of service or kind of resource."""
    return bool(statement.not_resources) or any(_is_open(resource) for resource in statement.resources)


def _is_open(resource: str) -> bool:
    """`*` and ARNs that end in nothing but wildcards: arn:aws:dynamodb:*:*:*, .../table/*, arn:aws:s3:::*."""
    if not resource.startswith("arn:"):
        return set(resource) <= {"*", "?"}
    service, _region, _account, name = ("", "", "", *resource.split(":", 5))[-4:]
    if service != "s3":  # names of other services stand behind the kind of resource
        name = name.partition("/")[2] or name.partition(":")[2] or name
    return set(name) <= {"*", "?", "/", ":"}


def own_accounts(stack: Stack) -> frozenset[str]:
    """Accounts that the stack's resources live in: what their providers may work in, else what their own ARNs say."""
    return _own_accounts(stack.declared)


@once_a_stack
def _own_accounts(declared: DeclaredResources) -> frozenset[str]:
    said = {one.provider.account for one in declared.resources if one.provider and one.provider.account}
    if said:
        return frozenset(said)
    arns = (text for one in declared.resources for text in texts(one.outputs.get("arn")))
    return frozenset(found[1] for found in map(_ACCOUNT_OF_ARN.fullmatch, arns) if found)


def is_own(account: str | None, accounts: Collection[str]) -> bool:
    """True for one of the stack's own accounts, be it named or only meant (`arn:aws:iam::own:root`)."""
    return account == OWN or account in accounts


def account_in(arn: str, accounts: Collection[str]) -> str | None:
    """The account that an ARN is of; where it names none, the only one that there is."""
    found = _ACCOUNT_OF_ARN.fullmatch(arn)
    only = next(iter(accounts)) if len(accounts) == 1 else None
    return only if found is None or (found[1] == OWN and only) else found[1]


def account_of(principal: Principal) -> str | None:
    """The account that a principal of kind AWS belongs to; None for everybody, and for ids that name no account."""
    if _ACCOUNT.fullmatch(principal.name):
        return principal.name
    found = _ACCOUNT_OF_ARN.fullmatch(principal.name)
    return found[1] if found else None


def is_everybody(statement: Statement) -> bool:
    """True where anybody at all is let in: principal `*`, or everybody but some (NotPrincipal), with no narrowing."""
    open_to_all = bool(statement.not_principals) or any(
        one.name == EVERYBODY and one.kind in {"AWS", "*"} for one in statement.principals
    )
    return open_to_all and not any(map(narrows, statement.conditions))


def narrows(condition: Condition) -> bool:
    """True for a condition that only callers of a named account, organisation, network or resource fulfil.

    One whose value is not known yet names somebody: whether that is everybody is its document's doubt.
    """
    operator = condition.operator.lower().removeprefix("foranyvalue:")
    known = operator in _POSITIVE and condition.key in NARROWING
    return known and (condition.hidden or bool(condition.values)) and not any(map(_anybody, condition.values))


def _anybody(value: str) -> bool:
    """True for a pattern that fits every account: `*`, `o-*`, `arn:aws:iam::*:role/*`; buckets have no account."""
    if not value.startswith("arn:"):
        return not value.partition("-")[2].strip("*?") if "-" in value else not value.strip("*?")
    service, _region, account, name = ("", "", "", *value.split(":", 5))[-4:]
    if service == "s3" and not account:
        return not name.strip("*?/")
    return not account.strip("*?")


def narrows_service(condition: Condition) -> bool:
    """The same for what an AWS service does on behalf of others; a key may be bound to one trail or log group."""
    operator = condition.operator.lower()
    context = condition.key.startswith("kms:encryptioncontext:") and operator in _POSITIVE
    return narrows(condition) or (context and not any(map(_anybody, condition.values)))


def wanted(conditions: Iterable[Condition], key: str) -> tuple[str, ...]:
    """The values that a condition asks for by equality; nothing where a missing key would do (`...IfExists`)."""
    found = (one for one in conditions if one.key == key.lower())
    asked = (one for one in found if one.operator.lower().removeprefix("foranyvalue:") in _POSITIVE)
    return tuple(value for one in asked for value in one.values)
