"""Who may connect, as the declared security groups say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.address_ranges import Network, is_everybody, network_of
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.stack import Stack, refers
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
_DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_BALANCERS: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
_SOURCES: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
_PREFIX_LISTS: Final = ("prefixListIds", "prefixListId")
_HTTPS: Final = 443
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _security_groups(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        rules = tuple(_ingress(stack, one))
        behind = any(refers(lb, "securityGroups", one) for lb in stack.of(*_BALANCERS))
        known = [rule for rule in rules if isinstance(rule, Mapping)]
        weighed = [rule for rule in known if not (behind and _is_https(rule))]
        wrong = next((rule for rule in weighed if is_everybody(_sources(rule))), None)
        if wrong:
            return fails(f"lets everybody connect to {_ports(wrong)}")
        if is_everybody([source for rule in weighed for source in _sources(rule)]):
            return fails(f"lets everybody connect by {len(weighed)} rules that add up")
        if len(known) < len(rules) or any(_is_doubtful(rule) for rule in weighed):
            return undecided("who may connect is unknown until deploy, or stands in a prefix list")
        opened = len(weighed) < len(known)
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
        if rule.get("type") != "egress":
            yield rule.inputs


def _is_https(rule: Mapping[str, CloudValue]) -> bool:
    """TCP 443 and nothing else; a rule for all protocols opens every port, whatever ports it names."""
    protocol = rule.get("protocol", rule.get("ipProtocol"))
    return protocol in ("tcp", "6") and rule.get("fromPort") == rule.get("toPort") == _HTTPS


def _values(rule: Mapping[str, CloudValue], *names: str) -> list[CloudValue]:
    """Single values and the items of lists under these names, without what is not set."""
    found: list[CloudValue] = []
    for name in names:
        value = rule.get(name)
        found += value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    return [value for value in found if value is not None and value != ""]


def _sources(rule: Mapping[str, CloudValue]) -> list[Network]:
    return [network for network in map(network_of, _values(rule, *_SOURCES)) if network]


def _is_doubtful(rule: Mapping[str, CloudValue]) -> bool:
    return bool(_values(rule, *_PREFIX_LISTS)) or any(network_of(source) is None for source in _values(rule, *_SOURCES))


def _ports(rule: Mapping[str, CloudValue]) -> str:
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is None or str(rule.get("protocol", rule.get("ipProtocol"))) in ("-1", "all"):
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
