"""Those who look at an environment: people who take roles in it, and the scanner of the audit account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import pulumi

from infra.deployment_marker import DeploymentMarker, DeploymentMarkerArgs
from infra.people import People, PeopleArgs
from infra.posture_role import PostureRole, PostureRoleArgs
from infra.scanner_token import ScannerTokenArgs, scanner_token
from infra.settings import Settings
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """What they get of it. `deployed` is what counts as a change; `scanner_secret_arn` only where it is opened."""

    trail_log_group: pulumi.Input[str]
    told: tuple[pulumi.Input[str], ...]
    quarantine_key_arn: pulumi.Input[str]
    data_key_id: pulumi.Input[str]
    deployed: Mapping[str, pulumi.Input[object]]
    scanner_secret_arn: pulumi.Input[str] | None


def onlookers(settings: Settings, seen: LookedAt, opts: pulumi.ResourceOptions) -> None:
    """People where they are named, the scanner where there is an account for it."""
    if settings.people is not None:
        people = PeopleArgs(
            environment=settings.environment,
            account_id=settings.account_id,
            region=settings.region,
            names=settings.people,
            trail_log_group=seen.trail_log_group,
            told=seen.told,
            quarantine_key_arn=seen.quarantine_key_arn if settings.opens_quarantine else None,
            weaknesses=settings.weaknesses,
        )
        People("people", people, opts)
    if settings.auditor is not None:
        _scanner(settings, settings.auditor, seen, opts)


def _scanner(settings: Settings, auditor: str, seen: LookedAt, opts: pulumi.ResourceOptions) -> None:
    """Its role here, the mark that tells it of deployments, and its token where the config opens that."""
    weak = settings.weaknesses
    asks_for_id = Weakness.POSTURE_ROLE_WITHOUT_ID not in weak
    role = PostureRoleArgs(environment=settings.environment, auditor=auditor, asks_for_id=asks_for_id)
    PostureRole("posture", role, opts)
    marker = DeploymentMarkerArgs(
        environment=settings.environment,
        account_id=settings.account_id,
        region=settings.region,
        auditor=auditor,
        key_id=seen.data_key_id,
        deployed={**seen.deployed, "settings": json.dumps(_agreed(settings), sort_keys=True, default=str)},
        in_clear=Weakness.PLAIN_MARKER in weak,
    )
    DeploymentMarker("deployment", marker, opts)
    if seen.scanner_secret_arn is not None:
        token = ScannerTokenArgs(
            environment=settings.environment,
            auditor=auditor,
            secret_arn=seen.scanner_secret_arn,
            any_role=Weakness.TOKEN_FOR_AN_ACCOUNT in weak,
        )
        scanner_token("scanner", token, opts)


def _agreed(settings: Settings) -> dict[str, object]:
    """What partners would notice; weaknesses are for tests, where nobody waits for a scan."""
    return {name: value for name, value in asdict(settings).items() if name != "weaknesses"}
