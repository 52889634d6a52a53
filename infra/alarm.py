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
DAY_S: Final = 24 * 3600


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
    """Rings at `threshold` and above it within `period_s` seconds, or as `comparison` says.

    `told` are topics; without one nobody hears of it.
    """

    environment: str
    metric: str
    threshold: float
    response: Response
    told: Sequence[pulumi.Input[str]]
    namespace: str = NAMESPACE
    dimensions: Mapping[str, pulumi.Input[str]] | None = None
    statistic: str = "Sum"
    period_s: int = PERIOD_S
    comparison: str = "GreaterThanOrEqualToThreshold"
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
        dimensions=args.dimensions or None,
        statistic=args.statistic,
        period=args.period_s,
        evaluation_periods=1,
        threshold=args.threshold,
        comparison_operator=args.comparison,
        treat_missing_data=args.missing,
        alarm_actions=told,
        ok_actions=told,
        opts=opts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMetricArgs:
    """Lines of a log group that match `pattern`: how many, or what is in their field `value`.

    `otherwise` is the value when other lines come; `by` makes a metric of each value of fields, by the names of the
    dimensions, and then there is no value for other lines (CloudWatch Logs, metric filters).
    """

    environment: str
    log_group: pulumi.Input[str]
    pattern: str
    value: str = "1"
    otherwise: str | None = None
    by: Mapping[str, str] | None = None


def log_metric(name: str, args: LogMetricArgs, opts: pulumi.ResourceOptions) -> str:
    """The name of the metric, `ENVIRONMENT-NAME`."""
    metric = f"{args.environment}-{name}"
    aws.cloudwatch.LogMetricFilter(
        name,
        name=physical_name(args.environment, name),
        log_group_name=args.log_group,
        pattern=args.pattern,
        metric_transformation={
            "name": metric,
            "namespace": NAMESPACE,
            "value": args.value,
            "default_value": args.otherwise,
            "dimensions": args.by,
        },
        opts=opts,
    )
    return metric


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
    lines = LogMetricArgs(environment=args.environment, log_group=args.log_group, pattern=args.pattern, otherwise="0")
    metric = log_metric(name, lines, opts)
    counted = AlarmArgs(
        environment=args.environment, metric=metric, threshold=args.threshold, response=args.response, told=args.told
    )
    return alarm(name, counted, opts)


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceAlarmArgs:
    """Rings when no line of a log group matched `pattern` for a day."""

    environment: str
    log_group: pulumi.Input[str]
    pattern: str
    response: Response
    told: Sequence[pulumi.Input[str]]


def silence_alarm(name: str, args: SilenceAlarmArgs, opts: pulumi.ResourceOptions) -> aws.cloudwatch.MetricAlarm:
    """The filter, its metric, and the alarm on its absence."""
    lines = LogMetricArgs(environment=args.environment, log_group=args.log_group, pattern=args.pattern)
    metric = log_metric(name, lines, opts)
    counted = AlarmArgs(
        environment=args.environment,
        metric=metric,
        threshold=1,
        comparison="LessThanThreshold",
        period_s=DAY_S,
        missing="breaching",
        response=args.response,
        told=args.told,
    )
    return alarm(name, counted, opts)
