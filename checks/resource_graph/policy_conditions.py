"""Whether a condition of a policy lets a principal through: yes, no, or nobody can say from a declaration.

IAM User Guide, condition operators and global condition context keys. Only keys that say who asks are weighed. Others
(network, time, second factor, what a request holds) are circumstances that the principal may well meet.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from checks.resource_graph.policy_documents import Condition
from checks.resource_graph.policy_reach import matches


class Answer(IntEnum):
    """Ordered: of two ways in the better one counts, of two fences the worse one."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: a role, a user, or everybody of an account (`arn` ends with `:root`); `account` None: not known."""

    arn: str
    account: str | None


_BY_ARN: Final = "aws:principalarn"
_BY_ACCOUNT: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
# Who asks as well, but of what no declaration of a role speaks.
_UNDECIDED: Final = ("aws:principalorg", "aws:principaltag/", "aws:userid", "aws:username", "aws:sourceidentity")
# Sent by AWS services that act on their own; never by a role or a user that asks by itself.
_OF_SERVICES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def lets_through(conditions: Iterable[Condition], asker: Asker) -> Answer:
    """For an Allow: circumstances count as met."""
    return min((_met(one, asker, Answer.YES) for one in conditions), default=Answer.YES)


def surely_met(conditions: Iterable[Condition], asker: Asker) -> bool:
    """For a Deny: only what is met under all circumstances."""
    return all(_met(one, asker, Answer.MAYBE) is Answer.YES for one in conditions)


def _met(one: Condition, asker: Asker, circumstance: Answer) -> Answer:
    operator = one.operator.lower().removeprefix("foranyvalue:").removeprefix("forallvalues:")
    if_exists = operator.endswith("ifexists")
    operator = operator.removesuffix("ifexists")
    if one.key in _OF_SERVICES:
        return Answer.YES if if_exists or "not" in operator else Answer.NO
    if one.key == "aws:principalisawsservice":
        return Answer.YES if "false" in one.values else Answer.NO
    if one.key == _BY_ARN:
        return _compared(operator, one.values, asker.arn)
    if one.key in _BY_ACCOUNT:
        return _compared(operator, one.values, asker.account)
    return Answer.MAYBE if one.key.startswith(_UNDECIDED) else circumstance


def _compared(operator: str, values: tuple[str, ...], said: str | None) -> Answer:
    compare = _OPERATORS.get(operator.replace("not", ""))
    if said is None or compare is None or any("${" in value for value in values):
        return Answer.MAYBE
    found = any(compare(value, said) for value in values)
    return Answer.YES if found != ("not" in operator) else Answer.NO


_OPERATORS: Final[dict[str, Callable[[str, str], bool]]] = {
    "stringequals": str.__eq__,
    "stringequalsignorecase": lambda value, said: value.lower() == said.lower(),
    "stringlike": matches,
    "arnequals": matches,  # the two of ARNs are one (IAM User Guide)
    "arnlike": matches,
}
