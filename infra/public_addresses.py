"""The public internet as a list of networks: what a rule for 0.0.0.0/0 would add is inward, wherever a name points."""

from __future__ import annotations

import ipaddress
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.endpoints import ANYWHERE
from infra.naming import physical_name

_INWARD: Final = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    "224.0.0.0/3",
)


def public_addresses(environment: str, opts: pulumi.ResourceOptions) -> aws.ec2.ManagedPrefixList:
    """As a prefix list, which rules of security groups can name."""
    blocks = public_blocks()
    return aws.ec2.ManagedPrefixList(
        "public-internet",
        name=physical_name(environment, "public-internet"),
        address_family="IPv4",
        max_entries=len(blocks),
        entries=[{"cidr": block} for block in blocks],
        opts=opts,
    )


def public_blocks() -> list[str]:
    """IPv4 without private, shared, loopback, link-local, multicast and reserved ranges (RFC 6890)."""
    left = [ipaddress.IPv4Network(ANYWHERE)]
    for text in _INWARD:
        gone = ipaddress.IPv4Network(text)
        left = [part for one in left for part in (one.address_exclude(gone) if gone.subnet_of(one) else [one])]
    return [str(block) for block in sorted(left)]
