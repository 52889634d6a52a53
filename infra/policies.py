"""IAM policy documents: statements as plain data, rendered once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]  # values may be outputs

VERSION = "2012-10-17"


def document(*statements: Statement) -> pulumi.Output[str]:
    """The policy as JSON text."""
    return pulumi.Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    *,
    principal: Mapping[str, Any] | None = None,
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """One Allow statement. `principal` only in policies of resources."""
    return _statement("Allow", sid, actions, resources, principal, condition)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    *,
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    """One Deny statement."""
    return _statement("Deny", sid, actions, resources, None, condition)


def deny_elsewhere(sid: str, actions: Sequence[str], but: Sequence[pulumi.Input[str]]) -> Statement:
    """A Deny on everything except these resources."""
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "NotResource": list(but)}


def tls_only(actions: str, resources: Sequence[pulumi.Input[str]]) -> Statement:
    """A Deny for everybody who comes without TLS; S3, SQS and SNS answer plain HTTP as well. `actions`: `s3:*`."""
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    return _statement("Deny", "TlsOnly", [actions], resources, {"AWS": "*"}, plain)


def no_bypass(resources: Sequence[pulumi.Input[str]]) -> Statement:
    """A Deny for everybody who would delete what an object lock of mode GOVERNANCE keeps."""
    return _statement("Deny", "NoBypass", ["s3:BypassGovernanceRetention"], resources, {"AWS": "*"}, None)


def trust(service: str, account_id: str) -> pulumi.Output[str]:
    """An assume-role policy for one AWS service, for this account's resources only (confused deputy)."""
    return document(
        {
            "Sid": "AssumedByService",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        }
    )


def lambda_trust() -> pulumi.Output[str]:
    """An assume-role policy for Lambda, which does not send aws:SourceAccount."""
    return document(
        {
            "Sid": "AssumedByLambda",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    )


def account_root(account_id: str) -> str:
    """ARN that stands for all principals of the account that IAM lets through."""
    return f"arn:aws:iam::{account_id}:root"


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]],
    principal: Mapping[str, Any] | None,
    condition: Mapping[str, Any] | None,
) -> Statement:
    optional = {"Principal": principal, "Condition": condition}
    return {
        "Sid": sid,
        "Effect": effect,
        "Action": list(actions),
        "Resource": list(resources),
        **{key: value for key, value in optional.items() if value is not None},
    }
