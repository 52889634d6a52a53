"""The versions endpoint (OCPI 2.2.1, version_information_endpoint)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from infra.service.call import Answer, Call, Route

VERSIONS_PATH: Final = "/ocpi/versions"


class _Version(Protocol):
    @property
    def number(self) -> str: ...

    @property
    def details_path(self) -> str: ...


def version_routes(versions: Sequence[_Version]) -> tuple[Route, ...]:
    """The one route that lists `versions`."""

    async def list_versions(call: Call) -> Answer:
        origin = call.services.settings.public_origin
        return Answer(data=[{"version": v.number, "url": origin + v.details_path} for v in versions])

    return (Route(method="GET", template=VERSIONS_PATH, handler=list_versions, module="versions"),)
