"""A way as a picture: each hop with the sign of what it is."""

import re
from collections.abc import Sequence
from typing import Final

from reports.text import one_line
from scanner.model.late_dataclass import dataclass

_SIGNS: Final = (
    ("outside", r"the internet|InternetGateway|NatGateway|EgressOnlyInternetGateway|EIP|Address"),
    ("gate", r"SecurityGroup|the default security group|NetworkAcl|WebAcl|Firewall|Authorizer"),
    ("store", r"Table|Cluster|ClusterInstance|DBInstance|Bucket\w*|Secret|FileSystem|Database"),
    ("road", r"Subnet|RouteTable|local route|VpcPeering\w*|TransitGateway\w*|Vpc\w*|VpnGateway|\d+\.\d+\.\d+\.\d+/\d+"),
    ("runs", r"Function|Service|Instance|TaskDefinition|Container\w*"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """`sign`: the symbol (`outside`, `gate`, `road`, `store`, `runs`, `door`); `kind` may be empty."""

    sign: str
    kind: str
    name: str


def hops(path: Sequence[str]) -> tuple[Hop, ...]:
    """`Function service` as its kind and its name; a hop that has no name is its own."""
    return tuple(_hop(one_line(text, 120)) for text in path)


def _hop(text: str) -> Hop:
    typed = re.fullmatch(r"([A-Z]\w+) (\S.*)", text)
    kind, name = typed.groups() if typed else ("", text)
    what = kind or text
    sign = next((sign for sign, words in _SIGNS if re.match(rf"(?:{words})(?!\w)", what)), "door")
    return Hop(sign=sign, kind=kind, name=name)
