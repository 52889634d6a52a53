"""What the OCPI service is told and what it may do, the same for a function of ours and for a container of your own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.contracts import Partner, PartyRole
from infra.naming import PROJECT
from infra.quarantine import Quarantine
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceData:
    """Whose service, and the tables and secrets that it works on."""

    environment: str
    account_id: str
    region: str
    origin: str
    parties: Sequence[PartyRole]
    partners: Sequence[Partner]
    objects: aws.dynamodb.Table
    access: aws.dynamodb.Table
    quarantine: Quarantine
    secrets_key_arn: pulumi.Input[str]
    weaknesses: frozenset[Weakness] = frozenset()


def log_reference_key(account_id: str, opts: pulumi.ResourceOptions) -> aws.kms.Key:
    """Logs name objects by keyed hashes. The key is derived by KMS at start-up and stored nowhere.

    Automatic rotation (CKV_AWS_7) does not exist for HMAC keys.
    """
    root = {"AWS": policies.account_root(account_id)}
    return aws.kms.Key(
        "log-references",
        description="Keyed hashes that stand for objects in the service's log",
        key_usage="GENERATE_VERIFY_MAC",
        customer_master_key_spec="HMAC_256",
        deletion_window_in_days=30,
        policy=policies.document(policies.allow("AccountDecidesByIam", ["kms:*"], ["*"], principal=root)),
        opts=opts,
    )


def service_settings(data: ServiceData, reference_key: aws.kms.Key) -> dict[str, pulumi.Input[str]]:
    """The environment variables; no secret is among them, only where secrets are."""
    settings: dict[str, pulumi.Input[str]] = {
        "PUBLIC_ORIGIN": data.origin,
        "PARTIES": json.dumps([party.as_json() for party in data.parties]),
        "OBJECTS_TABLE": data.objects.name,
        "ACCESS_TABLE": data.access.name,
        "QUARANTINE_TABLE": data.quarantine.table.name,
        "PARTNER_SECRETS": f"{PROJECT}/{data.environment}/partners/",
        "LOG_REFERENCE_KEY": reference_key.key_id,
        # contracts are read once per instance: a changed one starts new instances
        "CONTRACTS_VERSION": _version_of(data.partners),
    }
    if Weakness.TOKEN_IN_ENVIRONMENT in data.weaknesses:
        settings["CREDENTIALS_TOKEN"] = hashlib.sha256(b"a made-up token, accepted nowhere").hexdigest()
    return settings


def service_statements(data: ServiceData, reference_key: aws.kms.Key) -> list[policies.Statement]:
    """Tables, the partners' tokens, and the key of log references."""
    secrets = f"arn:aws:secretsmanager:{data.region}:{data.account_id}:secret:{PROJECT}/"
    own_keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["token#*", "registration#*"]}}
    index = data.objects.arn.apply(lambda arn: f"{arn}/index/*")
    read = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
    write = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"]
    anything = [policies.allow("Anything", ["dynamodb:*"], ["*"])]
    return [
        *(anything if Weakness.SERVICE_MAY_ANYTHING in data.weaknesses else []),
        policies.allow("Objects", [*read, *write], [data.objects.arn, index]),
        policies.allow("ReadAccess", ["dynamodb:GetItem", "dynamodb:Query"], [data.access.arn]),
        # contracts are the stack's: the service cannot widen one
        policies.allow("Registrations", write, [data.access.arn], condition=own_keys),
        policies.allow(
            "PartnerTokens",
            ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
            [f"{secrets}{data.environment}/partners/*"],
        ),
        policies.allow("SecretsKey", ["kms:Decrypt", "kms:GenerateDataKey"], [data.secrets_key_arn]),
        *data.quarantine.written(),
        policies.allow("LogReferences", ["kms:GenerateMac"], [reference_key.arn]),
    ]


def _version_of(partners: Sequence[Partner]) -> str:
    contracts = json.dumps([partner.as_json() for partner in partners], sort_keys=True)
    return hashlib.sha256(contracts.encode()).hexdigest()[:16]
