"""The route table of the gateways in front of the OCPI service, as resources declare it.

API Gateway Developer Guide: methods of REST APIs on resources with path parts, route keys of HTTP and WebSocket APIs;
`{name+}` is greedy, `ANY` is every method, `$default` every route without another.
"""

from collections.abc import Iterator
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.entry_points import api_of
from checks.resource_graph.ocpi_service import ocpi_service
from checks.resource_graph.stack import Stack
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

METHOD: Final = "aws:apigateway/method:Method"
ANY: Final = "ANY"
_PREFLIGHT: Final = "OPTIONS"
_DEEPEST: Final = 50  # segments; a chain of parents that is longer goes round in a circle


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """One method on one path. `segments` None: where it stands in the path is not declared, or not known."""

    resource: Resource
    method: str
    segments: tuple[str, ...] | None

    def __str__(self) -> str:
        return f"{self.method} /{'/'.join(self.segments or ('?',))}"


def ocpi_apis(stack: Stack) -> tuple[Resource, ...]:
    """The APIs on a way to the OCPI service; all of the stack where no way is declared."""
    service = ocpi_service(stack)
    on_the_way = {
        api.urn: api
        for _, reach in service.reached
        for way in reach.ways
        if way.workload.urn in service.workloads
        for one in way.resources
        if (api := api_of(stack, one)) is not None
    }
    return tuple(on_the_way.values()) or stack.of(aws.REST_API, aws.HTTP_API)


def route_table(stack: Stack) -> tuple[Routed, ...]:
    """Every route of every API before the OCPI service, without CORS preflights, which reach nothing."""
    found = (routed for api in ocpi_apis(stack) for routed in (*_methods(stack, api), *_routes(stack, api)))
    return tuple(routed for routed in found if routed.method != _PREFLIGHT)


def _methods(stack: Stack, api: Resource) -> Iterator[Routed]:
    for one in stack.referring(api, "restApi", METHOD):
        yield Routed(resource=one, method=str(one.get("httpMethod")), segments=_place(stack, api, one))


def _place(stack: Stack, api: Resource, method: Resource) -> tuple[str, ...] | None:
    """The path parts from the root; None where a part is not known or a parent is not declared."""
    parts: list[str] = []
    last, name, above = method, "resourceId", stack.referred(method, "resourceId", aws.REST_RESOURCE)
    while above and len(parts) < _DEEPEST:
        last, name = above[0], "parentId"
        part = last.get("pathPart")
        if not isinstance(part, str):
            return None
        parts.insert(0, part)
        above = stack.referred(last, name, aws.REST_RESOURCE)
    return tuple(parts) if not above and _is_root(stack, api, last, name) else None


def _is_root(stack: Stack, api: Resource, one: Resource, name: str) -> bool:
    """The id of the root is an output of the API."""
    value = one.get(name)
    by_value = isinstance(value, str) and value == api.outputs.get("rootResourceId")
    return by_value or api in stack.referred(one, name, aws.REST_API)


def _routes(stack: Stack, api: Resource) -> Iterator[Routed]:
    for one in stack.referring(api, "apiId", aws.HTTP_ROUTE):
        key = one.get("routeKey")
        if not isinstance(key, str):
            yield Routed(resource=one, method=ANY, segments=None)
            continue
        method, _, path = key.partition(" ")
        if path:
            yield Routed(resource=one, method=method, segments=tuple(part for part in path.split("/") if part))
        else:
            yield Routed(resource=one, method=ANY, segments=(key,))
