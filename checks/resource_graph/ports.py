"""Protocols and ports of a rule (Amazon VPC User Guide, security group rules; network ACL rules)."""

from collections.abc import Mapping
from typing import Final

from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, CloudValue

ANY: Final = "any"
_LAST: Final = 65535
_PROTOCOLS: Final = {"-1": ANY, "all": ANY, "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_WITH_PORTS: Final = frozenset({"tcp", "udp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """`protocol` is tcp, udp, a name or number of IANA's, or `any`; `first` and `last` include each other."""

    protocol: str = ANY
    first: int = 0
    last: int = _LAST

    def common(self, other: "Ports") -> "Ports | None":
        """What both let through; None for nothing."""
        if ANY not in (self.protocol, other.protocol) and self.protocol != other.protocol:
            return None
        first, last = max(self.first, other.first), min(self.last, other.last)
        protocol = other.protocol if self.protocol == ANY else self.protocol
        return Ports(protocol=protocol, first=first, last=last) if first <= last else None

    def holds(self, other: "Ports") -> bool:
        """True if everything of `other` is let through."""
        return self.common(other) == other

    def __str__(self) -> str:
        if (self.first, self.last) == (0, _LAST):
            return "every port" if self.protocol == ANY else f"every {self.protocol} port"
        return (
            f"{self.protocol} {self.first}" if self.first == self.last else f"{self.protocol} {self.first}-{self.last}"
        )


def ports_of(rule: Mapping[str, CloudValue]) -> Ports | None:
    """What the rule is about; None where that is not known."""
    said = rule.get("protocol", rule.get("ipProtocol", ABSENT))
    if not isinstance(said, str | int):
        return None
    protocol = _PROTOCOLS.get(str(said).lower(), str(said).lower())
    if protocol not in _WITH_PORTS:
        return Ports(protocol=protocol)
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is None and last is None:
        return Ports(protocol=protocol)
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    return Ports(protocol=protocol, first=first, last=last)
