"""Whether a condition of a policy lets a principal through: yes, no, or nobody can say from a declaration.

IAM User Guide, condition operators and global condition context keys. Only keys that say who asks are weighed. Others
(network, time, second factor, what a request holds) are circumstances that the principal may well meet.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Final

from checks.resource_graph.arn_patterns import may_meet, surely_covers
from checks.resource_graph.policy_documents import Condition
from checks.resource_graph.policy_reach import matches
from scanner.model.late_dataclass import dataclass


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

    @property
    def is_account(self) -> bool:
        """True for everybody of an account."""
        return self.arn.endswith(":root") or self.arn == self.account


_BY_ARN: Final = "aws:principalarn"
_BY_ACCOUNT: Final = frozenset({"aws:principalaccount", "kms:calleraccount"})
# Who asks as well, but of what no declaration of a role speaks.
_UNDECIDED: Final = ("aws:principalorg", "aws:principaltag/", "aws:userid", "aws:username", "aws:sourceidentity")
_BY_POINT: Final = "s3:dataaccesspoint"  # what the policy of the access point allows is asked of that policy
_GRANTS: Final = "kms:grantisforawsresource"  # such a grant goes to a service of AWS, not to who makes it
# Sent by AWS services that act on their own; never by a role or a user that asks by itself.
_OF_SERVICES: Final = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})


def lets_through(conditions: Iterable[Condition], asker: Asker, tags: Mapping[str, str] | None = None) -> Answer:
    """For an Allow: circumstances count as met. `tags` of what is asked for, where conditions on them count."""
    return min((_met(one, asker, Answer.YES, tags) for one in conditions), default=Answer.YES)


def surely_met(conditions: Iterable[Condition], asker: Asker, tags: Mapping[str, str] | None = None) -> bool:
    """For a Deny: only what is met under all circumstances."""
    return all(_met(one, asker, Answer.MAYBE, tags) is Answer.YES for one in conditions)


def _met(one: Condition, asker: Asker, circumstance: Answer, tags: Mapping[str, str] | None) -> Answer:
    operator = one.operator.lower()
    missing_is_met = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    missing_is_met |= "not" in operator and not operator.startswith("foranyvalue:")
    operator = operator.removeprefix("foranyvalue:").removeprefix("forallvalues:").removesuffix("ifexists")
    if one.key in _OF_SERVICES:
        return _is_missing(operator, one.values, met=missing_is_met)
    if one.key == "aws:principalisawsservice":
        return Answer.YES if "false" in one.values else Answer.NO
    if one.key == _BY_ARN or one.key in _BY_ACCOUNT:
        return _of_asker(operator, one, asker, circumstance)
    if one.key == _GRANTS and circumstance is Answer.YES:
        return Answer.NO if "true" in one.values else Answer.YES
    if one.key.startswith(_BY_POINT):
        return Answer.NO if circumstance is Answer.YES else Answer.MAYBE
    if ":resourcetag/" in one.key and tags is not None:
        said = tags.get(one.key.partition("/")[2])
        return Answer.MAYBE if said is None else _compared(operator, one.values, said)
    return Answer.MAYBE if one.key.startswith(_UNDECIDED) else circumstance


def _is_missing(operator: str, values: tuple[str, ...], *, met: bool) -> Answer:
    if operator == "null":
        met = "true" in values
    return Answer.YES if met else Answer.NO


def _of_asker(operator: str, one: Condition, asker: Asker, circumstance: Answer) -> Answer:
    if operator == "null":  # there is always somebody
        return Answer.YES if "false" in one.values else Answer.NO
    if one.key in _BY_ACCOUNT:
        return _compared(operator, one.values, asker.account)
    if asker.is_account:
        partition = asker.arn.split(":")[1] if ":" in asker.arn else "*"
        return _of_some(operator, one.values, f"arn:{partition}:iam::{asker.account}:*", circumstance)
    return _compared(operator, one.values, asker.arn)


def _of_some(operator: str, values: tuple[str, ...], everybody: str, circumstance: Answer) -> Answer:
    """An Allow that is met for one of them lets somebody in; a Deny has to be met for each of them."""
    some = any(may_meet(value, everybody) for value in values)
    each = any(surely_covers(value, everybody) for value in values)
    allowing, negative = circumstance is Answer.YES, "not" in operator
    met = (each if negative else some) if allowing else (some if negative else each)
    return Answer.YES if met != negative else Answer.NO


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
