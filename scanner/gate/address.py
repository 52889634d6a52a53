"""Which network addresses are internal: a target's name must not lead a scan into somebody's own network."""

import ipaddress

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_NEVER_PUBLIC = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # RFC 8215, local NAT64
    ipaddress.IPv6Network("fec0::/10"),  # RFC 3879, the old site-local
    ipaddress.IPv6Network("::/96"),  # RFC 4291, IPv4-compatible
    ipaddress.IPv6Network("::ffff:0:0:0/96"),  # RFC 2765, IPv4-translated
)


def is_internal(address: str) -> bool:
    """True for everything that is not globally reachable: loopback, private, link-local, multicast, unspecified.

    IPv4 addresses inside IPv6 ones (mapped, 6to4, Teredo, NAT64) are judged by the IPv4 address.

    Raises: ValueError if `address` is not an IP address.
    """
    parsed = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(parsed, ipaddress.IPv6Address) and any(parsed in network for network in _NEVER_PUBLIC):
        return True
    return any(not a.is_global or a.is_multicast for a in _with_embedded(parsed))


def is_loopback(address: str) -> bool:
    """True for 127.0.0.0/8, ::1 and their mapped forms; false for anything else, names included."""
    try:
        parsed = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_loopback


def _with_embedded(address: IpAddress) -> tuple[IpAddress, ...]:
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    embedded: list[IpAddress] = []
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        embedded.append(address.sixtofour)
    if address.teredo:
        embedded.extend(address.teredo)
    if address in _NAT64:
        return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),)
    return (address, *embedded)
