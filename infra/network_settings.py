"""What the config says of the network: its range, its zones, who is called from it, and whether containers fit in."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from infra.config_reader import Section
from infra.container_settings import ContainerSettings
from infra.contracts import Partner

RANGE: Final = "10.40.0.0/22"
ZONES: Final = ("a", "b")
EGRESS: Final = "filtered"
EGRESS_ZONES: Final = 2  # a firewall and a NAT gateway in each: cost, not need, is the limit
ISOLATED_SHARE: Final = 8  # of the range, one part to a zone
EGRESS_SHARE: Final = 16
# RFC 1918; other inward ranges AWS keeps for itself, or refuses
_PRIVATE: Final = tuple(ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
_HTTPS: Final = 443
_OF_AWS: Final = 5  # addresses of each subnet (Amazon VPC User Guide, subnet sizing)
_OTHERS: Final = {"isolated": 16, "calling": 3}  # endpoints, balancer, link, functions; rotation


def read_vpc_cidr(section: Section) -> str:
    """A private network, with room for the subnets."""
    what = "a private network like 10.40.0.0/22, /16 to /24"
    text = section.text("vpcCidr", r"[0-9./]+", what, RANGE)
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise section.error("vpcCidr", f"is {text!r} ({error}); set it to {what}") from None
    if not any(network.subnet_of(block) for block in _PRIVATE) or not 16 <= network.prefixlen <= 24:  # noqa: PLR2004 - the sizes AWS and two subnets allow
        raise section.error("vpcCidr", f"is {text!r}; set it to {what}")
    return text


def read_zones(section: Section, region: str) -> tuple[str, ...]:
    """Two to four, by their whole names."""
    letters = section.choices("availabilityZones", tuple("abcdef"), ZONES)
    if not 2 <= len(letters) <= 4:  # noqa: PLR2004 - one zone is no redundancy, four subnets fill the network
        raise section.error("availabilityZones", f"has {len(letters)} zones; set two to four letters")
    return tuple(f"{region}{letter}" for letter in letters)


def read_egress_hosts(section: Section, partners: Sequence[Partner]) -> tuple[str, ...] | None:
    """Hosts of the partners' own URLs; whoever switches the filter off says why."""
    reason = section.text("egressReason", r"|\S.{9,499}", "why, in 10 to 500 characters", "")
    if section.choice("egress", ("filtered", "unfiltered"), EGRESS) == "unfiltered":
        if not reason:
            raise section.error("egressReason", "is missing; set it to why partners are called without a filter")
        return None
    return tuple(sorted({_host(section, partner) for partner in partners}))


def _host(section: Section, partner: Partner) -> str:
    if partner.versions_url is None:
        raise section.error("egress", f"is filtered, and {partner.id} has no `versions_url`; set it in its block")
    url = urlsplit(partner.versions_url)
    if (url.port or _HTTPS) != _HTTPS:
        raise section.error(
            "egress", f"is filtered and lets out to port 443, and {partner.id} has {url.port}; agree on 443 with it"
        )
    return str(url.hostname)


def refuse_crowded(section: Section, container: ContainerSettings, cidr: str, zones: int) -> None:
    """While a new version takes over, twice as many containers run, each with an address of its own."""
    kind, share, number = "isolated", ISOLATED_SHARE, zones
    if container.calls_partners:
        kind, share, number = "calling", EGRESS_SHARE, EGRESS_ZONES
    free = ipaddress.IPv4Network(cidr).num_addresses // share - _OF_AWS - _OTHERS[kind]
    most = max(0, free) * number // 2
    if container.at_most > most:
        raise section.error(
            "vpcCidr",
            f"is {cidr}, where {most} containers fit into the {kind} subnets, twice while a new version takes over, "
            f"and container.atMost is {container.at_most}; set a wider range or fewer containers",
        )
