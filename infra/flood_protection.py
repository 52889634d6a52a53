"""Shield Advanced, for those who want it: 3,000 USD a month for the whole organisation, bound for a year.

It cannot stand before a stage of API Gateway: that has Shield Standard, the firewall's rates and the stage's own limit,
which cost nothing more. What it can take over is the hosted zone of the partners' host name; with it come AWS's
response team and the refund of what a flood has cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.config_reader import Section
from infra.naming import physical_name

KEY: Final = "shieldAdvanced"
YEARLY_USD: Final = 36_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodProtectionArgs:
    """`hosted_zone`: id of the Route 53 zone with the record that partners resolve."""

    environment: str
    hosted_zone: str


class FloodProtection(pulumi.ComponentResource):
    """The subscription, which `pulumi destroy` leaves as AWS does, and the zone's protection."""

    def __init__(self, name: str, args: FloodProtectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:FloodProtection", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        subscription = aws.shield.Subscription("shield", auto_renew="ENABLED", skip_destroy=True, opts=own)
        self.zone = aws.shield.Protection(
            "zone",
            name=physical_name(args.environment, "zone"),
            resource_arn=f"arn:aws:route53:::hostedzone/{args.hosted_zone}",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[subscription]),
        )
        self.register_outputs({"zone": self.zone.arn})


def read_hosted_zone(section: Section) -> str | None:
    """None without the option. Raises SettingsError unless the yearly cost is written beside it."""
    if KEY not in section:
        return None
    given = section.section(KEY, f"{{hostedZone: Z.., yearlyCostUsd: {YEARLY_USD}}}")
    if not set(given):
        return None
    given.known_keys_only(("hostedZone", "yearlyCostUsd"))
    zone = given.text("hostedZone", r"Z[A-Z0-9]{1,31}", "the id of the Route 53 zone of domainName, like Z123EXAMPLE")
    given.number("yearlyCostUsd", YEARLY_USD, YEARLY_USD, "what AWS takes for the year that this binds you to, in USD")
    return zone
