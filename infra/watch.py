"""Who notices what happens in an environment: alarms on its logs and metrics, detectors of the account."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.alarms import Alarms, AlarmsArgs
from infra.container_service import ContainerService
from infra.detectors import Detectors, DetectorsArgs
from infra.function import Function
from infra.keys import Keys
from infra.logs import Logs
from infra.service_function import Service
from infra.settings import Settings
from infra.weaknesses import Weakness


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is looked at. `egress_log_group`: none, no filtered way out."""

    keys: Keys
    logs: Logs
    authoriser: Function
    rotation: Function
    service: Service | ContainerService
    egress_log_group: pulumi.Input[str] | None
    web_acl_name: pulumi.Input[str]
    dead_letters_name: pulumi.Input[str]


def watch(settings: Settings, watched: Watched, opts: pulumi.ResourceOptions) -> Alarms:
    """Alarms, whose topic others tell as well; and the detectors that are wanted."""
    alarms = Alarms("alarms", _alarms(settings, watched), opts)
    detectors = DetectorsArgs(
        environment=settings.environment,
        account_id=settings.account_id,
        region=settings.region,
        wanted=settings.detectors,
        key_arn=watched.keys.audit.arn,
        retention_days=settings.log_retention_days,
        protect=settings.is_protected,
        released=settings.is_released,
        records=Weakness.RECORDER_OFF not in settings.weaknesses,
    )
    Detectors("detectors", detectors, opts)
    return alarms


def _alarms(settings: Settings, watched: Watched) -> AlarmsArgs:
    functions = {"authoriser": watched.authoriser, "rotation": watched.rotation}
    containers = None
    if isinstance(watched.service, ContainerService):
        containers = watched.service.watched
    else:
        functions["service"] = watched.service.function
    return AlarmsArgs(
        environment=settings.environment,
        region=settings.region,
        account_id=settings.account_id,
        email=settings.alarm_email,
        topic_key_id=watched.keys.alerts.key_id,
        access_log_group=watched.logs.access.name,
        service_log_group=watched.service.log_group.name,
        rotation_log_group=watched.rotation.log_group.name,
        egress_log_group=watched.egress_log_group,
        web_acl_name=watched.web_acl_name,
        dead_letters_name=watched.dead_letters_name,
        functions={purpose: function.function.name for purpose, function in functions.items()},
        containers=containers,
        certificates_log_group=None if settings.trust_store is None else watched.authoriser.log_group.name,
        partners=[partner.id for partner in settings.partners],
        # in test nobody calls for days
        silent_partners=[partner.id for partner in settings.partners] if settings.is_production else [],
        weaknesses=settings.weaknesses,
    )
