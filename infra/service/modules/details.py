"""Version details (version_information_endpoint): a partner sees the modules of its contract only."""

from __future__ import annotations

from collections.abc import Sequence

from infra.service.call import Answer, Call, Handler, Route
from infra.service.modules.dialect import Dialect
from infra.service.modules.paths import credentials_path
from infra.service.partner import InterfaceRole


def details_route(dialect: Dialect, routes: Sequence[Route]) -> Route:
    """The route that lists the modules which `routes` implement."""
    offered = tuple(dict.fromkeys((r.module, r.side) for r in routes if r.side is not None))

    async def get_details(call: Call) -> Answer:
        origin = call.services.settings.public_origin
        endpoints = [_endpoint(dialect, "credentials", InterfaceRole.SENDER, origin + credentials_path(dialect.number))]
        endpoints += [
            _endpoint(dialect, module, side, origin + dialect.path(module, side))
            for module, side in offered
            if call.partner.offers(module, side)
        ]
        return Answer(data={"version": dialect.number, "endpoints": endpoints})

    handler: Handler = get_details
    return Route(method="GET", template=dialect.details, handler=handler, module="versions")


def _endpoint(dialect: Dialect, module: str, side: InterfaceRole, url: str) -> dict[str, str]:
    """2.1.1 has no roles: both sides of a module look the same but for their URL."""
    role = {"role": side.value} if dialect.names_parties else {}
    return {"identifier": module, **role, "url": url}
