"""What everything else of an environment stands on: keys, logs, network, ways to AWS and to partners, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.boundary import BoundaryArgs, boundary
from infra.data import Data, DataArgs
from infra.dead_letters import dead_letters
from infra.egress import Egress, EgressArgs
from infra.endpoints import Endpoints, EndpointsArgs
from infra.function import Surroundings
from infra.keys import Keys, KeysArgs
from infra.logs import Logs, LogsArgs
from infra.naming import log_group_name
from infra.network import Network, NetworkArgs
from infra.network_settings import EGRESS_ZONES
from infra.partner_naming import SCANNER_PARTNER
from infra.quarantine import Quarantine, QuarantineArgs
from infra.scanner_token import scanner_decrypts
from infra.settings import Settings
from infra.trail import Trail, TrailArgs
from infra.weaknesses import Weakness


class Place(TypedDict):
    """Which environment, in which account and region."""

    environment: str
    account_id: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundations:
    """`egress` is None where partners are called without a filter; `around` is what surrounds each function."""

    keys: Keys
    logs: Logs
    trail: Trail
    network: Network
    endpoints: Endpoints
    data: Data
    quarantine: Quarantine
    dead_letters: aws.sqs.Queue
    around: Surroundings
    egress: Egress | None


def place_of(settings: Settings) -> Place:
    """As most arguments want it."""
    return {"environment": settings.environment, "account_id": settings.account_id, "region": settings.region}


def opens_scanner_token(settings: Settings) -> bool:
    """True where the auditor's scanner reads its token in this account."""
    opened = settings.opens_scanner_token or Weakness.TOKEN_FOR_AN_ACCOUNT in settings.weaknesses
    partners = {partner.id for partner in settings.partners}
    return opened and settings.auditor is not None and SCANNER_PARTNER in partners


def foundations(settings: Settings, own: pulumi.ResourceOptions) -> Foundations:
    """In the order in which they need each other."""
    place = place_of(settings)
    keys = Keys("keys", KeysArgs(**place, secret_readers=_secret_readers(settings)), own)
    logs_args = LogsArgs(**place, key_arn=keys.logs.arn, retention_days=settings.log_retention_days)
    logs = Logs("logs", logs_args, own)
    network = _network(settings, logs, own)
    endpoints = _endpoints(settings, network, own)
    queue = dead_letters(
        "dead-letters", keys.alerts.key_id, own, tls_only=Weakness.QUEUE_WITHOUT_TLS not in settings.weaknesses
    )
    return Foundations(
        keys=keys,
        logs=logs,
        trail=_trail(settings, keys, logs, own),
        network=network,
        endpoints=endpoints,
        data=_data(settings, keys, own),
        quarantine=_quarantine(settings, own),
        dead_letters=queue,
        around=_around(settings, keys, logs, queue, own),
        egress=_egress(settings, keys, logs, network, endpoints, own),
    )


def _secret_readers(settings: Settings) -> tuple[policies.Statement, ...]:
    if settings.auditor is None or not opens_scanner_token(settings):
        return ()
    any_role = Weakness.TOKEN_FOR_AN_ACCOUNT in settings.weaknesses
    return (scanner_decrypts(settings.environment, settings.auditor, settings.region, any_role=any_role),)


def _trail(settings: Settings, keys: Keys, logs: Logs, own: pulumi.ResourceOptions) -> Trail:
    args = TrailArgs(
        **place_of(settings),
        key_arn=keys.audit.arn,
        logs=logs,
        retention_days=settings.log_retention_days,
        protect=settings.is_protected,
        released=settings.is_released,
        weaknesses=settings.weaknesses,
    )
    return Trail("trail", args, own)


def _network(settings: Settings, logs: Logs, own: pulumi.ResourceOptions) -> Network:
    args = NetworkArgs(
        environment=settings.environment,
        account_id=settings.account_id,
        cidr=settings.vpc_cidr,
        zones=settings.zones,
        flow_log_group_arn=logs.flow.arn,
    )
    return Network("network", args, own)


def _endpoints(settings: Settings, network: Network, own: pulumi.ResourceOptions) -> Endpoints:
    args = EndpointsArgs(
        account_id=settings.account_id,
        region=settings.region,
        vpc_id=network.vpc.id,
        subnet_ids=network.subnet_ids,
        route_table_id=network.route_table.id,
        delivered_to=settings.delivered_to,
        weaknesses=settings.weaknesses,
    )
    return Endpoints("endpoints", args, own)


def _data(settings: Settings, keys: Keys, own: pulumi.ResourceOptions) -> Data:
    args = DataArgs(
        key_arn=keys.data.arn,
        protect=settings.is_protected,
        released=settings.is_released,
        weaknesses=settings.weaknesses,
    )
    return Data("data", args, own)


def _quarantine(settings: Settings, own: pulumi.ResourceOptions) -> Quarantine:
    args = QuarantineArgs(
        **place_of(settings),
        protect=settings.is_protected,
        released=settings.is_released,
        weaknesses=settings.weaknesses,
    )
    return Quarantine("quarantine", args, own)


def _around(
    settings: Settings, keys: Keys, logs: Logs, queue: aws.sqs.Queue, own: pulumi.ResourceOptions
) -> Surroundings:
    most = boundary(
        "boundary",
        BoundaryArgs(
            **place_of(settings), runs_containers=settings.container is not None, delivered_to=settings.delivered_to
        ),
        own,
    )
    return Surroundings(
        environment=settings.environment,
        logs=logs,
        settings_key_arn=keys.data.arn,
        dead_letters=queue,
        alerts_key_arn=keys.alerts.arn,
        boundary_arn=None if Weakness.NO_BOUNDARY in settings.weaknesses else most.arn,
    )


def _egress(
    settings: Settings, keys: Keys, logs: Logs, network: Network, endpoints: Endpoints, own: pulumi.ResourceOptions
) -> Egress | None:
    """Where those stand that call partners."""
    if settings.egress_hosts is None:
        return None
    args = EgressArgs(
        environment=settings.environment,
        vpc_id=network.vpc.id,
        cidr=settings.vpc_cidr,
        zones=settings.zones[:EGRESS_ZONES],
        hosts=settings.egress_hosts,
        endpoints_group_id=endpoints.endpoints_group.id,
        dynamodb_endpoint_id=endpoints.dynamodb.id,
        log_group=logs.group("egress", log_group_name(settings.environment, "egress")).name,
        key_arn=keys.data.arn,
        protect=settings.is_protected,
        weaknesses=settings.weaknesses,
    )
    return Egress("egress", args, own)
