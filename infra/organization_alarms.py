"""What must not happen in any account, seen in the organisation's trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from infra.alarm import LogAlarmArgs, Response, log_alarm
from infra.alarm_topic import AlarmTopicArgs, alarm_topic

_KIND: Final = "org"
_OWNER: Final = "cloud platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Any event of the trail that fits."""

    pattern: str
    action: str
    runbook: str


_ANY_OF: Final = {
    "detectors-changed": (
        *("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteDetector"),
        *("StopConfigurationRecorder", "DeleteConfigurationRecorder", "DisableSecurityHub", "DeleteAnalyzer"),
    ),
    "guard-rails-changed": (
        *("DetachPolicy", "DeletePolicy", "UpdatePolicy", "DisablePolicyType", "LeaveOrganization", "MoveAccount"),
        *("RemoveAccountFromOrganization", "DeleteAccountPublicAccessBlock", "CloseAccount"),
    ),
}


def _named(names: tuple[str, ...]) -> str:
    alternatives = " || ".join(f'$.eventName = "{name}"' for name in names)
    return f"{{ {alternatives} }}"


SEEN: Final[Mapping[str, _Seen]] = {
    "root-used": _Seen(
        pattern='{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS '
        '&& $.eventType != "AwsServiceEvent" }',
        action="ask who signed in as root; if nobody did, suspend the account's sessions",
        runbook="account-takeover",
    ),
    "break-glass-used": _Seen(
        # the second half: as a permission set of IAM Identity Center
        pattern='{ $.eventName = "AssumeRole" && $.requestParameters.roleArn = "*-break-glass" '
        '|| $.eventName = "AssumeRoleWithSAML" && $.requestParameters.roleArn = "*-break-glass_*" }',
        action="compare with the incident log; whoever took the role says why within the hour",
        runbook="account-takeover",
    ),
    "detectors-changed": _Seen(
        pattern=_named(_ANY_OF["detectors-changed"]),
        action="switch it on again, then find out who switched it off",
        runbook="account-takeover",
    ),
    "guard-rails-changed": _Seen(
        pattern=_named(_ANY_OF["guard-rails-changed"]),
        action="compare with the last `pulumi up` of the org stack; undo what is not of it",
        runbook="account-takeover",
    ),
    "sign-in-without-mfa": _Seen(
        pattern='{ $.eventName = "ConsoleLogin" && $.responseElements.ConsoleLogin = "Success" '
        '&& $.additionalEventData.MFAUsed = "No" && $.userIdentity.type = "IAMUser" }',
        action="end that user's sessions: nobody of ours signs in as an IAM user",
        runbook="account-takeover",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationAlarmsArgs:
    """`log_group` holds the organisation's trail."""

    account_id: str
    email: str
    topic_key_id: pulumi.Input[str]
    log_group: pulumi.Input[str]


class OrganizationAlarms(pulumi.ComponentResource):
    """A topic, and an alarm for each of SEEN."""

    def __init__(self, name: str, args: OrganizationAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:OrganizationAlarms", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        topic = AlarmTopicArgs(account_id=args.account_id, email=args.email, key_id=args.topic_key_id)
        self.topic = alarm_topic("alarms", topic, own)
        for alarm, seen in SEEN.items():
            watched = LogAlarmArgs(
                environment=_KIND,
                log_group=args.log_group,
                pattern=seen.pattern,
                threshold=1,
                response=Response(owner=_OWNER, action=seen.action, runbook=seen.runbook),
                told=[self.topic.arn],
            )
            log_alarm(alarm, watched, own)
        self.register_outputs({"topic": self.topic.arn})
