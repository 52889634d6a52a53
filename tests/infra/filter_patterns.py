"""The part of CloudWatch Logs' filter language that our alarms speak, applied to a line of JSON.

Amazon CloudWatch Logs User Guide, filter pattern syntax: terms `$.a.b = "x*"`, `!=`, `>=`, `IS NULL`,
`NOT EXISTS`, joined by `&&` before `||`. A term on a missing key never matches, except NOT EXISTS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

_TERM: Final = re.compile(r'\$\.([\w.]+)\s*(?:(NOT EXISTS|IS NULL)|(!=|>=|=)\s*(?:"([^"]*)"|(\d+)))')
_MISSING: Final = object()


def matches(pattern: str, line: Mapping[str, Any]) -> bool:
    """True when the filter counts the line. Raises ValueError for what this part does not know."""
    body = re.fullmatch(r"\{ (.+) \}", pattern)
    if not body:
        raise ValueError(f"no filter on JSON: {pattern}")
    return any(all(_term(term, line) for term in group.split(" && ")) for group in body[1].split(" || "))


def _term(text: str, line: Mapping[str, Any]) -> bool:
    found = _TERM.fullmatch(text.strip())
    if not found:
        raise ValueError(f"no term: {text}")
    path, state, operator, word, number = found.groups()
    value = _value(path, line)
    if state:
        return value is _MISSING if state == "NOT EXISTS" else value is None
    if value is _MISSING or value is None:
        return False
    if number is not None:
        return isinstance(value, int) and (value >= int(number) if operator == ">=" else value == int(number))
    return fnmatchcase(str(value), word.replace("[", "[[]")) is (operator == "=")


def _value(path: str, line: Any) -> Any:
    for name in path.split("."):
        if not isinstance(line, Mapping) or name not in line:
            return _MISSING
        line = line[name]
    return line
