"""One Lambda function as all of ours are: own role, own log group, encrypted settings, dead letters, tracing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.function_outside import function_outside
from infra.logs import LogGroups
from infra.naming import log_group_name, physical_name

RUNTIME: Final = "python3.13"
ARCHITECTURE: Final = "arm64"
_MANAGED: Final = "arn:aws:iam::aws:policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Inside the network; a function without one runs in Lambda's own network, with a way to the internet."""

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all functions of a stack share."""

    environment: str
    logs: LogGroups
    settings_key_arn: pulumi.Input[str]
    dead_letters: aws.sqs.Queue
    alerts_key_arn: pulumi.Input[str]
    boundary_arn: pulumi.Input[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionArgs:
    """`statements` is everything the function may do beside logging, tracing and dead letters. Times are seconds."""

    surroundings: Surroundings
    description: str
    handler: str
    code: pulumi.Archive
    settings: Mapping[str, pulumi.Input[str]]
    statements: Sequence[policies.Statement]
    concurrency: int | None  # instances at the same time; none: what the account has
    timeout: int
    memory: int = 512
    placement: Placement | None = None
    layers: Sequence[pulumi.Input[str]] = ()


class Function(pulumi.ComponentResource):
    """The function with everything around it. `name` is its purpose: service, authoriser, rotation."""

    def __init__(self, name: str, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Function", name, None, opts)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.log_group = args.surroundings.logs.group(name, log_group_name(args.surroundings.environment, name))
        self.role = self._role()
        self.function = self._function([self._own_policy(), *self._managed_policies()])
        self.register_outputs({"arn": self.function.arn})

    def allow_invocation(
        self, name: str, principal: str, source_arn: pulumi.Input[str], account_id: str | None = None
    ) -> aws.lambda_.Permission:
        """Let one AWS service call the function, for one source only."""
        return aws.lambda_.Permission(
            name,
            function=self.function.name,
            action="lambda:InvokeFunction",
            principal=principal,
            source_arn=source_arn,
            source_account=account_id,
            opts=self._own,
        )

    def _role(self) -> aws.iam.Role:
        return aws.iam.Role(
            self._name,
            name=physical_name(self._args.surroundings.environment, self._name),
            assume_role_policy=policies.lambda_trust(),
            permissions_boundary=self._args.surroundings.boundary_arn,
            opts=self._own,
        )

    def _own_policy(self) -> aws.iam.RolePolicy:
        around = self._args.surroundings
        statements = [
            policies.allow(
                "Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.arn.apply(lambda a: f"{a}:*")]
            ),
            policies.allow("DeadLetters", ["sqs:SendMessage"], [around.dead_letters.arn]),
            policies.allow("DeadLettersKey", ["kms:GenerateDataKey", "kms:Decrypt"], [around.alerts_key_arn]),
            policies.allow("Settings", ["kms:Decrypt"], [around.settings_key_arn]),
            *self._args.statements,
        ]
        return aws.iam.RolePolicy(self._name, role=self.role.id, policy=policies.document(*statements), opts=self._own)

    def _managed_policies(self) -> list[aws.iam.RolePolicyAttachment]:
        """AWS's own policies where the actions have no resource to restrict: tracing, network interfaces."""
        wanted = {"tracing": f"{_MANAGED}/AWSXRayDaemonWriteAccess"}
        if self._args.placement is not None:
            wanted["network"] = f"{_MANAGED}/service-role/AWSLambdaVPCAccessExecutionRole"
        return [
            aws.iam.RolePolicyAttachment(f"{self._name}-{name}", role=self.role.name, policy_arn=arn, opts=self._own)
            for name, arn in wanted.items()
        ]

    def _function(self, permissions: Sequence[pulumi.Resource]) -> aws.lambda_.Function:
        # Code signing would refuse every archive that AWS Signer has not signed. The engine uploads what it has hashed
        # itself, and nobody but the role of deployments changes code.
        args, opts = self._settings(), pulumi.ResourceOptions(parent=self, depends_on=list(permissions))
        if self._args.placement is None:
            return function_outside(self._name, args, opts)
        # ocpi-posture: accept CKV_AWS_272 owner="platform" reason="nothing here signs archives" until=2035-12-31
        return aws.lambda_.Function(self._name, args, opts)

    def _settings(self) -> aws.lambda_.FunctionArgs:
        args = self._args
        return aws.lambda_.FunctionArgs(
            name=physical_name(args.surroundings.environment, self._name),
            description=args.description,
            role=self.role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=args.handler,
            code=args.code,
            layers=list(args.layers),
            timeout=args.timeout,
            memory_size=args.memory,
            reserved_concurrent_executions=args.concurrency,
            kms_key_arn=args.surroundings.settings_key_arn,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=args.settings),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            # asynchronous invocations only; the gateway's and the authoriser's are answered at once
            dead_letter_config=aws.lambda_.FunctionDeadLetterConfigArgs(target_arn=args.surroundings.dead_letters.arn),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=self.log_group.name),
            vpc_config=self._vpc_config(),
            # the one way out that was agreed: what a function without a placement calls is the partners' own business
            tags=None if args.placement else {"segment": "egress"},
        )

    def _vpc_config(self) -> aws.lambda_.FunctionVpcConfigArgs | None:
        place = self._args.placement
        if place is None:
            return None
        return aws.lambda_.FunctionVpcConfigArgs(
            subnet_ids=list(place.subnet_ids), security_group_ids=[place.security_group_id]
        )
