"""The scanner's own secrets in the audit account: the token that an environment delivers, and its client certificate.

    rotation in the environment ── may write, not read ──> token ──> the one role that scans that environment
    an operator, once a year ────────────────────────────> certificate ──> the same role

So no environment opens a secret to another account: it is handed the token of a partner, as every partner is.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.delivered_to import DeliveredTo
from infra.naming import PROJECT, physical_name
from infra.own_key import OwnKeyArgs, own_key

_KIND = "audit"
_RECOVERY_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSecretsArgs:
    """`environment` in `environment_account` is what is scanned."""

    environment: str
    environment_account: str
    account_id: str
    region: str


class ScannerSecrets(pulumi.ComponentResource):
    """Two secrets under a key of their own."""

    def __init__(self, name: str, args: ScannerSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ScannerSecrets", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.key = self._key()
        self.token = self._secret("token", "Credentials token of the scanner, delivered by the rotation there")
        self.certificate = self._secret("certificate", "Client certificate of the scanner and its key, both PEM")
        self._delivered()
        self.register_outputs({"token": self.token.arn})

    @property
    def _rotation(self) -> dict[str, object]:
        """The environment's rotation, by its name: the audit account is there before it."""
        account, environment = self._args.environment_account, self._args.environment
        return {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{rotation_role_name(environment)}"}}

    def _key(self) -> aws.kms.Key:
        through = {"kms:ViaService": f"secretsmanager.{self._args.region}.amazonaws.com"}
        delivers = policies.allow(
            "EncryptedByTheRotation",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            ["*"],
            principal={"AWS": policies.account_root(self._args.environment_account)},
            condition=self._rotation | {"StringEquals": through},
        )
        args = OwnKeyArgs(
            environment=_KIND,
            account_id=self._args.account_id,
            description=f"The scanner's token and certificate for {self._args.environment}",
            statements=(delivers,),
        )
        return own_key(f"scanner-{self._args.environment}", args, self._own)

    def _secret(self, purpose: str, description: str) -> aws.secretsmanager.Secret:
        # Nothing here could make a token that the environment accepts: its own rotation renews and delivers it. The
        # certificate is its CA's to renew.
        # ocpi-posture: accept cloud-secrets-rotated owner="platform" reason="renewed from outside" until=2035-12-31
        # ocpi-posture: accept CKV2_AWS_57 owner="platform" reason="renewed from outside" until=2035-12-31
        # ocpi-posture: accept CKV2_OCPI_2 owner="platform" reason="renewed from outside" until=2035-12-31
        return aws.secretsmanager.Secret(
            f"{self._args.environment}-{purpose}",
            name=f"{scanner_secrets_path(self._args.environment)}/{purpose}",
            description=description,
            kms_key_id=self.key.arn,
            recovery_window_in_days=_RECOVERY_DAYS,
            opts=self._own,
        )

    def _delivered(self) -> None:
        statement = policies.allow(
            "WrittenByTheRotation",
            ["secretsmanager:PutSecretValue"],
            ["*"],
            principal={"AWS": policies.account_root(self._args.environment_account)},
            condition=self._rotation,
        )
        aws.secretsmanager.SecretPolicy(
            f"{self._args.environment}-token",
            secret_arn=self.token.arn,
            policy=policies.document(statement),
            block_public_policy=True,
            opts=self._own,
        )


def rotation_role_name(environment: str) -> str:
    """`ocpi-test-rotation`, in the environment's account."""
    return physical_name(environment, "rotation")


def scanner_secrets_path(environment: str) -> str:
    """`ocpi/audit/scanner/test`, in the audit account."""
    return f"{PROJECT}/{_KIND}/scanner/{environment}"


def reads_scanner_secrets(secrets: ScannerSecrets) -> list[policies.Statement]:
    """For the role of the scan."""
    return [
        policies.allow(
            "DeliveredToken", ["secretsmanager:GetSecretValue"], [secrets.token.arn, secrets.certificate.arn]
        ),
        policies.allow("DeliveredTokenKey", ["kms:Decrypt"], [secrets.key.arn]),
    ]


def delivers_token(to: DeliveredTo, region: str) -> list[policies.Statement]:
    """For the rotation: it writes that secret and no other, and decrypts nothing else with the key there."""
    only = {
        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
        "kms:EncryptionContext:SecretARN": to.secret,
    }
    encrypts = ["kms:Decrypt", "kms:GenerateDataKey"]
    return [
        policies.allow("DeliverToken", ["secretsmanager:PutSecretValue"], [to.secret]),
        policies.allow("DeliverTokenKey", encrypts, [to.key], condition={"StringEquals": only}),
    ]
