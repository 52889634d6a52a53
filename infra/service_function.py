"""The OCPI service on Lambda."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import archives, policies
from infra.contracts import Partner, PartyRole
from infra.function import ARCHITECTURE, RUNTIME, Function, FunctionArgs, Placement, Surroundings
from infra.naming import PROJECT, physical_name
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceArgs:
    """`dependencies` is the folder that `python -m infra.bundle` has filled, as seen from the project."""

    surroundings: Surroundings
    placement: Placement
    account_id: str
    region: str
    origin: str
    parties: Sequence[PartyRole]
    partners: Sequence[Partner]
    objects: aws.dynamodb.Table
    access: aws.dynamodb.Table
    secrets_key_arn: pulumi.Input[str]
    dependencies: str
    concurrency: int
    weaknesses: frozenset[Weakness] = frozenset()


class Service(pulumi.ComponentResource):
    """The function with the service's code, the layer with its libraries, the key of its log references."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Service", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._reference_key = self._log_reference_key()
        self.function = Function("service", self._function_args(), self._own)
        if Weakness.PUBLIC_SERVICE in args.weaknesses:
            self._open_to_the_internet()
        self.register_outputs({"arn": self.function.function.arn})

    def _function_args(self) -> FunctionArgs:
        return FunctionArgs(
            surroundings=self._args.surroundings,
            description="OCPI service",
            handler="infra.service_on_lambda.handler.handle",
            # what makes it a server on one machine, and the faults for tests, stay at home
            code=archives.sources("service", "service_on_lambda", without=("service/faults", "service/deployment")),
            layers=[self._libraries().arn],
            settings=self._settings(),
            statements=self._statements(),
            concurrency=None if Weakness.UNBOUNDED_FUNCTION in self._args.weaknesses else self._args.concurrency,
            timeout=28,  # the gateway gives up after 29
            memory=1024,
            placement=self._args.placement,
        )

    def _libraries(self) -> aws.lambda_.LayerVersion:
        return aws.lambda_.LayerVersion(
            "libraries",
            layer_name=physical_name(self._args.surroundings.environment, "libraries"),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            code=archives.libraries(self._args.dependencies),
            opts=self._own,
        )

    def _log_reference_key(self) -> aws.kms.Key:
        """Logs name objects by keyed hashes. The key is derived by KMS at start-up and stored nowhere.

        Automatic rotation (CKV_AWS_7) does not exist for HMAC keys.
        """
        root = {"AWS": policies.account_root(self._args.account_id)}
        return aws.kms.Key(
            "log-references",
            description="Keyed hashes that stand for objects in the service's log",
            key_usage="GENERATE_VERIFY_MAC",
            customer_master_key_spec="HMAC_256",
            deletion_window_in_days=30,
            policy=policies.document(policies.allow("AccountDecidesByIam", ["kms:*"], ["*"], principal=root)),
            opts=self._own,
        )

    def _settings(self) -> dict[str, pulumi.Input[str]]:
        args = self._args
        settings: dict[str, pulumi.Input[str]] = {
            "PUBLIC_ORIGIN": args.origin,
            "PARTIES": json.dumps([party.as_json() for party in args.parties]),
            "OBJECTS_TABLE": args.objects.name,
            "ACCESS_TABLE": args.access.name,
            "PARTNER_SECRETS": f"{PROJECT}/{args.surroundings.environment}/partners/",
            "LOG_REFERENCE_KEY": self._reference_key.key_id,
            # contracts are read once per instance: a changed one starts new instances
            "CONTRACTS_VERSION": _version_of(args.partners),
        }
        if Weakness.TOKEN_IN_ENVIRONMENT in args.weaknesses:
            settings["CREDENTIALS_TOKEN"] = hashlib.sha256(b"a made-up token, accepted nowhere").hexdigest()
        return settings

    def _statements(self) -> list[policies.Statement]:
        args = self._args
        secrets = f"arn:aws:secretsmanager:{args.region}:{args.account_id}:secret:{PROJECT}/"
        own_keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["token#*", "registration#*"]}}
        index = args.objects.arn.apply(lambda arn: f"{arn}/index/*")
        read = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
        write = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"]
        anything = [policies.allow("Anything", ["dynamodb:*"], ["*"])]
        return [
            *(anything if Weakness.SERVICE_MAY_ANYTHING in args.weaknesses else []),
            policies.allow("Objects", [*read, *write], [args.objects.arn, index]),
            policies.allow("ReadAccess", ["dynamodb:GetItem", "dynamodb:Query"], [args.access.arn]),
            # contracts are the stack's: the service cannot widen one
            policies.allow("Registrations", write, [args.access.arn], condition=own_keys),
            policies.allow(
                "PartnerTokens",
                ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
                [f"{secrets}{args.surroundings.environment}/partners/*"],
            ),
            policies.allow("SecretsKey", ["kms:Decrypt", "kms:GenerateDataKey"], [args.secrets_key_arn]),
            policies.allow("LogReferences", ["kms:GenerateMac"], [self._reference_key.arn]),
        ]

    def _open_to_the_internet(self) -> None:
        aws.lambda_.FunctionUrl(
            "public", function_name=self.function.function.name, authorization_type="NONE", opts=self._own
        )


def _version_of(partners: Sequence[Partner]) -> str:
    contracts = json.dumps([partner.as_json() for partner in partners], sort_keys=True)
    return hashlib.sha256(contracts.encode()).hexdigest()[:16]
