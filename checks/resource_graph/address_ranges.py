"""IPv4 and IPv6 ranges: how much a list of CIDRs holds together, and whether that is everybody.

IANA special-purpose address registries (RFC 6890), documentation ranges (RFC 5737, RFC 3849, RFC 9637).
"""

from collections.abc import Iterable
from ipaddress import (
    IPv4Network,
    IPv6Network,
    collapse_addresses,
    ip_network,
)
from typing import Final

from scanner.model.resource import CloudValue

Network = IPv4Network | IPv6Network

# Shorter prefixes hold more than any one owner does: registries hand out /8 and /12 at most (IANA address registries).
SHORTEST_PREFIX: Final = {4: 8, 6: 12}
_SHORTEST_SUM: Final = {4: 4, 6: 8}  # sixteen of those together are no list of partners, either
_BITS: Final = {4: 32, 6: 128}
_IN_USE: Final = IPv6Network("2000::/3")
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")
PRIVATE: Final[tuple[Network, ...]] = (
    *(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),  # RFC 1918
    IPv4Network("100.64.0.0/10"),  # shared address space (RFC 6598), which AWS lets a VPC have
    _UNIQUE_LOCAL,  # RFC 4193
)
LOOPBACK_AND_LINK_LOCAL: Final[tuple[Network, ...]] = (
    *(IPv4Network(text) for text in ("127.0.0.0/8", "169.254.0.0/16", "0.0.0.0/8")),
    *(IPv6Network(text) for text in ("::1/128", "fe80::/10", "fd00:ec2::/32")),  # the last has the metadata services
)


def network_of(value: CloudValue) -> Network | None:
    """The network of a CIDR or a single address, host bits ignored; None for what is not known, or is no network."""
    try:
        return ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None


def union(networks: Iterable[Network]) -> tuple[Network, ...]:
    """The fewest networks that hold the same addresses: IPv4 first, sorted, none twice and none inside another."""
    known = tuple(networks)
    four = collapse_addresses(one for one in known if isinstance(one, IPv4Network))
    six = collapse_addresses(one for one in known if isinstance(one, IPv6Network))
    return (*four, *six)


def size(networks: Iterable[Network], version: int) -> int:
    """How many addresses of IP version 4 or 6 the networks hold together; overlaps count once."""
    return sum(one.num_addresses for one in union(networks) if one.version == version)


def covers(networks: Iterable[Network], wanted: Network) -> bool:
    """True if the networks together hold every address of `wanted`."""
    return any(_inside(wanted, one) for one in union(networks))


def is_everybody(networks: Iterable[Network]) -> bool:
    """True for ranges so wide, one by one or together, that they let in whoever comes; private ones are not counted."""
    public = [one for one in union(networks) if not _inside(one, _UNIQUE_LOCAL)]
    wide = any(one.prefixlen < SHORTEST_PREFIX[one.version] for one in public)
    return wide or any(size(public, v) > 1 << bits - _SHORTEST_SUM[v] for v, bits in _BITS.items())


def is_private(network: Network) -> bool:
    """True for a network that is nowhere on the internet: private, shared, loopback or link-local throughout."""
    return any(_inside(network, one) for one in (*PRIVATE, *LOOPBACK_AND_LINK_LOCAL))


def public_part(network: Network) -> tuple[Network, ...]:
    """What is left of a network without the private ranges; of IPv6 what is in use on the internet, 2000::/3."""
    if isinstance(network, IPv6Network):
        return (network,) if network.subnet_of(_IN_USE) else (_IN_USE,) if _IN_USE.subnet_of(network) else ()
    left = [network]
    for inside in (one for one in (*PRIVATE, *LOOPBACK_AND_LINK_LOCAL) if isinstance(one, IPv4Network)):
        left = [part for one in left for part in _without(one, inside)]
    return tuple(collapse_addresses(left))


def _without(network: IPv4Network, inside: IPv4Network) -> Iterable[IPv4Network]:
    if network.subnet_of(inside):
        return ()
    return network.address_exclude(inside) if inside.subnet_of(network) else (network,)


def overlap(first: Network, second: Network) -> bool:
    """True if the two have an address in common."""
    return _inside(first, second) or _inside(second, first)


def _inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
