"""One address, spelled in ways that filters overlook and resolvers understand."""

import ipaddress
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def spellings(place: str) -> dict[str, str]:
    """Name and host part of a URL for each way to write a place; a name or an IPv6 address has one only."""
    try:
        address = ipaddress.ip_address(place.strip("[]"))
    except ValueError:
        return {"name": place}
    if isinstance(address, ipaddress.IPv6Address):
        return {"ipv6": f"[{address}]"}
    first, *rest = str(address).split(".")
    return {
        "dotted": str(address),
        "decimal": str(int(address)),
        "hexadecimal": hex(int(address)),
        "octal": ".".join((f"0{int(first):o}", *rest)),
        "short": f"{first}.{int.from_bytes(address.packed[1:])}",
        "ipv4-mapped": f"[::ffff:{address}]",
    }


def inward_places(configured: tuple[str, ...], host: str) -> tuple[str, ...]:
    """Where the canary is reached from the target: as configured, or loopback where the target is on this machine."""
    if configured:
        return configured
    try:
        return (LOOPBACK,) if ipaddress.ip_address(host) in ipaddress.ip_network("127.0.0.0/8") else ()
    except ValueError:
        return ()


def other_loopback(place: str) -> dict[str, str]:
    """Further names of this host itself, where the place is loopback (RFC 1122, 3.2.1.3; RFC 6761, 6.3)."""
    return {"unspecified": "0.0.0.0"} if place == LOOPBACK else {}  # noqa: S104 - called, not bound
