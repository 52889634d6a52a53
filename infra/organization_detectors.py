"""What watches all accounts of the organisation at once, from the audit account: its delegated administrator.

GuardDuty is on in every account, those that are made later included; the findings of Security Hub come together here.
Delegation is the org stack's: before it, AWS refuses these, so the config has to name who it gave them to.
"""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name


class OrganizationDetectors(pulumi.ComponentResource):
    """GuardDuty, Security Hub, and an analyzer of access from outside the organisation."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:OrganizationDetectors", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        detector = aws.guardduty.Detector(
            "detector", enable=True, finding_publishing_frequency="FIFTEEN_MINUTES", opts=own
        )
        aws.guardduty.OrganizationConfiguration(
            "detector", detector_id=detector.id, auto_enable_organization_members="ALL", opts=own
        )
        hub = aws.securityhub.Account(
            "hub", enable_default_standards=True, control_finding_generator="SECURITY_CONTROL", opts=own
        )
        aws.securityhub.OrganizationConfiguration(
            "hub", auto_enable=True, opts=pulumi.ResourceOptions(parent=self, depends_on=[hub])
        )
        aws.accessanalyzer.Analyzer(
            "outside", analyzer_name=physical_name("audit", "outside"), type="ORGANIZATION", opts=own
        )
        self.register_outputs({"detector": detector.id})
