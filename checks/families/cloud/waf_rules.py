"""What a web ACL refuses: its rules block, nothing passes before them, and known attacks are among what they stop."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checks.families.cloud.judge_firewalls import NEEDS, judge_firewalls
from checks.model.check import Case, Check
from checks.model.verdict import Verdict
from checks.resource_graph.firewall import FirewallRule, RuleSet, overridden
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_MANAGED_LABEL: Final = "awswaf:managed:"
_OTHERWISE_LABELLED: Final = {"common": "coreruleset", "sqli": "sqldatabase", "linux": "linuxos", "unix": "posixos"}
_KNOWN_BAD: Final = "AWSManagedRulesKnownBadInputsRuleSet"
# Rules of managed groups that refuse what OCPI partners rightly send: to let these only count is no gap. The 8 KB of a
# body, what HTTP clients of platforms leave out or put into a query, and addresses of clouds, where platforms run.
_UNFIT_FOR_OCPI: Final = frozenset(
    {
        "SizeRestrictions_BODY",
        "SizeRestrictions_QUERYSTRING",
        "SizeRestrictions_URIPATH",
        "NoUserAgent_HEADER",
        "HostingProviderIPList",
        "GenericRFI_QUERYARGUMENTS",
        "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
        "EC2MetaDataSSRF_QUERYARGUMENTS",
        "CategoryHttpLibrary",
        "SignalNonBrowserUserAgent",
        "SignalKnownBotDataCenter",
    }
)


def _block(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _blocks)


def _blocks(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    unknown = [rule.name for rule in rules.rules if not rule.action]
    read = {at(found, "key") for _, found in rules.of_kind("labelMatchStatement")}
    named = frozenset(_plain(str(key)) for key in read)
    idle = [
        rule.name
        for rule in rules.rules
        if rule.action == "count" and not (_labels(rule) & read or _read_as_group(rule, named))
    ]
    idle += [f"{name} of {rule.name}" for rule in rules.rules for name in _silenced(rule) if not _is_read(name, named)]
    if idle:
        return fails(f"only counts: {', '.join(idle)}")
    if unknown:
        return undecided(f"what {', '.join(unknown)} does is unknown until deploy")
    if not rules.rules:
        return fails("it has no rule", by_absence=True)
    return passes(f"none of its {len(rules.rules)} rules only counts", by_absence=True)


def _labels(rule: FirewallRule) -> set[CloudValue]:
    """Labels that a rule sets for those after it: such a rule counts for a purpose."""
    return {at(one, "name") for one in items(rule.values.get("ruleLabels", ABSENT))}


def _plain(label: str) -> str:
    """Labels of managed groups end in the name of their rule, in a spelling of their own (`NoUserAgent_Header`)."""
    return label.lower().replace("_", "").replace("-", "")


def _is_read(name: str, read: frozenset[str]) -> bool:
    return any(key.startswith(_MANAGED_LABEL) and key.endswith(f":{_plain(name)}") for key in read)


def _read_as_group(rule: FirewallRule, read: frozenset[str]) -> bool:
    """True where a later rule matches a label of the managed group (...BotControlRuleSet: `bot-control`)."""
    name = at(rule.statement, "managedRuleGroupStatement.name")
    words = _plain(str(name).removeprefix("AWSManagedRules").removesuffix("RuleSet"))
    group = _OTHERWISE_LABELLED.get(words, words)
    return isinstance(name, str) and any(key.startswith(f"{_MANAGED_LABEL}aws:{group}") for key in read)


def _silenced(rule: FirewallRule) -> Iterator[str]:
    settings = at(rule.statement, "managedRuleGroupStatement")
    if isinstance(settings, Mapping):
        for one in (*items(at(settings, "ruleActionOverrides")), *items(at(settings, "excludedRules"))):
            name = str(at(one, "name"))
            if overridden(settings, name) and name not in _UNFIT_FOR_OCPI:
                yield name


def _order(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _nothing_before)


def _nothing_before(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    opening = [rule for rule in rules.rules if rule.action == "allow" or _lets_by(rule)]
    refusing = [rule for rule in rules.rules if rule.refuses]
    if not all(isinstance(rule.priority, int | float) and rule.action for rule in rules.rules):
        return undecided("the order of its rules is unknown until deploy")
    early = [(rule, later) for rule in opening for later in refusing if _number(rule) < _number(later)]
    if early:
        rule, later = early[0]
        return fails(f"what {rule.name} lets pass is never held against {later.name}, which comes after it")
    after = f"after all {len(refusing)} rules that refuse" if opening else "by the default action only"
    return passes(f"lets requests pass {after}", by_absence=True)


def _lets_by(rule: FirewallRule) -> bool:
    """True where a rule of a managed group is told to allow what it was made to refuse: nothing after it is asked."""
    settings = at(rule.statement, "managedRuleGroupStatement.ruleActionOverrides")
    return any(at(one, "actionToUse.allow") is not ABSENT for one in items(settings))


def _number(rule: FirewallRule) -> float:
    return rule.priority if isinstance(rule.priority, int | float) else 0.0


def _known_bad(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_firewalls(case, _stops_known_attacks)


def _stops_known_attacks(_stack: Stack, _acl: Resource, rules: RuleSet) -> Judgement:
    uses = tuple(rules.managed(_KNOWN_BAD))
    blocking = [(rule, settings) for rule, settings in uses if rule.action == "group"]
    if not uses:
        return fails(f"it does not use {_KNOWN_BAD}", by_absence=True)
    if not blocking:
        return fails(f"{uses[0][0].name}: {_KNOWN_BAD} only counts")
    if all(at(settings, "scopeDownStatement") is not ABSENT for _, settings in blocking):
        return undecided(f"{blocking[0][0].name} looks at some requests only, by its scope-down statement")
    return passes(f"{blocking[0][0].name} stops what is known to be an attack")


RULES_BLOCK: Final = Check(
    id="cloud-waf-rules-block",
    title="No rule of the web ACL only counts what it was made to stop",
    controls=("OCPI-NET-02",),
    severity=Severity.HIGH,
    source="AWS WAF Developer Guide, rule actions; overriding rule group actions",
    looks_at=NEEDS,
    judge=_block,
    remediation="Let the rule block; give a rule that only marks requests a label that a later rule matches.",
    witness=Witness.CLOUD_DECLARED,
)
ORDER: Final = Check(
    id="cloud-waf-nothing-passes-before-the-rules",
    title="No rule lets a request pass before every rule that may refuse it was asked",
    controls=("OCPI-NET-02",),
    severity=Severity.HIGH,
    source="AWS WAF Developer Guide, setting rule priority in a web ACL",
    looks_at=NEEDS,
    judge=_order,
    remediation="Give rules that allow a higher priority number than all rules that block.",
    witness=Witness.CLOUD_DECLARED,
)
KNOWN_BAD: Final = Check(
    id="cloud-waf-known-bad-inputs",
    title="The web ACL stops known attacks",
    controls=("OCPI-NET-02",),
    severity=Severity.MEDIUM,
    source="AWS WAF Developer Guide, known bad inputs managed rule group",
    looks_at=NEEDS,
    judge=_known_bad,
    remediation=f"Add {_KNOWN_BAD} with override_action none.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (RULES_BLOCK, ORDER, KNOWN_BAD)
