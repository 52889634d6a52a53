"""How people get in: four roles, taken with a second factor, for a short time. There is no IAM user and no access key.

    admin         changes settings of what stands     4 hours
    operator      looks, shuts partners out           8 hours
    auditor       reads settings                      8 hours
    break-glass   mends rights, and rings an alarm    1 hour

What each may do is in people_rights.py. Who may take it is in the config, by name: `people` has the users of the
account in which people sign in (`peopleAccountId`). With IAM Identity Center, permission sets of the same four names
replace the roles: docs/deploy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.alarm import LogAlarmArgs, Response, log_alarm
from infra.naming import physical_name
from infra.people_names import ROLES, Names
from infra.people_rights import PeopleRights
from infra.posture_role import READING_RIGHTS
from infra.weaknesses import Weakness

_HOUR_S: Final = 3600
_MFA_AGE_S: Final = 3600  # how long ago the second factor may have been shown
HOURS: Final[Mapping[str, int]] = {"admin": 4, "operator": 8, "auditor": 8, "break-glass": 1}
_USED: Final = Response(
    owner="security on call",
    action="compare with the incident log; whoever took the role says why within the hour",
    runbook="account-takeover",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleArgs:
    """`trail_log_group` is where the account's trail copies its records; `told` hear of break-glass.

    `quarantine_key_arn` only where operators may read refused records.
    """

    environment: str
    account_id: str
    region: str
    names: Names
    trail_log_group: pulumi.Input[str]
    told: tuple[pulumi.Input[str], ...]
    quarantine_key_arn: pulumi.Input[str] | None
    weaknesses: frozenset[Weakness] = frozenset()


class People(pulumi.ComponentResource):
    """Roles by name, each under one boundary."""

    def __init__(self, name: str, args: PeopleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("ocpi-posture:infra:People", name, None, opts)
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._rights = PeopleRights(
            environment=args.environment,
            account_id=args.account_id,
            region=args.region,
            quarantine_key_arn=args.quarantine_key_arn,
            operators_read_tokens=Weakness.PEOPLE_READ_TOKENS in args.weaknesses,
        )
        most = policies.document(*self._rights.most())
        self.boundary = self._policy("people-boundary", "The most that people may ever do", most)
        reading = READING_RIGHTS.read_text(encoding="utf-8")  # what the scanner may read, a person may read as well
        self._reading = self._policy("auditor", "Settings of this account, no data", reading)
        self.roles = {role: self._role(role) for role in ROLES if args.names.by_role.get(role)}
        if "break-glass" in self.roles:
            self._alarm()
        self.register_outputs({"roles": {role: made.arn for role, made in self.roles.items()}})

    def _role(self, name: str) -> aws.iam.Role:
        unbound = Weakness.PEOPLE_WITHOUT_BOUNDARY in self._args.weaknesses
        role = aws.iam.Role(
            name,
            name=physical_name(self._args.environment, name),
            description=f"People: {name}",
            assume_role_policy=self._taken_by_people(self._args.names.by_role[name]),
            permissions_boundary=None if unbound else self.boundary.arn,
            max_session_duration=HOURS[name] * _HOUR_S,
            opts=self._own,
        )
        self._attach(name, role, self._of(name))
        if name in ("admin", "break-glass"):
            self._attach(f"{name}-reads", role, self._reading)
        return role

    def _of(self, role: str) -> aws.iam.Policy:
        statements = self._rights.of(role)
        if not statements:
            return self._reading
        return self._policy(role, f"People: {role}", policies.document(*statements))

    def _attach(self, name: str, role: aws.iam.Role, rights: aws.iam.Policy) -> None:
        aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=rights.arn, opts=self._own)

    def _taken_by_people(self, users: tuple[str, ...]) -> pulumi.Output[str]:
        """By name, with a second factor that was shown within the hour. A user who is deleted takes it no more."""
        account = self._args.names.account
        factor = {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThan": {"aws:MultiFactorAuthAge": str(_MFA_AGE_S)},
        }
        asked = {} if Weakness.NO_SECOND_FACTOR in self._args.weaknesses else factor
        return policies.document(
            {
                "Sid": "AssumedByPeople",
                "Effect": "Allow",
                "Principal": {"AWS": [f"arn:aws:iam::{account}:user/{user}" for user in users]},
                "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],
                "Condition": {**asked, "StringEquals": {"aws:PrincipalAccount": account}},
            }
        )

    def _policy(self, name: str, description: str, document: pulumi.Input[str]) -> aws.iam.Policy:
        return aws.iam.Policy(
            name,
            name=physical_name(self._args.environment, name),
            description=description,
            policy=document,
            opts=self._own,
        )

    def _alarm(self) -> None:
        """In the environment's own trail; the organisation's trail has the same alarm for every account."""
        taken = f"*:role/{physical_name(self._args.environment, 'break-glass')}"
        args = LogAlarmArgs(
            environment=self._args.environment,
            log_group=self._args.trail_log_group,
            pattern=f'{{ $.eventName = "AssumeRole" && $.requestParameters.roleArn = "{taken}" }}',
            threshold=1,
            response=_USED,
            told=self._args.told,
        )
        log_alarm("break-glass-used", args, self._own)
