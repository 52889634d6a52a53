"""Rules of security groups, wherever they are declared; those of several groups add up (Amazon VPC User Guide)."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from checks.resource_graph.address_ranges import Network, network_of
from checks.resource_graph.identifiers import identifiers
from checks.resource_graph.leaves import hides, items
from checks.resource_graph.ports import Ports, ports_of
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import UNKNOWN, CloudValue, Resource

GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUPS: Final = (GROUP, DEFAULT_GROUP)
_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_PREFIX_LIST: Final = "aws:ec2/managedPrefixList:ManagedPrefixList"
_PREFIX_ENTRY: Final = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"
_ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
_NETWORKS: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
_OTHER_GROUPS: Final = ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")
_LISTS: Final = ("prefixListIds", "prefixListId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Who may connect (ingress), or where to (egress): the networks, and members of the groups.

    `ports` None: not known. `groups`: URNs of the stack's, ids of others. `doubt`: what of the rule is not known, so
    that it may let through more.
    """

    ports: Ports | None
    networks: tuple[Network, ...] = ()
    groups: frozenset[str] = frozenset()
    doubt: str | None = None


_EVERYWHERE: Final = Rule(ports=Ports(), networks=(IPv4Network("0.0.0.0/0"), IPv6Network("::/0")))


def rules(stack: Stack, group: Resource, *, egress: bool) -> tuple[Rule, ...]:
    """All rules of one direction, inline and on their own."""
    name = "egress" if egress else "ingress"
    inline = [_read(stack, group, group, name, one) for one in items(group.get(name))]
    alone = stack.referring(group, "securityGroupId", _EGRESS_RULE if egress else _INGRESS_RULE, _RULE)
    meant = (one for one in alone if one.token != _RULE or one.get("type") in (name, UNKNOWN))
    found = (*inline, *(_read(stack, group, one, None, one.inputs) for one in meant))
    return found or ((_EVERYWHERE,) if egress and _by_cloudformation(stack, group) else ())


def _by_cloudformation(stack: Stack, group: Resource) -> bool:
    """CloudFormation leaves the rule that lets everything out, where none is given; Terraform and Pulumi take it away.

    CloudFormation User Guide, AWS::EC2::SecurityGroup; Terraform AWS provider, aws_security_group.
    """
    return group.token == GROUP and stack.declared.source.startswith("CloudFormation")


def _read(stack: Stack, group: Resource, source: Resource, name: str | None, rule: CloudValue) -> Rule:
    """`name`: the property of `source` that the rule stands in; None for a rule that is a resource."""
    if not isinstance(rule, Mapping):
        return Rule(ports=None, doubt=f"rules of security group {group.name} are unknown until deploy")
    listed = [one for key in _NETWORKS for one in items(rule.get(key))]
    networks = [network for network in map(network_of, listed) if network]
    groups = _groups(stack, source, name, rule)
    doubt = len(networks) < len(listed) or (not groups and any(hides(rule.get(key)) for key in _OTHER_GROUPS))
    for key in _LISTS:
        if items(rule.get(key)):
            held = _listed(stack, source, name or key)
            networks += held or ()
            doubt = doubt or held is None
    if rule.get("self") is True:
        groups |= {group.urn}
    why = f"a rule of security group {group.name} is unknown until deploy, or names a list that is not declared"
    return Rule(ports=ports_of(rule), networks=tuple(networks), groups=groups, doubt=why if doubt else None)


def _groups(stack: Stack, source: Resource, name: str | None, rule: Mapping[str, CloudValue]) -> frozenset[str]:
    """Groups that the rule names. What flows into inline rules is known for the property only, not for each rule."""
    found: set[str] = set()
    for key in _OTHER_GROUPS:
        value = rule.get(key)
        literal = set(texts(value))
        for group in stack.referred(source, name or key, *GROUPS):
            known = literal & set(identifiers(group))
            literal -= known
            if known or name is None or hides(value):
                found.add(group.urn)
        found |= literal
    return frozenset(found)


def _listed(stack: Stack, source: Resource, name: str) -> tuple[Network, ...] | None:
    """Networks of the stack's prefix lists; none for that of a gateway endpoint; None where one is not declared."""
    lists = stack.referred(source, name, _PREFIX_LIST)
    endpoints = stack.referred(source, name, _ENDPOINT)
    if not lists and not endpoints:
        return None
    values = [value for one in lists for value in _entries(stack, one)]
    networks = [network for network in map(network_of, values) if network]
    return tuple(networks) if len(networks) == len(values) else None


def _entries(stack: Stack, one: Resource) -> Iterator[CloudValue]:
    for entry in items(one.get("entries")):
        yield entry.get("cidr") if isinstance(entry, Mapping) else entry
    yield from (alone.get("cidr") for alone in stack.referring(one, "prefixListId", _PREFIX_ENTRY))
