"""An AWS account in moto. Every call is held against the service's model, and what moto cannot do is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import xform_name

from tests.infra.applied.parameters import parameters
from tests.infra.applied.shape_rules import complaints

boto3_client: Any = boto3.client  # asked by names that are known at run time only


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked of AWS. `unsent` says why it was held against the model only."""

    service: str
    operation: str
    parameters: Mapping[str, Any]
    unsent: str | None = None


@dataclass(slots=True, kw_only=True)
class Account:
    """Calls are made through `call`; `complaints` has what the models say against any of them."""

    account_id: str
    region: str
    calls: list[Call] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client of this account."""
        if service not in self._clients:
            self._clients[service] = boto3_client(service, self.region, **self.credentials())
        return self._clients[service]

    def call(
        self, service: str, operation: str, *inputs: Mapping[str, Any], unsent: str | None = None, **exact: Any
    ) -> Any:
        """Ask AWS. `inputs` are in the provider's words, `exact` in those of the API; None stands for "not set".

        With `unsent` (why moto cannot do it) the call is held against the model, and nothing is answered.
        Raises NoSuchParameterError, and what boto3 raises.
        """
        shape = self.client(service).meta.service_model.operation_model(operation).input_shape
        asked: dict[str, Any] = {}
        for part in inputs:
            asked |= parameters(shape, part, operation)
        asked |= {name: value for name, value in exact.items() if value is not None}
        self.calls.append(Call(service=service, operation=operation, parameters=asked, unsent=unsent))
        if shape is not None:
            self.complaints += [f"{service} {operation}{said}" for said in complaints(shape, asked)]
        return {} if unsent is not None else getattr(self.client(service), xform_name(operation))(**asked)

    def hold(self, service: str, operation: str, **exact: Any) -> None:
        """Hold a call against the model that is not made now, but when the resource is changed or ends."""
        self.call(service, operation, unsent="", **exact)

    def arn(self, service: str, rest: str) -> str:
        """Of something in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account_id}:{rest}"

    def credentials(self) -> dict[str, str]:
        """Of a role in the account: moto has the account of the role, without one its own."""
        if "sts" not in self._clients:
            self._clients["sts"] = boto3_client("sts", self.region)
        role = f"arn:aws:iam::{self.account_id}:role/deployment"
        given = self._clients["sts"].assume_role(RoleArn=role, RoleSessionName="deployment")["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
