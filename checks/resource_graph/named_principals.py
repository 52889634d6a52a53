"""Whether a statement of a resource policy is about somebody by name, as everybody, or as one of an account.

IAM User Guide, Principal and NotPrincipal elements; permissions boundaries, evaluating with resource-based policies: a
boundary holds what a policy gives the ARN of a role, not what it gives a user or a session by itself.
"""

import re
from enum import Enum
from typing import Final

from checks.resource_graph.narrowed import for_everybody
from checks.resource_graph.policy_conditions import Asker
from checks.resource_graph.policy_documents import EVERYBODY, Principal, Statement
from checks.resource_graph.policy_reach import matches
from scanner.model.made_up_arns import OWN, own_form

_ACCOUNT: Final = re.compile(r"\d{12}")
_ROOT: Final = re.compile(rf"arn:aws[\w-]*:iam::(\d{{12}}|{OWN}):root")


class Named(Enum):
    """How a statement is about somebody."""

    NO = "not at all"
    YES = "as a role, within its boundary"
    BEYOND_BOUNDARY = "as a user, a session or everybody"


def named(one: Statement, asker: Asker) -> Named:
    """Of a statement that allows; whole accounts are named by `names_account` only."""
    if one.not_principals:
        return Named.NO if any(_is(who, asker) for who in one.not_principals) else Named.BEYOND_BOUNDARY
    if for_everybody(one) or any(_is_session(who, asker) for who in one.principals):
        return Named.BEYOND_BOUNDARY
    if not any(_is(who, asker) for who in one.principals):
        return Named.NO
    return Named.YES if ":role/" in asker.arn else Named.BEYOND_BOUNDARY


def names_account(one: Statement, asker: Asker) -> bool:
    """True where the asker's account may decide."""
    return any(who.name == EVERYBODY or _is_account(who, asker) for who in one.principals)


def may_name_account(one: Statement, asker: Asker) -> bool:
    """True where it names an account, and nothing says whether that is the asker's."""
    return asker.account == OWN and any(
        _ROOT.fullmatch(who.name) or _ACCOUNT.fullmatch(who.name) for who in one.principals
    )


def denies(one: Statement, asker: Asker) -> bool:
    """Of a statement that denies: True where the asker is surely among whom it is about, with each session."""
    if one.not_principals:
        return not any(
            who.name == EVERYBODY or _is(who, asker) or _is_account(who, asker) for who in one.not_principals
        )
    return any(who.name in {EVERYBODY, asker.arn} or _is_account(who, asker) for who in one.principals)


def _is(who: Principal, asker: Asker) -> bool:
    name = own_form(who.name) if asker.account == OWN else who.name
    return name == asker.arn or _is_session(who, asker)


def _is_session(who: Principal, asker: Asker) -> bool:
    """By the ARN of a session; paths of roles are left out of their names."""
    partition = asker.arn.partition(":iam:")[0]
    pattern = f"{partition}:sts::{asker.account}:assumed-role/{asker.arn.rpartition('/')[2]}/*"
    return who.kind == "AWS" and ":role/" in asker.arn and matches(pattern, who.name)


def _is_account(who: Principal, asker: Asker) -> bool:
    found = _ROOT.fullmatch(who.name)
    return asker.account is not None and asker.account == (found[1] if found else who.name)
