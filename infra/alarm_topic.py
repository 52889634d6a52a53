"""Where alarms go: an encrypted topic with a subscriber, to which alarms of its own account publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTopicArgs:
    """`email` has to confirm to AWS. `more` are statements of the topic's policy beside those of alarms."""

    account_id: str
    email: str
    key_id: pulumi.Input[str]
    more: Sequence[policies.Statement] = ()


def alarm_topic(name: str, args: AlarmTopicArgs, opts: pulumi.ResourceOptions) -> aws.sns.Topic:
    """Alarms of this account publish; nobody does without TLS."""
    topic = aws.sns.Topic(name, kms_master_key_id=args.key_id, opts=opts)
    aws.sns.TopicSubscription(name, topic=topic.arn, protocol="email", endpoint=args.email, opts=opts)
    publish = policies.allow(
        "AlarmsPublish",
        ["sns:Publish"],
        [topic.arn],
        principal={"Service": "cloudwatch.amazonaws.com"},
        condition={"StringEquals": {"aws:SourceAccount": args.account_id}},
    )
    statements = [publish, *args.more, policies.tls_only("sns:*", [topic.arn])]
    aws.sns.TopicPolicy(name, arn=topic.arn, policy=policies.document(*statements), opts=opts)
    return topic
