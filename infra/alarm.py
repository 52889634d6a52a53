"""One alarm as all of ours are: it says who owns it, what to do first, and where the runbook is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name

NAMESPACE: Final = "ocpi-posture"
PERIOD_S: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What somebody does who is told. `runbook` is a page of docs/runbooks."""

    owner: str
    action: str
    runbook: str

    def text(self) -> str:
        """The description that arrives with the message; AWS allows 1,024 characters."""
        return f"Owner: {self.owner}. First: {self.action}. Runbook: docs/runbooks/{self.runbook}.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmArgs:
    """Rings at or above `threshold` within `period_s` seconds. `told` are topics; without one nobody hears of it."""

    environment: str
    metric: str
    threshold: float
    response: Response
    told: Sequence[pulumi.Input[str]]
    namespace: str = NAMESPACE
    dimensions: Mapping[str, pulumi.Input[str]] | None = None
    statistic: str = "Sum"
    period_s: int = PERIOD_S
    missing: str = "notBreaching"  # breaching: silence is an alarm


def alarm(name: str, args: AlarmArgs, opts: pulumi.ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """`ocpi-ENVIRONMENT-NAME`; it also tells when all is well again."""
    told = list(args.told) or None
    return aws.cloudwatch.MetricAlarm(
        name,
        name=physical_name(args.environment, name),
        alarm_description=args.response.text(),
        namespace=args.namespace,
        metric_name=args.metric,
        dimensions=args.dimensions,
        statistic=args.statistic,
        period=args.period_s,
        evaluation_periods=1,
        threshold=args.threshold,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data=args.missing,
        alarm_actions=told,
        ok_actions=told,
        opts=opts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAlarmArgs:
    """Rings when `threshold` lines of a log group match `pattern` within five minutes."""

    environment: str
    log_group: pulumi.Input[str]
    pattern: str
    threshold: int
    response: Response
    told: Sequence[pulumi.Input[str]]


def log_alarm(name: str, args: LogAlarmArgs, opts: pulumi.ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """The filter, its metric `ENVIRONMENT-NAME` and the alarm on it."""
    metric = f"{args.environment}-{name}"
    aws.cloudwatch.LogMetricFilter(
        name,
        name=physical_name(args.environment, name),
        log_group_name=args.log_group,
        pattern=args.pattern,
        metric_transformation={"name": metric, "namespace": NAMESPACE, "value": "1", "default_value": "0"},
        opts=opts,
    )
    counted = AlarmArgs(
        environment=args.environment, metric=metric, threshold=args.threshold, response=args.response, told=args.told
    )
    return alarm(name, counted, opts)
