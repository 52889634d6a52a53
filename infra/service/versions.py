"""The versions endpoint (OCPI 2.2.1, version_information_endpoint)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from infra.service.call import Answer, Call, Route

VERSIONS_PATH: Final = "/ocpi/versions"


class Version(Protocol):
    """One OCPI version: its number, and its routes with the version details first."""

    @property
    def number(self) -> str:
        """As in VersionNumber."""
        ...

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes of the version."""
        ...

    @property
    def details_path(self) -> str:
        """Path of the version details."""
        ...


def version_routes(versions: Sequence[Version]) -> tuple[Route, ...]:
    """The one route that lists `versions`."""

    async def list_versions(call: Call) -> Answer:
        origin = call.services.settings.public_origin
        return Answer(data=[{"version": v.number, "url": origin + v.details_path} for v in versions])

    return (Route(method="GET", template=VERSIONS_PATH, handler=list_versions, module="versions"),)
