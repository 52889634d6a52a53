"""Tells the audit account that this environment has changed, once for each deployment that changed it.

    parameter /ocpi/ENVIRONMENT/deployment ──(code, routes or settings change)──> rule ──> event bus of the auditor

AWS sends an event when a parameter changes. The value is a hash of what was deployed, so a deployment without a change
starts no scan, and one that changes twenty resources starts one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import PROJECT, physical_name

BUS = physical_name("audit", "deployments")


def marker_name(environment: str) -> str:
    """The parameter."""
    return f"/{PROJECT}/{environment}/deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentMarkerArgs:
    """`deployed` is what counts as a change, by name. `auditor` is the account that hears of it."""

    environment: str
    account_id: str
    region: str
    auditor: str
    key_id: pulumi.Input[str]
    deployed: Mapping[str, pulumi.Input[object]]
    in_clear: bool = False  # True is a weakness


class DeploymentMarker(pulumi.ComponentResource):
    """Parameter, rule, and the role that may put events on one bus."""

    def __init__(self, name: str, args: DeploymentMarkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:DeploymentMarker", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.parameter = aws.ssm.Parameter(
            name,
            name=marker_name(args.environment),
            description="Changes with every deployment that changes something",
            type="String" if args.in_clear else "SecureString",
            key_id=None if args.in_clear else args.key_id,
            value=pulumi.Output.all(**args.deployed).apply(_hash),
            opts=self._own,
        )
        self._rule(name)
        self.register_outputs({"parameter": self.parameter.name})

    def _rule(self, name: str) -> None:
        pattern = {
            "source": ["aws.ssm"],
            "detail-type": ["Parameter Store Change"],
            "detail": {"name": [marker_name(self._args.environment)], "operation": ["Create", "Update"]},
        }
        rule = aws.cloudwatch.EventRule(
            name,
            name=physical_name(self._args.environment, "deployed"),
            description="A deployment changed this environment",
            event_pattern=json.dumps(pattern),
            opts=self._own,
        )
        bus = f"arn:aws:events:{self._args.region}:{self._args.auditor}:event-bus/{BUS}"
        aws.cloudwatch.EventTarget(name, rule=rule.name, arn=bus, role_arn=self._role(name, bus).arn, opts=self._own)

    def _role(self, name: str, bus: str) -> aws.iam.Role:
        role = aws.iam.Role(
            name,
            name=physical_name(self._args.environment, "deployed"),
            assume_role_policy=policies.trust("events.amazonaws.com", self._args.account_id),
            opts=self._own,
        )
        statement = policies.allow("TellTheAuditor", ["events:PutEvents"], [bus])
        aws.iam.RolePolicy(name, role=role.id, policy=policies.document(statement), opts=self._own)
        return role


def _hash(deployed: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(deployed, sort_keys=True).encode()).hexdigest()
