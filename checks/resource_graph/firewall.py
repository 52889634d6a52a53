"""The rules of a declared web ACL, in their order of evaluation.

AWS WAF Developer Guide, web ACL rule evaluation: lower priority first; `allow` and `block` end it, `count` does not.
Rules stand in the web ACL, as blocks or as JSON, or are resources of their own; those of a declared rule group count
where it is used.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.firewall_json import rules_in_json
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, CloudValue, Marker, Resource

WEB_ACL: Final = "aws:wafv2/webAcl:WebAcl"
IP_SET: Final = "aws:wafv2/ipSet:IpSet"
_RULE: Final = "aws:wafv2/webAclRule:WebAclRule"
_GROUP: Final = "aws:wafv2/ruleGroup:RuleGroup"
_ATTACHED: Final = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"
_ACTIONS: Final = ("allow", "block", "count", "captcha", "challenge")
_REFUSES: Final = frozenset({"block", "captcha", "challenge"})
_LAST: Final = 2**31


@dataclass(frozen=True, slots=True, kw_only=True)
class FirewallRule:
    """One rule. `action`: a word of AWS WAF, `group` for what the rules of a group decide, "" for one not known."""

    name: str
    priority: CloudValue
    action: str
    statement: Mapping[str, CloudValue]
    values: Mapping[str, CloudValue]

    @property
    def refuses(self) -> bool:
        """True where a match can end in a refusal."""
        return self.action in _REFUSES or self.action == "group"

    def every_statement(self) -> Iterator[Mapping[str, CloudValue]]:
        """The statement and all that are nested in it, each a mapping of one kind to its settings."""
        yield from _nested(self.statement)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """All rules in order of evaluation. `hidden`: why there may be others; empty where there are none."""

    rules: tuple[FirewallRule, ...]
    hidden: str = ""

    def of_kind(self, kind: str) -> Iterator[tuple[FirewallRule, Mapping[str, CloudValue]]]:
        """Every rule that has a statement of a kind (`rateBasedStatement`) anywhere in it, with that statement."""
        for rule in self.rules:
            for statement in rule.every_statement():
                settings = at(statement, kind)
                if isinstance(settings, Mapping):
                    yield rule, settings

    def managed(self, name: str) -> Iterator[tuple[FirewallRule, Mapping[str, CloudValue]]]:
        """The uses of a rule group that AWS manages."""
        return (found for found in self.of_kind("managedRuleGroupStatement") if found[1].get("name") == name)


def rules_of(stack: Stack, acl: Resource) -> RuleSet:
    """What a web ACL evaluates."""
    given = (*items(acl.get("rules")), *(rules_in_json(acl.get("ruleJson")) or ()))
    rules = [_rule(one) for one in given if isinstance(one, Mapping)]
    rules += [_rule({"name": one.name, **one.inputs}) for one in stack.referring(acl, "webAclArn", _RULE)]
    rules += [rule for use in tuple(rules) for rule in _of_group(stack, acl, use)]
    hidden = _hidden(stack, acl, given)
    return RuleSet(rules=tuple(sorted(rules, key=_order)), hidden=hidden)


def overridden(settings: Mapping[str, CloudValue], rule: str) -> bool:
    """True where one rule of a managed group is told to count, in place of what it does."""
    for one in items(settings.get("ruleActionOverrides", ABSENT)):
        if at(one, "name") == rule:
            return at(one, "actionToUse.count") is not ABSENT or at(one, "actionToUse.allow") is not ABSENT
    return any(at(one, "name") == rule for one in items(settings.get("excludedRules", ABSENT)))


def _rule(values: Mapping[str, CloudValue]) -> FirewallRule:
    statement = values.get("statement")
    return FirewallRule(
        name=str(values.get("name", "without a name")),
        priority=values.get("priority", ABSENT),
        action=_action(values),
        statement=statement if isinstance(statement, Mapping) else {},
        values=values,
    )


def _action(values: Mapping[str, CloudValue]) -> str:
    override = at(values, "overrideAction")
    if isinstance(override, Mapping):
        return "count" if at(override, "count") is not ABSENT else "group"
    action = at(values, "action")
    known = (word for word in _ACTIONS if at(action, word) is not ABSENT) if isinstance(action, Mapping) else ()
    return next(iter(known), "")


def _of_group(stack: Stack, acl: Resource, use: FirewallRule) -> Iterator[FirewallRule]:
    """The rules of a rule group of the same stack, at the place where it is used; they count if the use counts."""
    arn = at(use.statement, "ruleGroupReferenceStatement.arn")
    if arn is ABSENT:
        return
    for group in stack.of(_GROUP):
        if arn == group.outputs.get("arn") or (
            isinstance(arn, Marker) and group in stack.referred(acl, "rules", _GROUP)
        ):
            for one in items(group.get("rules")):
                if isinstance(one, Mapping):
                    yield _rule({**one, "priority": use.priority, **_counted(use)})


def _counted(use: FirewallRule) -> Mapping[str, CloudValue]:
    return {"action": {"count": {}}} if use.action == "count" else {}


def _hidden(stack: Stack, acl: Resource, given: tuple[CloudValue, ...]) -> str:
    if any(isinstance(one, Marker) for one in given):
        return "some of its rules are unknown until deploy"
    if acl.get("ruleJson") not in (ABSENT, None, "") and rules_in_json(acl.get("ruleJson")) is None:
        return "its rules stand in a JSON text, which cannot be read"
    if stack.referring(acl, "webAclArn", _ATTACHED):
        return "a rule group is attached to it, whose rules are not read"
    return ""


def _order(rule: FirewallRule) -> float:
    return rule.priority if isinstance(rule.priority, int | float) else _LAST


def _nested(statement: CloudValue) -> Iterator[Mapping[str, CloudValue]]:
    if not isinstance(statement, Mapping):
        return
    yield statement
    for settings in statement.values():
        for name in ("statement", "scopeDownStatement"):
            yield from _nested(at(settings, name))
        for one in items(at(settings, "statements")):
            yield from _nested(one)
