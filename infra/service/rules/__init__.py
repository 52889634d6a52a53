"""What must be true of an object beside its types: its parts fit together. One module a kind, all versions in it.

A rule names fields, never values. Fields that a version lacks are absent, and rules about them say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from infra.service.rules.cdrs import cdr_rules
from infra.service.rules.locations import location_rules
from infra.service.rules.profiles import preferences_rules, profile_rules
from infra.service.rules.sessions import session_rules
from infra.service.rules.tariffs import tariff_rules
from infra.service.rules.texts import text_rules
from infra.service.rules.tokens import token_rules
from infra.service.status import invalid_object
from infra.service.store import Kind
from infra.service.strict_json import JsonObject

_RULES: Final[Mapping[Kind, Callable[[JsonObject], Iterator[str]]]] = {
    Kind.LOCATIONS: location_rules,
    Kind.TARIFFS: tariff_rules,
    Kind.TOKENS: token_rules,
    Kind.SESSIONS: session_rules,
    Kind.CDRS: cdr_rules,
    Kind.CHARGING_PROFILES: profile_rules,
    Kind.CHARGING_PREFERENCES: preferences_rules,
}
_NAMED: Final = 3  # rules in one message


def check_rules(kind: Kind, document: JsonObject) -> None:
    """Raises Refusal (HTTP 200 with OCPI 2001) when a rule is broken."""
    broken = list(dict.fromkeys(broken_rules(kind, document)))
    if broken:
        raise invalid_object("; ".join(broken[:_NAMED]))


def broken_rules(kind: Kind, document: JsonObject) -> Iterator[str]:
    """What is wrong with a well-typed object, in words."""
    yield from text_rules(document)
    if kind in _RULES:
        yield from _RULES[kind](document)
