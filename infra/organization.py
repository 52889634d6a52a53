"""The organisation, its units and its accounts.

    root ── workloads ── test, prod
         └─ security ─── audit, log-archive

An organisation that is there already is taken over: `pulumi import`, see docs/deploy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.guardrails import ACCESS_ROLE
from infra.naming import physical_name

UNITS: Final[Mapping[str, tuple[str, ...]]] = {"workloads": ("test", "prod"), "security": ("audit", "log-archive")}
# Services that work for the whole organisation.
_TRUSTED: Final = (
    *("access-analyzer", "account", "cloudtrail", "config", "guardduty", "iam", "securityhub", "sso"),
    "malware-protection.guardduty",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationArgs:
    """Addresses of the accounts' root users, by account."""

    account_emails: Mapping[str, str]


class Organization(pulumi.ComponentResource):
    """`units` and `accounts` by name. Root users of the accounts get no credentials at all."""

    def __init__(self, name: str, args: OrganizationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Organization", name, None, opts)
        self._args = args
        # closing an account takes 90 days and cannot be repeated at will: `pulumi destroy` never does it
        self._kept = pulumi.ResourceOptions(parent=self, protect=True)
        self.organization = aws.organizations.Organization(
            "organization",
            feature_set="ALL",
            enabled_policy_types=["SERVICE_CONTROL_POLICY"],
            aws_service_access_principals=[f"{service}.amazonaws.com" for service in _TRUSTED],
            opts=self._kept,
        )
        self._without_root_credentials()
        root = self.organization.roots.apply(lambda roots: roots[0].id or "")
        self.units = {unit: self._unit(unit, root) for unit in UNITS}
        self.accounts = {
            account: self._account(account, self.units[unit].id)
            for unit, accounts in UNITS.items()
            for account in accounts
        }
        self.register_outputs({"accounts": {account: made.id for account, made in self.accounts.items()}})

    def _without_root_credentials(self) -> None:
        aws.iam.OrganizationsFeatures(
            "root-access",
            enabled_features=["RootCredentialsManagement", "RootSessions"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.organization]),
        )

    def _unit(self, name: str, parent: pulumi.Input[str]) -> aws.organizations.OrganizationalUnit:
        return aws.organizations.OrganizationalUnit(name, name=f"ocpi-{name}", parent_id=parent, opts=self._kept)

    def _account(self, name: str, unit: pulumi.Input[str]) -> aws.organizations.Account:
        return aws.organizations.Account(
            name,
            name=physical_name(name),
            email=self._args.account_emails[name],
            parent_id=unit,
            role_name=ACCESS_ROLE,
            iam_user_access_to_billing="DENY",
            close_on_deletion=False,
            # AWS tells neither afterwards: without this an imported account would be made anew
            opts=pulumi.ResourceOptions.merge(
                self._kept, pulumi.ResourceOptions(ignore_changes=["roleName", "iamUserAccessToBilling"])
            ),
        )
