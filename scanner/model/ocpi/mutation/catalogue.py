"""Every rule of mutation, with its expectation and where that is written."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from scanner.model.ocpi.mutation import (
    absence,
    content_type,
    contradiction,
    date,
    duplicate,
    enumeration,
    framing,
    injection,
    length,
    nesting,
    number,
    protected,
    surplus,
    unicode,
    url,
    wrong_type,
)
from scanner.model.ocpi.mutation.mutant import Family, Rule

_ALL: Final = (
    *wrong_type.RULES,
    *absence.RULES,
    *absence.MISSING_RULES,
    *length.RULES,
    *enumeration.RULES,
    *date.RULES,
    *number.RULES,
    *url.RULES,
    *unicode.RULES,
    *injection.RULES,
    *duplicate.RULES,
    *content_type.RULES,
    *framing.RULES,
    *surplus.RULES,
    *protected.RULES,
    *contradiction.RULES,
    *nesting.RULES,
)
RULES: Final[Mapping[tuple[Family, str], Rule]] = MappingProxyType({(rule.family, rule.name): rule for rule in _ALL})
COUNT: Final = len(_ALL)
POISONOUS: Final = frozenset(rule.family for rule in _ALL if rule.poisons)
