"""Whom a statement for everybody means in the end: those whom its conditions name.

IAM User Guide, Principal element: a wildcard with conditions on who asks.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph.policy_documents import EVERYBODY, Condition, Principal, Statement
from checks.resource_graph.policy_reach import account_of, is_everybody, narrows
from scanner.model.late_dataclass import dataclass

_BY_WHO: Final = ("aws:principalarn", "aws:principalaccount", "kms:calleraccount")
_BY_ORGANISATION: Final = ("aws:principalorgid", "aws:principalorgpaths")
_BY_NETWORK: Final = ("aws:sourcevpc", "aws:sourcevpce")
# Stands for any account that is not one's own: no policy can name it, each wildcard fits it.
ANOTHER: Final = "another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """`principals`: named by conditions; where none is, `organisation` or `network` says to whom it is open."""

    principals: tuple[Principal, ...] = ()
    organisation: str = ""
    network: str = ""


def for_everybody(one: Statement) -> bool:
    """True where the statement's principal is everybody, or everybody but some, whatever its conditions say."""
    return bool(one.not_principals) or any(who.name == EVERYBODY and who.kind in {"AWS", "*"} for who in one.principals)


def narrowed(one: Statement) -> Narrowed | None:
    """None for a statement that is for named principals, or for anybody at all."""
    if not for_everybody(one) or is_everybody(one):
        return None
    narrow = [each for each in one.conditions if narrows(each)]
    principals = tuple(Principal(kind="AWS", name=name) for name in _values(narrow, _BY_WHO))
    if principals:
        return Narrowed(principals=tuple(who for who in principals if account_of(who)))
    return Narrowed(
        organisation=next(_values(narrow, _BY_ORGANISATION), ""), network=next(_values(narrow, _BY_NETWORK), "")
    )


def _values(conditions: list[Condition], keys: tuple[str, ...]) -> Iterator[str]:
    return (value for one in conditions if one.key in keys for value in one.values)
