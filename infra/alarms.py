"""Who is told when something looks like abuse or breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import physical_name
from infra.weaknesses import Weakness

_NAMESPACE = "ocpi-posture"
_PERIOD_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmsArgs:
    """What is watched."""

    environment: str
    region: str
    account_id: str
    email: str
    topic_key_id: pulumi.Input[str]
    access_log_group: pulumi.Input[str]
    service_log_group: pulumi.Input[str]
    rotation_log_group: pulumi.Input[str]
    egress_log_group: pulumi.Input[str] | None  # of the firewall; none: no filtered way out
    web_acl_name: pulumi.Input[str]
    dead_letters_name: pulumi.Input[str]
    functions: Mapping[str, pulumi.Input[str]]  # purpose: name
    weaknesses: frozenset[Weakness] = frozenset()


class Alarms(pulumi.ComponentResource):
    """An encrypted topic; filters on logs of gateway, functions and egress; alarms on them, firewall, dead letters."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Alarms", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self.topic = aws.sns.Topic("alarms", kms_master_key_id=args.topic_key_id, opts=self._own)
        aws.sns.TopicSubscription("alarms", topic=self.topic.arn, protocol="email", endpoint=args.email, opts=self._own)
        self._topic_access()
        self._access_log_alarms()
        if Weakness.UNSEEN_ABUSE not in args.weaknesses:
            self._service_log_alarms()
        self._partner_call_alarms()
        self._firewall_alarm()
        self._function_alarms()
        self._dead_letter_alarm()
        self.register_outputs({"topic": self.topic.arn})

    def _topic_access(self) -> None:
        """Alarms of this account publish; nobody does without TLS."""
        statements = [
            policies.allow(
                "AlarmsPublish",
                ["sns:Publish"],
                [self.topic.arn],
                principal={"Service": "cloudwatch.amazonaws.com"},
                condition={"StringEquals": {"aws:SourceAccount": self._args.account_id}},
            ),
            policies.tls_only("sns:*", [self.topic.arn]),
        ]
        aws.sns.TopicPolicy("alarms", arn=self.topic.arn, policy=policies.document(*statements), opts=self._own)

    def _access_log_alarms(self) -> None:
        self._from_access_log("authentication-failures", '{ $.status = "401" || $.status = "403" }', 50)
        self._from_access_log("throttled", '{ $.status = "429" }', 100)
        self._from_access_log("server-errors", '{ $.status = "5*" }', 10)

    def _service_log_alarms(self) -> None:
        """What only the service can tell apart: modules, credentials, paths that no route has."""
        self._from_service_log("cdr-volume", '{ $.event = "access" && $.route = "*cdrs*" && $.method = "POST" }', 2000)
        self._from_service_log("credentials-changes", '{ $.event = "data_change" && $.module = "credentials" }', 1)
        self._from_service_log("commands", '{ $.event = "command" }', 100)
        self._from_service_log("unknown-routes", '{ $.event = "access" && $.route IS NULL }', 20)

    def _partner_call_alarms(self) -> None:
        """Calls to partners: one that only people can finish, and one to a host that no contract names."""
        # docs/runbooks/lost-answer.md
        self._from_log(self._args.rotation_log_group, "answer-lost", '{ $.outcome = "answer_lost" }', 1)
        if self._args.egress_log_group is not None:
            # allowed hosts leave no alert, so each is a refusal
            self._from_log(self._args.egress_log_group, "egress-refused", '{ $.event.event_type = "alert" }', 1)

    def _from_access_log(self, name: str, pattern: str, threshold: int) -> None:
        self._from_log(self._args.access_log_group, name, pattern, threshold)

    def _from_service_log(self, name: str, pattern: str, threshold: int) -> None:
        self._from_log(self._args.service_log_group, name, pattern, threshold)

    def _from_log(self, group: pulumi.Input[str], name: str, pattern: str, threshold: int) -> None:
        metric = f"{self._args.environment}-{name}"
        aws.cloudwatch.LogMetricFilter(
            name,
            name=physical_name(self._args.environment, name),
            log_group_name=group,
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
        told = None if Weakness.SILENT_ALARMS in self._args.weaknesses else [self.topic.arn]
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
            alarm_actions=told,
            ok_actions=told,
            opts=self._own,
        )
