"""The function that looks for new evidence every day, and the alarm when there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import archives, policies
from infra.alarm import NAMESPACE, AlarmArgs, LogAlarmArgs, Response, alarm, log_alarm
from infra.function import Function, FunctionArgs, Placement, Surroundings
from infra.naming import physical_name

_KIND: Final = "audit"
_LATE_H: Final = 8 * 24  # a week, and a day to look into it
_DAY_S: Final = 24 * 3600
_LATE: Final = Response(
    owner="security on call", action="see why no scan kept evidence for eight days", runbook="scan-overdue"
)
_FAILED: Final = Response(
    owner="security on call", action="read the last lines of the scanner's log", runbook="scan-overdue"
)
_UNTOLD: Final = Response(
    owner="security on call", action="read what changed in the newest pack: nobody was told", runbook="scan-overdue"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWatchArgs:
    """`scanner_log_group` is where scans say how they ended."""

    surroundings: Surroundings
    placement: Placement
    account_id: str
    environments: Sequence[str]
    bucket: aws.s3.Bucket
    scanner_log_group: pulumi.Input[str]
    topic_arn: pulumi.Input[str]


class ScanWatch(pulumi.ComponentResource):
    """Function, its daily rule, and an alarm for each environment: overdue, or nobody could tell."""

    def __init__(self, name: str, args: ScanWatchArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:ScanWatch", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.function = self._function()
        self._daily()
        for environment in args.environments:
            self._overdue(environment)
        failed = LogAlarmArgs(
            environment=_KIND,
            log_group=args.scanner_log_group,
            pattern='{ $.event = "scan_ended" && $.exit_code >= 2 }',
            threshold=1,
            response=_FAILED,
            told=[args.topic_arn],
        )
        log_alarm("scan-failed", failed, self._own)
        untold = replace(failed, pattern='{ $.event = "scan_ended" && $.told = "waiting" }', response=_UNTOLD)
        log_alarm("scan-untold", untold, self._own)
        self.register_outputs({"function": self.function.function.arn})

    def _function(self) -> Function:
        listed = {"StringLike": {"s3:prefix": [f"{name}/*" for name in self._args.environments]}}
        return Function(
            "scan-watch",
            FunctionArgs(
                surroundings=self._args.surroundings,
                description="Age of the newest evidence of each environment",
                handler="infra.scan_watch.handler.handle",
                code=archives.sources("scan_watch"),
                settings={"BUCKET": self._args.bucket.bucket, "ENVIRONMENTS": json.dumps([*self._args.environments])},
                statements=[
                    policies.allow("ListEvidence", ["s3:ListBucket"], [self._args.bucket.arn], condition=listed)
                ],
                concurrency=1,
                timeout=60,
                memory=256,
                placement=self._args.placement,
            ),
            self._own,
        )

    def _daily(self) -> None:
        rule = aws.cloudwatch.EventRule(
            "scan-watch",
            name=physical_name(_KIND, "scan-watch"),
            description="Look for new evidence",
            schedule_expression="rate(1 day)",
            opts=self._own,
        )
        allowed = self.function.allow_invocation("scan-watch", "events.amazonaws.com", rule.arn, self._args.account_id)
        aws.cloudwatch.EventTarget(
            "scan-watch",
            rule=rule.name,
            arn=self.function.function.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )

    def _overdue(self, environment: str) -> None:
        name, metric = f"scan-overdue-{environment}", f"{_KIND}-evidence-age-{environment}"
        aws.cloudwatch.LogMetricFilter(
            name,
            name=physical_name(_KIND, name),
            log_group_name=self.function.log_group.name,
            pattern=f'{{ $.event = "evidence_age" && $.environment = "{environment}" }}',
            metric_transformation={"name": metric, "namespace": NAMESPACE, "value": "$.hours", "unit": "None"},
            opts=self._own,
        )
        args = AlarmArgs(
            environment=_KIND,
            metric=metric,
            threshold=_LATE_H,
            statistic="Maximum",
            period_s=_DAY_S,
            missing="breaching",
            response=_LATE,
            told=[self._args.topic_arn],
        )
        alarm(name, args, self._own)
