"""The function that looks for new evidence every day, and the alarm when there is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import archives, policies
from infra.alarm import DAY_S, AlarmArgs, LogAlarmArgs, LogMetricArgs, Response, alarm, log_alarm, log_metric
from infra.authoriser.certificate_end import SOON_DAYS
from infra.function import Function, FunctionArgs, Placement, Surroundings
from infra.naming import physical_name

_KIND: Final = "audit"
_LATE_H: Final = 8 * 24  # a week, and a day to look into it
_LATE: Final = Response(
    owner="security on call", action="see why no scan kept evidence for eight days", runbook="scan-overdue"
)
_FAILED: Final = Response(
    owner="security on call", action="read the last lines of the scanner's log", runbook="scan-overdue"
)
_UNTOLD: Final = Response(
    owner="security on call", action="read what changed in the newest pack: nobody was told", runbook="scan-overdue"
)
_ENDING: Final = Response(
    owner="security on call", action="put the scanner's new certificate into its secret", runbook="certificate-ends"
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
            self._certificate(environment)
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
        name = f"scan-overdue-{environment}"
        lines = LogMetricArgs(
            environment=_KIND,
            log_group=self.function.log_group.name,
            pattern=f'{{ $.event = "evidence_age" && $.environment = "{environment}" }}',
            value="$.hours",
        )
        args = AlarmArgs(
            environment=_KIND,
            metric=log_metric(name, lines, self._own),
            threshold=_LATE_H,
            statistic="Maximum",
            period_s=DAY_S,
            missing="breaching",
            response=_LATE,
            told=[self._args.topic_arn],
        )
        alarm(name, args, self._own)

    def _certificate(self, environment: str) -> None:
        """Each scan says how long its certificate lasts; between two of them, what the last one said is so."""
        name = f"certificate-ends-{environment}"
        lines = LogMetricArgs(
            environment=_KIND,
            log_group=self._args.scanner_log_group,
            pattern=f'{{ $.event = "client_certificate" && $.environment = "{environment}" }}',
            value="$.days",
        )
        args = AlarmArgs(
            environment=_KIND,
            metric=log_metric(name, lines, self._own),
            threshold=SOON_DAYS,
            comparison="LessThanOrEqualToThreshold",
            statistic="Minimum",
            period_s=DAY_S,
            missing="ignore",
            response=_ENDING,
            told=[self._args.topic_arn],
        )
        alarm(name, args, self._own)
