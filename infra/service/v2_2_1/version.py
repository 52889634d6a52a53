"""The version as the application takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.service.call import Route
from infra.service.v2_2_1 import cdrs, credentials, locations, sessions, tariffs, tokens
from infra.service.v2_2_1.details import details_route
from infra.service.v2_2_1.paths import DETAILS, NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Number, path of the version details, and all routes."""

    number: str
    details_path: str
    routes: tuple[Route, ...]


_MODULES: Final = (*locations.ROUTES, *tariffs.ROUTES, *tokens.ROUTES, *sessions.ROUTES, *cdrs.ROUTES)
VERSION: Final = Version(
    number=NUMBER, details_path=DETAILS, routes=(details_route(_MODULES), *credentials.ROUTES, *_MODULES)
)
