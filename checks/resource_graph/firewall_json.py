"""Rules of a web ACL that are given as a JSON text (`rule_json`), under the names that rules have elsewhere.

AWS WAF API Reference, `Rule`: names there begin with a capital, and write abbreviations in capitals (`IPSet`, `ARN`).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from scanner.model.resource import CloudValue

_LONGEST: Final = 2 * 2**20  # characters
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z]*|[a-z]+|[^A-Za-z]+")


def rules_in_json(text: CloudValue) -> tuple[Mapping[str, CloudValue], ...] | None:
    """The rules; None for what is unknown, or no list of rules."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        read = json.loads(text)
        rules = _renamed(read) if isinstance(read, list) and all(isinstance(one, dict) for one in read) else None
    except (ValueError, RecursionError):
        return None
    return None if rules is None else tuple(rules)


def _renamed(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {_name(name): _renamed(inner) for name, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def _name(name: str) -> str:
    """`IPSetReferenceStatement`: `ipSetReferenceStatement`; `ARN`: `arn`."""
    words: list[str] = _WORD.findall(name)
    return "".join([*(word.lower() for word in words[:1]), *(word.capitalize() for word in words[1:])])
