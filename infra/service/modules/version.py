"""A dialect, made into the routes of its version."""

from __future__ import annotations

from infra.service.modules.cdrs import cdr_routes
from infra.service.modules.charging_profiles import profile_routes
from infra.service.modules.commands import command_routes
from infra.service.modules.credentials import credentials_routes
from infra.service.modules.details import details_route
from infra.service.modules.dialect import Dialect, Version
from infra.service.modules.hub_client_info import client_info_routes
from infra.service.modules.locations import location_routes
from infra.service.modules.sessions import session_routes
from infra.service.modules.tariffs import tariff_routes
from infra.service.modules.tokens import token_routes

_MODULES = (
    location_routes,
    tariff_routes,
    token_routes,
    session_routes,
    cdr_routes,
    command_routes,
    profile_routes,
    client_info_routes,
)


def make_version(dialect: Dialect) -> Version:
    """All modules that the dialect has."""
    routes = tuple(route for module in _MODULES for route in module(dialect))
    configuration = (details_route(dialect, routes), *credentials_routes(dialect))
    return Version(number=dialect.number, details_path=dialect.details, routes=(*configuration, *routes))
