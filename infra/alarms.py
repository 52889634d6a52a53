"""Who is told when something looks like abuse or breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra import abuse_patterns
from infra.abuse_patterns import Pattern
from infra.alarm import AlarmArgs, LogAlarmArgs, Response, alarm, log_alarm
from infra.alarm_topic import AlarmTopicArgs, alarm_topic
from infra.partner_alarms import PartnerAlarmsArgs, partner_alarms
from infra.weaknesses import Weakness


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
    containers: Mapping[str, pulumi.Input[str]] | None = None  # their metrics, where the service runs in some
    certificates_log_group: pulumi.Input[str] | None = None  # of the authoriser, where partners show certificates
    partners: Sequence[str] = ()
    silent_partners: Sequence[str] = ()  # whose silence for a day is an alarm
    weaknesses: frozenset[Weakness] = frozenset()


class Alarms(pulumi.ComponentResource):
    """An encrypted topic; filters on logs of gateway, functions and egress; alarms on them, firewall, dead letters."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:Alarms", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        topic = AlarmTopicArgs(account_id=args.account_id, email=args.email, key_id=args.topic_key_id)
        self.topic = alarm_topic("alarms", topic, self._own)
        self.told = () if Weakness.SILENT_ALARMS in args.weaknesses else (self.topic.arn,)
        self._from_logs()
        self._from_metrics()
        self._of_partners()
        self.register_outputs({"topic": self.topic.arn})

    def _from_logs(self) -> None:
        args = self._args
        self._watch(args.access_log_group, abuse_patterns.AT_THE_GATEWAY)
        if Weakness.UNSEEN_ABUSE not in args.weaknesses:
            self._watch(args.service_log_group, abuse_patterns.IN_THE_SERVICE)
        self._watch(args.rotation_log_group, abuse_patterns.IN_THE_ROTATION)
        if args.egress_log_group is not None:
            self._watch(args.egress_log_group, abuse_patterns.ON_THE_WAY_OUT)

    def _of_partners(self) -> None:
        args = self._args
        each = PartnerAlarmsArgs(
            environment=args.environment,
            partners=args.partners,
            silent=args.silent_partners,
            access_log_group=args.access_log_group,
            service_log_group=args.service_log_group,
            authoriser_log_group=args.certificates_log_group,
            told=self.told,
        )
        partner_alarms(each, self._own)

    def _watch(self, group: pulumi.Input[str], patterns: Mapping[str, Pattern]) -> None:
        for name, found in patterns.items():
            args = LogAlarmArgs(
                environment=self._args.environment,
                log_group=group,
                pattern=found.pattern,
                threshold=found.threshold,
                response=found.response,
                told=self.told,
            )
            log_alarm(name, args, self._own)

    def _from_metrics(self) -> None:
        """What AWS counts itself: firewall, functions, dead letters."""
        args = self._args
        web_acl = {"WebACL": args.web_acl_name, "Region": args.region, "Rule": "ALL"}
        self._on("blocked-requests", "AWS/WAFV2", "BlockedRequests", 500, web_acl, abuse_patterns.BLOCKED)
        for purpose, function in args.functions.items():
            response = abuse_patterns.FUNCTIONS[purpose]
            self._on(f"{purpose}-errors", "AWS/Lambda", "Errors", 1, {"FunctionName": function}, response)
        if args.containers is not None:
            broken, sick = abuse_patterns.CONTAINERS_FAIL, abuse_patterns.CONTAINERS_SICK
            self._on("service-errors", "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", 10, args.containers, broken)
            self._on("service-unhealthy", "AWS/ApplicationELB", "UnHealthyHostCount", 3, args.containers, sick)
        queue, waiting = {"QueueName": args.dead_letters_name}, "ApproximateNumberOfMessagesVisible"
        self._on("dead-letters", "AWS/SQS", waiting, 1, queue, abuse_patterns.DEAD_LETTER)

    def _on(
        self,
        name: str,
        namespace: str,
        metric: str,
        threshold: int,
        dimensions: Mapping[str, pulumi.Input[str]],
        response: Response,
    ) -> None:
        args = AlarmArgs(
            environment=self._args.environment,
            namespace=namespace,
            metric=metric,
            threshold=threshold,
            dimensions=dimensions,
            response=response,
            told=self.told,
        )
        alarm(name, args, self._own)
