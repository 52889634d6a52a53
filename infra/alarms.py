"""Who is told when something looks like abuse or breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.naming import physical_name

_NAMESPACE = "ocpi-posture"
_PERIOD_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsArgs:
    """What is watched."""

    environment: str
    region: str
    email: str
    topic_key_id: pulumi.Input[str]
    access_log_group: pulumi.Input[str]
    web_acl_name: pulumi.Input[str]
    dead_letters_name: pulumi.Input[str]
    functions: Mapping[str, pulumi.Input[str]]  # purpose: name


class Alarms(pulumi.ComponentResource):
    """An encrypted topic; filters on the access log; alarms on them, firewall, functions, dead letters."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Alarms", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.topic = aws.sns.Topic("alarms", kms_master_key_id=args.topic_key_id, opts=self._own)
        aws.sns.TopicSubscription("alarms", topic=self.topic.arn, protocol="email", endpoint=args.email, opts=self._own)
        self._access_log_alarms()
        self._firewall_alarm()
        self._function_alarms()
        self._dead_letter_alarm()
        self.register_outputs({"topic": self.topic.arn})

    def _access_log_alarms(self) -> None:
        self._from_access_log("authentication-failures", '{ $.status = "401" || $.status = "403" }', 50)
        self._from_access_log("throttled", '{ $.status = "429" }', 100)
        self._from_access_log("server-errors", '{ $.status = "5*" }', 10)

    def _from_access_log(self, name: str, pattern: str, threshold: int) -> None:
        metric = f"{self._args.environment}-{name}"
        aws.cloudwatch.LogMetricFilter(
            name,
            name=physical_name(self._args.environment, name),
            log_group_name=self._args.access_log_group,
            pattern=pattern,
            metric_transformation={"name": metric, "namespace": _NAMESPACE, "value": "1", "default_value": "0"},
            opts=self._own,
        )
        self._alarm(name, _NAMESPACE, metric, threshold)

    def _firewall_alarm(self) -> None:
        dimensions = {"WebACL": self._args.web_acl_name, "Region": self._args.region, "Rule": "ALL"}
        self._alarm("blocked-requests", "AWS/WAFV2", "BlockedRequests", 500, dimensions)

    def _function_alarms(self) -> None:
        for purpose, name in self._args.functions.items():
            self._alarm(f"{purpose}-errors", "AWS/Lambda", "Errors", 1, {"FunctionName": name})

    def _dead_letter_alarm(self) -> None:
        queue = {"QueueName": self._args.dead_letters_name}
        self._alarm("dead-letters", "AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, queue)

    def _alarm(
        self,
        name: str,
        namespace: str,
        metric: str,
        threshold: int,
        dimensions: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> None:
        """At or above `threshold` within five minutes."""
        aws.cloudwatch.MetricAlarm(
            name,
            name=physical_name(self._args.environment, name),
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic="Sum",
            period=_PERIOD_S,
            evaluation_periods=1,
            threshold=threshold,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self.topic.arn],
            ok_actions=[self.topic.arn],
            opts=self._own,
        )
