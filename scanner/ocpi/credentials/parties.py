"""The parties that a credentials object names."""

from collections.abc import Mapping
from typing import Final

from scanner.model.json_value import JsonValue
from scanner.ocpi.objects import party_of

_MOST: Final = 50


def parties_named(credentials: JsonValue) -> tuple[str, ...]:
    """Of its roles, or its own, where it names one party (2.1.1); as `NL-ABC`, sorted, each once."""
    known = credentials if isinstance(credentials, Mapping) else {}
    roles = known.get("roles")
    named = (party_of(one) for one in (roles if isinstance(roles, list) else [known]))
    return tuple(sorted({str(party) for party in named if party}))[:_MOST]
