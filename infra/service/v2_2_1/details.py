"""Version details (OCPI 2.2.1, version_information_endpoint): a partner sees the modules of its contract only."""

from __future__ import annotations

from collections.abc import Sequence

from infra.service.call import Answer, Call, Handler, Route
from infra.service.v2_2_1.paths import CREDENTIALS, DETAILS, NUMBER, module_path


def details_route(routes: Sequence[Route]) -> Route:
    """The route that lists the modules which `routes` implement."""
    offered = tuple(dict.fromkeys((r.module, r.side) for r in routes if r.side is not None))

    async def get_details(call: Call) -> Answer:
        origin = call.services.settings.public_origin
        endpoints = [{"identifier": "credentials", "role": "SENDER", "url": origin + CREDENTIALS}]
        endpoints += [
            {"identifier": module, "role": side.value, "url": origin + module_path(module, side)}
            for module, side in offered
            if call.partner.offers(module, side)
        ]
        return Answer(data={"version": NUMBER, "endpoints": endpoints})

    handler: Handler = get_details
    return Route(method="GET", template=DETAILS, handler=handler, module="versions")
