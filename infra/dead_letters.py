"""Where asynchronous invocations end that nobody could handle."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import policies

_KEPT_S = 14 * 24 * 3600  # the most that SQS keeps


def dead_letters(
    name: str, key_id: pulumi.Input[str], opts: pulumi.ResourceOptions, *, tls_only: bool
) -> aws.sqs.Queue:
    """A queue under the stack's own key, kept for 14 days; SQS answers plain HTTP unless a policy refuses it."""
    queue = aws.sqs.Queue(
        name,
        kms_master_key_id=key_id,
        kms_data_key_reuse_period_seconds=300,
        message_retention_seconds=_KEPT_S,
        opts=opts,
    )
    if tls_only:
        refusal = policies.document(policies.tls_only("sqs:*", [queue.arn]))
        aws.sqs.QueuePolicy(name, queue_url=queue.id, policy=refusal, opts=opts)
    return queue
