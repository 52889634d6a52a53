"""Which service stands behind the gateway of an environment: ours on Lambda, or a container of the user's own."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.balancer import Balancer, BalancerArgs
from infra.container_endpoints import ContainerEndpoints, ContainerEndpointsArgs
from infra.container_service import ContainerService, ContainerServiceArgs
from infra.container_settings import ContainerSettings
from infra.egress import Egress
from infra.endpoints import Endpoints
from infra.function import Placement, Surroundings
from infra.network import Network
from infra.service_function import Service, ServiceArgs
from infra.service_rights import ServiceData
from infra.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlace:
    """Where it stands, and what surrounds it. `egress`: none, no filtered way out."""

    surroundings: Surroundings
    network: Network
    endpoints: Endpoints
    egress: Egress | None
    data: ServiceData


def environment_service(
    settings: Settings, place: ServicePlace, opts: pulumi.ResourceOptions
) -> Service | ContainerService:
    """As the config says."""
    if settings.container is not None:
        return _containers(settings, settings.container, place, opts)
    isolated = Placement(subnet_ids=place.network.subnet_ids, security_group_id=place.endpoints.functions_group.id)
    args = ServiceArgs(
        surroundings=place.surroundings,
        placement=isolated,
        data=place.data,
        dependencies=settings.dependencies,
        concurrency=settings.limits.concurrency,
    )
    return Service("service", args, opts)


def _containers(
    settings: Settings, container: ContainerSettings, place: ServicePlace, opts: pulumi.ResourceOptions
) -> ContainerService:
    network, endpoints = place.network, place.endpoints
    way_out = place.egress if container.calls_partners else None
    started_by = ContainerEndpointsArgs(
        account_id=settings.account_id,
        region=settings.region,
        vpc_id=network.vpc.id,
        subnet_ids=network.subnet_ids,
        route_table_ids=[network.route_table.id, *(way_out.calling_table_ids if way_out else ())],
        endpoints_group_id=endpoints.endpoints_group.id,
    )
    starting = ContainerEndpoints("container-endpoints", started_by, opts)
    reached_by = BalancerArgs(
        environment=settings.environment,
        vpc_id=network.vpc.id,
        subnet_ids=network.subnet_ids,
        endpoints_group_id=endpoints.endpoints_group.id,
        dynamodb_prefix_list_id=endpoints.dynamodb.prefix_list_id,
        s3_prefix_list_id=starting.s3.prefix_list_id,
        container=container,
        protect=settings.is_protected,
        weaknesses=settings.weaknesses,
    )
    args = ContainerServiceArgs(
        surroundings=place.surroundings,
        isolated_subnet_ids=network.subnet_ids,
        way_out=way_out.placement if way_out else None,
        data=place.data,
        container=container,
        balancer=Balancer("balancer", reached_by, opts),
    )
    return ContainerService("service", args, opts)
