"""Protection against floods where AWS Shield Advanced can give it: a protection, or rules of the web ACL for floods.

AWS Shield Advanced protects distributions, load balancers and accelerators, not stages of API Gateway; Shield Standard
is on for everybody, and whether it is enough is a decision of people.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from checks.attested import in_words, newest
from checks.checklist.loader import checklist
from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import EntryKind
from checks.resource_graph.firewall import WEB_ACL, RuleSet, rules_of
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.ocpi_service import ocpi_service
from checks.resource_graph.stack import Stack
from scanner.model.facts.attestation import AttestationRead
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ScanTime
from scanner.model.resource import Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_PROTECTION: Final = "aws:shield/protection:Protection"
_ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
_RULES: Final = "AWSManagedRulesAntiDDoSRuleSet"
_KINDS: Final = frozenset(
    {
        EntryKind.DISTRIBUTION,
        EntryKind.APPLICATION_BALANCER,
        EntryKind.CLASSIC_BALANCER,
        EntryKind.ACCELERATOR,
    }
)
_CONTROL: Final = "OCPI-NET-04"
_DECISION: Final = "flood-protection-decision"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _floods(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    decision, case = _decision(case)
    service = ocpi_service(stack)
    entries = {
        entry.resource.urn: entry.resource
        for entry, reach in service.reached
        if entry.kind in _KINDS and any(way.workload.urn in service.workloads for way in reach.ways)
    }
    unit = "shieldable OCPI entry point"
    return judge_each(case, entries.values(), unit, lambda one: _protected(stack, one, decision))


def _decision(case: Case[DeclaredResources]) -> tuple[str | None, Case[DeclaredResources]]:
    """Who decided that what is there is enough, in words, and the case with that as its evidence.

    None where nobody did, or the decision does not count on the day of the run.
    """
    alone = replace(case, joined=())
    asked = checklist().control(_CONTROL).attested(_DECISION)
    files = [one for one in case.all(AttestationRead) if one.fact.speaks_of(_CONTROL, _DECISION)]
    if not files:
        return None, alone
    said = newest([one.fact for one in files], asked, case.one(ScanTime).fact.now.date())
    if said.attestation is None or said.doubts or not said.attestation.holds:
        return None, alone
    speaking = tuple(one for one in files if one.fact.name == said.name)
    return in_words(said.attestation, asked), replace(case, joined=speaking)


def _protected(stack: Stack, one: Resource, decision: str | None) -> Judgement:
    shields = stack.referring(one, "resourceArn", _PROTECTION)
    if shields:
        return passes(f"Shield Advanced protects it ({shields[0].name})")
    acls = _acls(stack, one)
    said = [_by_rules(acl, rules_of(stack, acl), decision) for acl in acls]
    if said:
        return said[0]
    if one.token == aws.DISTRIBUTION and one.get("webAclId"):
        return undecided("its web ACL is not declared in this stack")
    return fails("nothing but Shield Standard stands against a flood: no protection, no web ACL", by_absence=True)


def _by_rules(acl: Resource, rules: RuleSet, decision: str | None) -> Judgement:
    groups = [rule for rule, _ in rules.managed(_RULES) if rule.action == "group"]
    if groups:
        return passes(f"rule {groups[0].name} of web ACL {acl.name} tells floods apart")
    if rules.hidden:
        return undecided(f"web ACL {acl.name}: {rules.hidden}")
    if any(rule.action == "block" for rule, _ in rules.of_kind("rateBasedStatement")):
        enough = f"web ACL {acl.name} limits rates, and Shield Standard does the rest: that this is enough"
        if decision:
            return passes(f"{enough} is decided by {decision}")
        return undecided(f"{enough} is a decision which nobody has put on record, or that is no longer in force")
    return fails(f"web ACL {acl.name} has no rule against floods: neither {_RULES} nor a rate")


def _acls(stack: Stack, one: Resource) -> tuple[Resource, ...]:
    if one.token == aws.DISTRIBUTION:
        return stack.referred(one, "webAclId", WEB_ACL)
    fronts = stack.referring(one, "resourceArn", _ASSOCIATION)
    return tuple(acl for front in fronts for acl in stack.referred(front, "webAclArn", WEB_ACL))


FLOODS: Final = Check(
    id="cloud-ddos-protected",
    title="Floods meet more than the protection that everybody has",
    controls=(_CONTROL,),
    severity=Severity.MEDIUM,
    source="AWS Shield Developer Guide, resources that Shield Advanced protects; AWS WAF, anti-DDoS managed rule group",
    looks_at=_NEEDS,
    joins=(
        Need(fact=AttestationRead, witness=Witness.ATTESTATION, required=False),
        Need(fact=ScanTime, required=False),
    ),
    judge=_floods,
    remediation=f"Declare aws.shield.Protection for it, or add {_RULES} to its web ACL.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (FLOODS,)
