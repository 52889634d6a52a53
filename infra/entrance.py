"""What partners see of an environment: firewall, domain, gateway, in the order in which they are put together."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.api import Api, ApiArgs
from infra.domain import Domain, DomainArgs
from infra.edge import Edge, EdgeArgs
from infra.flood_protection import FloodProtection, FloodProtectionArgs
from infra.function import Function
from infra.logs import Logs
from infra.revocation import AUTHORISER_CACHE_S
from infra.settings import Settings
from infra.stage import Stage, StageArgs
from infra.upstream import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What the gateway asks, hands over to, and writes to."""

    upstream: Upstream
    authoriser: Function
    logs: Logs


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """Its parts."""

    api: Api
    stage: Stage
    edge: Edge
    domain: Domain


def entrance(settings: Settings, behind: Behind, opts: pulumi.ResourceOptions) -> Entrance:
    """Every request passes the firewall before the stage, and comes through the domain only."""
    api = Api("api", _api(settings, behind), opts)
    stage_args = StageArgs(
        environment=settings.environment,
        account_id=settings.account_id,
        api=api,
        logs=behind.logs,
        rate=settings.limits.stage_per_second,
        weaknesses=settings.weaknesses,
    )
    stage = Stage("stage", stage_args, opts)
    edge = Edge("edge", _edge(settings, behind), opts)
    edge.protect(stage.stage.arn)
    domain_args = DomainArgs(
        domain_name=settings.domain_name,
        certificate_arn=settings.certificate_arn,
        rest_api_id=api.rest.id,
        stage_name=stage.stage.stage_name,
        trust_store=settings.trust_store,
        weaknesses=settings.weaknesses,
    )
    domain = Domain("domain", domain_args, opts)
    if settings.shielded_zone is not None:
        shield = FloodProtectionArgs(environment=settings.environment, hosted_zone=settings.shielded_zone)
        FloodProtection("floods", shield, opts)
    return Entrance(api=api, stage=stage, edge=edge, domain=domain)


def _api(settings: Settings, behind: Behind) -> ApiArgs:
    return ApiArgs(
        environment=settings.environment,
        partners=settings.partners,
        upstream=behind.upstream,
        authoriser=behind.authoriser,
        # the cache knows the token only, and with mutual TLS a token is half of what opens the door
        authoriser_cache_s=AUTHORISER_CACHE_S if settings.trust_store is None else 0,
        weaknesses=settings.weaknesses,
    )


def _edge(settings: Settings, behind: Behind) -> EdgeArgs:
    return EdgeArgs(
        environment=settings.environment,
        addresses=[address for partner in settings.partners for address in partner.addresses],
        address_limit=settings.limits.address_per_5_minutes,
        token_limit=settings.limits.token_per_5_minutes,
        log_group_arn=behind.logs.firewall.arn,
        weaknesses=settings.weaknesses,
    )
