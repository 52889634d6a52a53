"""The audit account looks after the detectors of all accounts: nobody works in the management account for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

_BY_PRINCIPAL: Final = ("access-analyzer", "config")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationArgs:
    """To whom. `after`: the organisation, whose trusted services these are."""

    account_id: pulumi.Input[str]
    after: Sequence[pulumi.Resource]


class Delegation(pulumi.ComponentResource):
    """Delegated administrator of GuardDuty, Security Hub, IAM Access Analyzer and AWS Config."""

    def __init__(self, name: str, args: DelegationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Delegation", name, None, opts)
        own = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        aws.guardduty.OrganizationAdminAccount("guardduty", admin_account_id=args.account_id, opts=own)
        aws.securityhub.OrganizationAdminAccount("securityhub", admin_account_id=args.account_id, opts=own)
        for service in _BY_PRINCIPAL:
            aws.organizations.DelegatedAdministrator(
                service, account_id=args.account_id, service_principal=f"{service}.amazonaws.com", opts=own
            )
        self.register_outputs({"account": args.account_id})
