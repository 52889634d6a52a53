"""Which sizes of a body the rules of a web ACL refuse.

AWS WAF Developer Guide, size constraint rule statement, oversize web request components: a rule on the body sees no
more of it than AWS WAF was handed; a rule on Content-Length sees the whole declared length.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.firewall import FirewallRule, RuleSet, overridden
from checks.resource_graph.nested import at
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, CloudValue

MOST_INSPECTED: Final = 65_536  # bytes: AWS WAF never looks further
CORE_LIMIT: Final = "SizeRestrictions_BODY"
_CORE: Final = "AWSManagedRulesCommonRuleSet"
_CORE_SIZE: Final = 8_192
_ABOVE: Final = ("GT", "GE")
_LONGEST_EXPRESSION: Final = 512  # characters: AWS WAF takes no longer ones


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimit:
    """A rule that refuses bodies above so many bytes of what AWS WAF is handed, or whatever was cut off (`cut`)."""

    rule: str
    size: float
    cut: bool


def body_limits(rules: RuleSet) -> Iterator[BodyLimit]:
    """Limits on the body itself, that of the managed core group among them."""
    for rule, settings in rules.managed(_CORE):
        if rule.action == "group" and not overridden(settings, CORE_LIMIT):
            yield BodyLimit(rule=f"{rule.name} ({CORE_LIMIT})", size=_CORE_SIZE, cut=False)
    for rule, settings in rules.of_kind("sizeConstraintStatement"):
        body, size = _body(settings), settings.get("size")
        above = settings.get("comparisonOperator") in _ABOVE
        if rule.refuses and above and body is not ABSENT and isinstance(size, int | float):
            yield BodyLimit(rule=rule.name, size=size, cut=at(body, "oversizeHandling") == "MATCH")


def refusing_length(rules: RuleSet, length: int) -> str:
    """The first rule that refuses a Content-Length of so many bytes; "" if none does."""
    return next((rule.name for rule in rules.rules if rule.refuses and _by_length(rule, str(length))), "")


def _body(settings: Mapping[str, CloudValue]) -> CloudValue:
    body = at(settings, "fieldToMatch.body")
    return at(settings, "fieldToMatch.jsonBody") if body is ABSENT else body


def _by_length(rule: FirewallRule, digits: str) -> bool:
    for statement in rule.every_statement():
        for kind in ("regexMatchStatement", "sizeConstraintStatement"):
            settings = at(statement, kind)
            header = str(at(settings, "fieldToMatch.singleHeader.name")).lower()
            if isinstance(settings, Mapping) and header == "content-length" and _matches(settings, digits):
                return True
    return False


def _matches(settings: Mapping[str, CloudValue], digits: str) -> bool:
    """By an expression, which meets a dozen digits at most, or by the number of the digits."""
    expression, size = settings.get("regexString"), settings.get("size")
    if isinstance(expression, str) and len(expression) <= _LONGEST_EXPRESSION:
        try:
            return re.search(expression, digits) is not None
        except re.error:
            return False
    if isinstance(size, int | float):
        return len(digits) > size if settings.get("comparisonOperator") == "GT" else len(digits) >= size
    return False
