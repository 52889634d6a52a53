"""The partners of an environment, one after the other: a secret, a contract and a usage plan each."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.function import Function
from infra.partner_access import PartnerAccess, PartnerAccessArgs
from infra.partner_secret import PartnerSecret, PartnerSecretArgs
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPlaces:
    """Where contracts go, who renews tokens, and the stage that plans count on."""

    rotation: Function
    access: aws.dynamodb.Table
    secrets_key_arn: pulumi.Input[str]
    rest_api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]


def partner_contracts(
    settings: Settings, places: PartnerPlaces, opts: pulumi.ResourceOptions
) -> dict[str, PartnerSecret]:
    """The secrets, by partner."""
    allowed = places.rotation.allow_invocation(
        "secrets-manager",
        "secretsmanager.amazonaws.com",
        f"arn:aws:secretsmanager:{settings.region}:{settings.account_id}:secret:ocpi/{settings.environment}/partners/*",
        settings.account_id,
    )
    secrets: dict[str, PartnerSecret] = {}
    for partner in settings.partners:
        secret = PartnerSecretArgs(
            environment=settings.environment,
            partner_id=partner.id,
            token_encoding=partner.token_encoding,
            key_arn=places.secrets_key_arn,
            rotation_function_arn=places.rotation.function.arn,
            rotation_allowed=allowed,
            rotation_days=settings.rotation_days,
            weaknesses=settings.weaknesses,
        )
        secrets[partner.id] = PartnerSecret(partner.id, secret, opts)
        access = PartnerAccessArgs(
            environment=settings.environment,
            partner=partner,
            table=places.access,
            rest_api_id=places.rest_api_id,
            stage_name=places.stage_name,
            secret=secrets[partner.id],
        )
        PartnerAccess(partner.id, access, opts)
    return secrets
