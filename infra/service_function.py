"""The OCPI service on Lambda."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import archives
from infra.function import ARCHITECTURE, RUNTIME, Function, FunctionArgs, Placement, Surroundings
from infra.naming import physical_name
from infra.service_rights import ServiceData, log_reference_key, service_settings, service_statements
from infra.upstream import FunctionUpstream
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceArgs:
    """`dependencies` is the folder that `python -m infra.bundle` has filled, as seen from the project."""

    surroundings: Surroundings
    placement: Placement
    data: ServiceData
    dependencies: str
    concurrency: int


class Service(pulumi.ComponentResource):
    """The function with the service's code, the layer with its libraries, the key of its log references."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Service", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._reference_key = log_reference_key(args.data.account_id, self._own)
        self.function = Function("service", self._function_args(), self._own)
        self.log_group = self.function.log_group
        self.version: pulumi.Output[str] = self.function.function.code_sha256
        self.upstream = FunctionUpstream(function=self.function)
        if Weakness.PUBLIC_SERVICE in args.data.weaknesses:
            self._open_to_the_internet()
        self.register_outputs({"arn": self.function.function.arn})

    def _function_args(self) -> FunctionArgs:
        args, data = self._args, self._args.data
        return FunctionArgs(
            surroundings=args.surroundings,
            description="OCPI service",
            handler="infra.service_on_lambda.handler.handle",
            # what makes it a server on one machine, and the faults for tests, stay at home
            code=archives.sources("service", "service_on_lambda", without=("service/faults", "service/deployment")),
            layers=[self._libraries().arn],
            settings=service_settings(data, self._reference_key),
            statements=service_statements(data, self._reference_key),
            concurrency=None if Weakness.UNBOUNDED_FUNCTION in data.weaknesses else args.concurrency,
            timeout=28,  # the gateway gives up after 29
            memory=1024,
            placement=args.placement,
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

    def _open_to_the_internet(self) -> None:
        aws.lambda_.FunctionUrl(
            "public", function_name=self.function.function.name, authorization_type="NONE", opts=self._own
        )
