"""When scans begin: every week, at the go-live, and after each deployment of the environment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.audit_settings import Scanned
from infra.deployment_marker import BUS, marker_name
from infra.naming import physical_name
from infra.scan_task import ScanTask

_KIND: Final = "audit"
_GROUP: Final = physical_name(_KIND)
_WINDOW_MIN: Final = 15
_TRIES: Final = 3
_TRY_FOR_S: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanScheduleArgs:
    """`tasks` are scans by environment. `dead_letters` gets what could not be begun; `key_arn` encrypts schedules."""

    scanned: Sequence[Scanned]
    tasks: dict[str, ScanTask]
    account_id: str
    cluster_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group_id: pulumi.Input[str]
    expression: str
    go_live: datetime | None
    dead_letters: aws.sqs.Queue
    key_arn: pulumi.Input[str]


class ScanSchedule(pulumi.ComponentResource):
    """Schedules, the bus on which environments tell of their deployments, and the role that begins tasks."""

    def __init__(self, name: str, args: ScanScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ScanSchedule", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.group = aws.scheduler.ScheduleGroup("scans", name=_GROUP, opts=self._own)
        self.scheduler = self._role("scheduler", "scheduler.amazonaws.com")
        self.events = self._role("events", "events.amazonaws.com")
        for scanned in args.scanned:
            self._schedule(scanned.environment, "weekly", args.expression)
            if args.go_live is not None and scanned.environment == "prod":
                self._schedule(scanned.environment, "go-live", f"at({args.go_live:%Y-%m-%dT%H:%M:%S})")
        self._after_deployments()
        self.register_outputs({"group": self.group.name})

    def _role(self, purpose: str, service: str) -> aws.iam.Role:
        args = self._args
        role = aws.iam.Role(
            purpose,
            name=physical_name(_KIND, purpose),
            assume_role_policy=policies.trust(service, args.account_id),
            opts=self._own,
        )
        revisions = [pulumi.Output.concat(t.definition.arn_without_revision, ":*") for t in args.tasks.values()]
        passed = [one.arn for task in args.tasks.values() for one in (task.role, task.start_role)]
        to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        on_cluster = {"ArnEquals": {"ecs:cluster": args.cluster_arn}}
        statements = [
            policies.allow("BeginScans", ["ecs:RunTask"], revisions, condition=on_cluster),
            policies.allow("AsTheScanner", ["iam:PassRole"], passed, condition=to_tasks),
            policies.allow("CouldNot", ["sqs:SendMessage"], [args.dead_letters.arn]),
            policies.allow("Keys", ["kms:Decrypt", "kms:GenerateDataKey"], [args.key_arn]),
        ]
        aws.iam.RolePolicy(purpose, role=role.id, policy=policies.document(*statements), opts=self._own)
        return role

    def _schedule(self, environment: str, when: str, expression: str) -> None:
        args = self._args
        network: aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgsDict = {
            "subnets": list(args.subnet_ids),
            "security_groups": [args.group_id],
            "assign_public_ip": False,
        }
        aws.scheduler.Schedule(
            f"{environment}-{when}",
            name=f"{physical_name(_KIND, environment)}-{when}",
            group_name=self.group.name,
            description=f"Scan of {environment}",
            schedule_expression=expression,
            schedule_expression_timezone="UTC",
            flexible_time_window={"mode": "FLEXIBLE", "maximum_window_in_minutes": _WINDOW_MIN},
            kms_key_arn=args.key_arn,
            target={
                "arn": args.cluster_arn,
                "role_arn": self.scheduler.arn,
                "ecs_parameters": {
                    "task_definition_arn": args.tasks[environment].definition.arn,
                    "launch_type": "FARGATE",
                    "task_count": 1,
                    "propagate_tags": "TASK_DEFINITION",
                    "network_configuration": network,
                },
                "dead_letter_config": {"arn": args.dead_letters.arn},
                "retry_policy": {"maximum_retry_attempts": _TRIES, "maximum_event_age_in_seconds": _TRY_FOR_S},
            },
            opts=self._own,
        )

    def _after_deployments(self) -> None:
        """A bus that takes events of Parameter Store from the scanned accounts, and of nobody else."""
        bus = aws.cloudwatch.EventBus("deployments", name=BUS, kms_key_identifier=self._args.key_arn, opts=self._own)
        statements = [
            policies.allow(
                f"Deployments{one.environment.capitalize()}",
                ["events:PutEvents"],
                [bus.arn],
                principal={"AWS": policies.account_root(one.account_id)},
                condition={"StringEquals": {"events:source": "aws.ssm"}},
            )
            for one in self._args.scanned
        ]
        aws.cloudwatch.EventBusPolicy(
            "deployments", event_bus_name=bus.name, policy=policies.document(*statements), opts=self._own
        )
        for scanned in self._args.scanned:
            self._on_deployment(bus, scanned)

    def _on_deployment(self, bus: aws.cloudwatch.EventBus, scanned: Scanned) -> None:
        args, name = self._args, f"deployed-{scanned.environment}"
        pattern = {
            "account": [scanned.account_id],
            "source": ["aws.ssm"],
            "detail": {"name": [marker_name(scanned.environment)]},
        }
        rule = aws.cloudwatch.EventRule(
            name,
            name=physical_name(_KIND, name),
            description=f"A deployment changed {scanned.environment}: scan it",
            event_bus_name=bus.name,
            event_pattern=json.dumps(pattern),
            opts=self._own,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            event_bus_name=bus.name,
            arn=args.cluster_arn,
            role_arn=self.events.arn,
            ecs_target={
                "task_definition_arn": args.tasks[scanned.environment].definition.arn,
                "launch_type": "FARGATE",
                "task_count": 1,
                "propagate_tags": "TASK_DEFINITION",
                "network_configuration": {
                    "subnets": list(args.subnet_ids),
                    "security_groups": [args.group_id],
                    "assign_public_ip": False,
                },
            },
            dead_letter_config={"arn": args.dead_letters.arn},
            retry_policy={"maximum_retry_attempts": _TRIES, "maximum_event_age_in_seconds": _TRY_FOR_S},
            opts=self._own,
        )
