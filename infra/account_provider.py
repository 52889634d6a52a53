"""The provider of a stack: one account and region, and no other."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.naming import common_tags


def account_provider(
    name: str, kind: str, account_id: pulumi.Input[str], region: str, *, role_arn: pulumi.Input[str] | None = None
) -> aws.Provider:
    """Refuses to work in any account but the declared one. `role_arn`: of a role in another account, to work there."""
    return aws.Provider(
        name,
        region=region,
        allowed_account_ids=[account_id],
        assume_roles=None if role_arn is None else [_role(role_arn)],
        default_tags={"tags": dict(common_tags(kind))},
    )


def _role(arn: pulumi.Input[str]) -> aws.ProviderAssumeRoleArgs:
    """As a class: the SDK writes a provider's inputs as JSON, and leaves the keys of plain dictionaries as they are."""
    return aws.ProviderAssumeRoleArgs(role_arn=arn, session_name="ocpi-posture")
