"""APIs whose methods or stages are not declared: in an OpenAPI body that cannot be read, or by the quick create.

API Gateway Developer Guide, REST APIs and HTTP APIs by OpenAPI; `CreateApi`, `target`.
"""

from typing import Final

from checks.resource_graph.judgement import Judgement, undecided
from checks.resource_graph.openapi_document import document_of
from checks.resource_graph.stack import Stack
from scanner.model.resource import ABSENT, Resource

REST_API: Final = "aws:apigateway/restApi:RestApi"
HTTP_API: Final = "aws:apigatewayv2/api:Api"
_STAGES: Final = {
    REST_API: ("restApi", "aws:apigateway/stage:Stage"),
    HTTP_API: ("apiId", "aws:apigatewayv2/stage:Stage"),
}


def described_apis(stack: Stack) -> tuple[Resource, ...]:
    """APIs with methods that are not known."""
    return tuple(one for one in _by_body(stack) if _quickly_made(one) or one.urn not in stack.index.bodies)


def without_stage(stack: Stack) -> tuple[Resource, ...]:
    """Described APIs of which the stack declares no stage, and those that come with a stage of their own."""
    return tuple(one for one in _by_body(stack) if _quickly_made(one) or not stack.referring(one, *_STAGES[one.token]))


def _by_body(stack: Stack) -> tuple[Resource, ...]:
    return tuple(one for one in stack.of(REST_API, HTTP_API) if _is_set(one, "body") or _quickly_made(one))


def unread(one: Resource) -> Judgement:
    """The verdict on such an API."""
    if _quickly_made(one):
        return undecided("its route and stage come with the API (quick create), and are not declared")
    if document_of(one.get("body")) is not None:
        return undecided("its methods stand in an OpenAPI body, and its stage is not declared")
    return undecided("its methods stand in an OpenAPI body, which cannot be read")


def _quickly_made(one: Resource) -> bool:
    return one.token == HTTP_API and _is_set(one, "target")


def _is_set(one: Resource, name: str) -> bool:
    value = one.get(name)
    return value is not ABSENT and value is not None and value != ""
