"""Who may take which role of people, by name, from the config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from infra.config_reader import Section
from infra.stack_config import ACCOUNT, ACCOUNT_WORDS

ROLES: Final = ("admin", "auditor", "break-glass", "operator")
_KEY: Final = "people"
_ACCOUNT_KEY: Final = "peopleAccountId"
_USER: Final = r"[A-Za-z0-9+=,.@_-]{1,64}"  # IAM API Reference, CreateUser
_WORDS: Final = "users by role, {admin: [..], operator: [..], auditor: [..], break-glass: [..]}"
_ALONE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Users of the account in which people sign in, by the role that they may take."""

    account: str
    by_role: Mapping[str, tuple[str, ...]]


def read_names(section: Section, own: str) -> Names | None:
    """None: people come by IAM Identity Center, and the stack makes no roles for them. `own`: the stack's account.

    Raises: SettingsError, also where one person alone could open everything in the night and nobody would stand in.
    """
    account = section.text(_ACCOUNT_KEY, rf"|{ACCOUNT}", f"{ACCOUNT_WORDS}, or to nothing", "")
    if account == own:
        raise section.error(_ACCOUNT_KEY, "is the account of this stack; set it to another one, or to nothing")
    given = section.section(_KEY, _WORDS) if _KEY in section else Section(_KEY, {})
    if not account:
        if set(given):
            raise section.error(_ACCOUNT_KEY, f"is missing, and `{_KEY}` names users; set it to {ACCOUNT_WORDS}")
        return None
    if not set(given):
        raise section.error(_KEY, f"is missing, and `{_ACCOUNT_KEY}` is set; set it to {_WORDS}")
    given.known_keys_only(ROLES)
    return Names(account=account, by_role={role: _users(given, role) for role in sorted(set(given))})


def _users(given: Section, role: str) -> tuple[str, ...]:
    users = given.texts(role, _USER, "a list of names of IAM users")
    if not users:
        raise given.error(role, "is empty; name at least one user, or leave the role out")
    if role == "break-glass" and len(users) == _ALONE:
        raise given.error(role, f"has {users[0]} alone; name a second user, for the night on which that one is away")
    return users
