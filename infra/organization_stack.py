"""The organisation, put together: accounts, guard rails, the trail of all of them. In the management account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.account_baseline import AccountBaseline
from infra.account_provider import account_provider
from infra.delegation import Delegation, DelegationArgs
from infra.guardrails import ACCESS_ROLE, Guardrails, GuardrailsArgs
from infra.naming import physical_name
from infra.organization import Organization, OrganizationArgs
from infra.organization_alarms import OrganizationAlarms, OrganizationAlarmsArgs
from infra.organization_settings import OrganizationSettings
from infra.organization_trail import OrganizationTrail, OrganizationTrailArgs
from infra.own_key import OwnKeyArgs, log_groups_use, own_key, publishers_use

_KIND: Final = "org"
_ARCHIVE: Final = "log-archive"
_DELEGATED: Final = "audit"


def deploy(settings: OrganizationSettings) -> None:
    """Register every resource of the organisation, and export what the other stacks' configs need."""
    platform = OrganizationPlatform(settings)
    pulumi.export("organization_id", platform.organization.organization.id)
    pulumi.export("accounts", {name: account.id for name, account in platform.organization.accounts.items()})
    pulumi.export("delegated_admin", platform.organization.accounts[_DELEGATED].id)
    pulumi.export("trail_bucket", platform.trail.kept.bucket.bucket)
    pulumi.export("alarm_topic_arn", platform.alarms.topic.arn)


class OrganizationPlatform(pulumi.ComponentResource):
    """Everything of the stack of kind org."""

    def __init__(self, settings: OrganizationSettings) -> None:
        provider = account_provider("account", _KIND, settings.account_id, settings.region)
        opts = pulumi.ResourceOptions(providers=[provider])
        super().__init__("ocpi-posture:infra:OrganizationPlatform", physical_name(_KIND), None, opts)
        self._settings = settings
        self._own = pulumi.ResourceOptions(parent=self)
        emails = OrganizationArgs(account_emails=settings.account_emails)
        self.organization = Organization("organization", emails, self._own)
        self._guard()
        members = self._members()
        self.trail = self._trail(members[_ARCHIVE])
        self.alarms = self._alarms()
        self.register_outputs({})

    def _guard(self) -> None:
        units = {name: unit.id for name, unit in self.organization.units.items()}
        args = GuardrailsArgs(
            organization=self.organization.organization,
            targets=units,
            approved_regions=self._settings.approved_regions,
        )
        self.guardrails = Guardrails("guardrails", args, self._own)
        audit = self.organization.accounts[_DELEGATED]
        delegation = DelegationArgs(account_id=audit.id, after=[self.organization.organization])
        Delegation("delegation", delegation, self._own)

    def _members(self) -> Mapping[str, aws.Provider]:
        """A way into each account, which begins safe; the management account itself as well."""
        AccountBaseline("management", self._own)
        providers = {}
        for name, account in self.organization.accounts.items():
            role = pulumi.Output.concat("arn:aws:iam::", account.id, f":role/{ACCESS_ROLE}")
            provider = account_provider(name, _KIND, account.id, self._settings.region, role_arn=role)
            providers[name] = provider
            AccountBaseline(name, pulumi.ResourceOptions(parent=self, providers=[provider]))
        return providers

    def _trail(self, archive: aws.Provider) -> OrganizationTrail:
        s = self._settings
        key = self._key("logs", "Log groups of the management account", log_groups_use(s.account_id, s.region))
        args = OrganizationTrailArgs(
            account_id=s.account_id,
            region=s.region,
            organization_id=self.organization.organization.id,
            archive=archive,
            archive_account_id=self.organization.accounts[_ARCHIVE].id,
            log_key_arn=key.arn,
            retention_days=s.log_retention_days,
        )
        return OrganizationTrail("trail", args, self._own)

    def _alarms(self) -> OrganizationAlarms:
        s = self._settings
        key = self._key("alerts", "Alarm topic", publishers_use(s.account_id, "cloudwatch"))
        args = OrganizationAlarmsArgs(
            account_id=s.account_id,
            email=s.alarm_email,
            topic_key_id=key.key_id,
            log_group=self.trail.log_group.name,
        )
        return OrganizationAlarms("alarms", args, self._own)

    def _key(self, purpose: str, description: str, statement: Mapping[str, object]) -> aws.kms.Key:
        args = OwnKeyArgs(
            environment=_KIND,
            account_id=self._settings.account_id,
            description=description,
            statements=(statement,),
        )
        return own_key(purpose, args, self._own)
