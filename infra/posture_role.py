"""The role by which the scanner in the audit account looks at this account: it reads settings, and no data.

What it may do is a generated file, `reading_rights.json`, so that it can be reviewed before anybody deploys anything;
the same document is its permissions boundary, so nothing that is added later makes it more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.naming import physical_name

READING_RIGHTS: Final = Path(__file__).with_name("reading_rights.json")
_AUDIT: Final = "audit"
_SESSION_S: Final = 3600


def posture_role_name(environment: str) -> str:
    """`ocpi-prod-posture`, in the environment's account."""
    return physical_name(environment, "posture")


def scan_role_name(environment: str) -> str:
    """`ocpi-audit-scan-prod`, in the audit account: the only one that takes it."""
    return physical_name(_AUDIT, "scan", environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureRoleArgs:
    """`auditor` is the account of the scheduled scanner. `asks_for_id` False is a weakness."""

    environment: str
    auditor: str
    asks_for_id: bool = True


class PostureRole(pulumi.ComponentResource):
    """Role and its document."""

    def __init__(self, name: str, args: PostureRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:PostureRole", name, None, opts)
        self._args = args
        own = pulumi.ResourceOptions(parent=self)
        physical = posture_role_name(args.environment)
        rights = aws.iam.Policy(
            name,
            name=physical,
            description="Settings of this account, no data",
            policy=READING_RIGHTS.read_text(encoding="utf-8"),
            opts=own,
        )
        self.role = aws.iam.Role(
            name,
            name=physical,
            description="Taken by the scheduled scanner of the audit account",
            assume_role_policy=self._taken_by_the_scanner(),
            permissions_boundary=rights.arn,
            max_session_duration=_SESSION_S,
            opts=own,
        )
        aws.iam.RolePolicyAttachment(name, role=self.role.name, policy_arn=rights.arn, opts=own)
        self.register_outputs({"arn": self.role.arn})

    def _taken_by_the_scanner(self) -> pulumi.Output[str]:
        """One role, by name: the audit stack is there before this account names it (`auditAccountId`)."""
        scanner = f"arn:aws:iam::{self._args.auditor}:role/{scan_role_name(self._args.environment)}"
        agreed = {"Condition": {"StringEquals": {"sts:ExternalId": posture_role_name(self._args.environment)}}}
        return policies.document(
            {
                "Sid": "AssumedByTheScanner",
                "Effect": "Allow",
                "Principal": {"AWS": scanner},
                "Action": "sts:AssumeRole",
                **(agreed if self._args.asks_for_id else {}),
            }
        )
