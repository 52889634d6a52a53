"""ARNs as policies write them, held against what they may be about.

IAM User Guide, Resource element: a wildcard stays within what stands between two colons; fields that are left out at
the end stand for anything; a policy variable is filled in by who asks.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from checks.resource_graph.policy_reach import matches, overlap

_FIELDS: Final = 6  # arn:partition:service:region:account:resource
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")


@lru_cache(maxsize=4096)
def may_meet(pattern: str, part: str) -> bool:
    """True where something fits both, whatever a variable is filled in with."""
    return _by_field(open_variables(pattern), part, overlap)


@lru_cache(maxsize=4096)
def surely_covers(pattern: str, part: str) -> bool:
    """True where all of `part` fits the pattern; one with a variable covers nothing for sure."""
    return _VARIABLE.search(pattern) is None and _by_field(pattern, part, matches)


def open_variables(pattern: str) -> str:
    """`bucket/${aws:username}/*` as the pattern of all that it may stand for."""
    return _VARIABLE.sub("*", pattern)


def _by_field(pattern: str, part: str, compare: Callable[[str, str], bool]) -> bool:
    fields, others = pattern.split(":", _FIELDS - 1), part.split(":", _FIELDS - 1)
    if len(fields) == 1 or len(others) < _FIELDS:
        return compare(pattern, part)
    return all(map(compare, [*fields, *["*"] * (_FIELDS - len(fields))], others))
