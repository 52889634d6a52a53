"""Network ACLs of subnets: the first rule that matches decides (Amazon VPC User Guide, network ACL rules).

They keep no state: an answer needs a rule of its own. Only the way there is looked at, since one datagram is enough.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from checks.resource_graph.address_ranges import Network, covers, network_of, overlap
from checks.resource_graph.leaves import items
from checks.resource_graph.ports import Ports, ports_of
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import UNKNOWN, CloudValue, Resource

_LIST: Final = "aws:ec2/networkAcl:NetworkAcl"
_DEFAULT: Final = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
_ASSOCIATION: Final = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
_VPC: Final = "aws:ec2/vpc:Vpc"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    number: int
    allows: bool
    network: Network
    ports: Ports


def lets_through(stack: Stack, subnet: Resource, network: Network, ports: Ports, *, egress: bool) -> bool | None:
    """True if something of `ports` gets through between the subnet and something of `network`; None if not known.

    A subnet without a list of its own has that of its VPC, which lets everything through unless it is declared.
    """
    chosen = _list_of(stack, subnet)
    if chosen is None:
        return True
    rules = list(_rules(stack, chosen, egress=egress))
    if None in rules:
        return None
    for rule in sorted((one for one in rules if one), key=lambda one: one.number):
        if overlap(rule.network, network) and rule.ports.common(ports):
            if rule.allows:
                return True
            if covers([rule.network], network) and rule.ports.holds(ports):
                return False
    return False


def _list_of(stack: Stack, subnet: Resource) -> Resource | None:
    joined = stack.referring(subnet, "subnetId", _ASSOCIATION)
    own = [one for each in joined for one in stack.referred(each, "networkAclId", _LIST)]
    own += stack.referring(subnet, "subnetIds", _LIST, _DEFAULT)
    own += [
        one
        for network in stack.referred(subnet, "vpcId", _VPC)
        for name in ("defaultNetworkAclId", "vpcId")
        for one in stack.referring(network, name, _DEFAULT)
    ]
    return own[0] if own else None


def _rules(stack: Stack, chosen: Resource, *, egress: bool) -> Iterator[_Rule | None]:
    name = "egress" if egress else "ingress"
    yield from (_read(one, "ruleNo", "action") for one in items(chosen.get(name)))
    for one in stack.referring(chosen, "networkAclId", _RULE):
        if one.get("egress") is UNKNOWN:
            yield None
        elif (one.get("egress") is True) is egress:
            yield _read(one.inputs, "ruleNumber", "ruleAction")


def _read(rule: CloudValue, number: str, action: str) -> _Rule | None:
    """None for a rule of which anything that matters is not known."""
    if not isinstance(rule, Mapping):
        return None
    network = network_of(rule.get("cidrBlock") or rule.get("ipv6CidrBlock"))
    ports, at, said = ports_of(rule), rule.get(number), rule.get(action)
    if network is None or ports is None or not isinstance(at, int) or not isinstance(said, str):
        return None
    return _Rule(number=at, allows=said.lower() == "allow", network=network, ports=ports)
