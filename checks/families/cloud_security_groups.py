"""Who may connect, as the declared security groups say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from checks.families.cloud_stack import Judgement, Stack, fails, judge_each, passes, refers, unknown
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_EVERYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})
_HTTPS: Final = 443
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _security_groups(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        rules = tuple(_ingress(stack, one))
        if UNKNOWN in rules:
            return unknown("who may connect")
        opened = [rule for rule in rules if isinstance(rule, Mapping) and _lets_everybody_in(rule)]
        behind = bool(stack.of(*_BALANCERS)) and any(refers(lb, "securityGroups", one) for lb in stack.of(*_BALANCERS))
        wrong = [rule for rule in opened if not (behind and rule.get("fromPort") == rule.get("toPort") == _HTTPS)]
        if wrong:
            return fails(f"lets everybody connect to {_ports(wrong[0])}")
        where = "HTTPS of a load balancer only" if opened else "nobody from everywhere"
        return passes(f"lets in {where} ({len(rules)} rules)", by_absence=True)

    return judge_each(case, stack.of(_GROUP, _DEFAULT_GROUP), "security group", judge)


def _ingress(stack: Stack, group: Resource) -> Iterator[CloudValue]:
    inline = group.get("ingress")
    if inline is UNKNOWN:
        yield UNKNOWN
    elif isinstance(inline, Sequence) and not isinstance(inline, str):
        yield from inline
    for rule in stack.referring(group, "securityGroupId", _INGRESS_RULE, _RULE):
        if rule.get("type") in {ABSENT, "ingress"}:
            yield rule.inputs


def _lets_everybody_in(rule: Mapping[str, CloudValue]) -> bool:
    sources: set[str] = set()
    for name in ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"):
        value = rule.get(name)
        sources |= {value} if isinstance(value, str) else _texts(value)
    return bool(sources & _EVERYBODY)


def _texts(value: CloudValue) -> set[str]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return set()
    return {item for item in value if isinstance(item, str)}


def _ports(rule: Mapping[str, CloudValue]) -> str:
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is None or str(rule.get("protocol", rule.get("ipProtocol"))) in {"-1", "all"}:
        return "every port"
    return f"port {first}" if first == last else f"ports {first} to {last}"


SECURITY_GROUPS: Final = Check(
    id="cloud-exposure-no-open-security-group",
    title="No security group lets everybody connect",
    controls=("OCPI-NET-01",),
    severity=Severity.HIGH,
    source="Amazon VPC User Guide, security group rules",
    looks_at=_NEEDS,
    judge=_security_groups,
    remediation="Name the source: the partners' addresses, or the security group of the caller.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (SECURITY_GROUPS,)
