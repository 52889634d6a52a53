"""What other accounts can call without the internet: private APIs and services of VPC Lattice.

API Gateway Developer Guide, resource policies of private APIs: an endpoint for execute-api of any account leads to a
private API, whose policy alone says who is answered; without a policy nobody is. Amazon VPC Lattice User Guide, sharing
by AWS RAM and auth policies: with AWS_IAM and without a policy nobody is answered.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from checks.resource_graph import types as aws
from checks.resource_graph.leaves import is_set
from checks.resource_graph.narrowed import for_everybody
from checks.resource_graph.openapi_document import document_of
from checks.resource_graph.opening import OPEN, SHUT, Opening, in_doubt
from checks.resource_graph.policy_documents import Condition, PolicyDocument, Statement, read_document
from checks.resource_graph.policy_reach import covers_action, is_everybody, narrows
from checks.resource_graph.stack import Stack
from scanner.model.leaves import texts
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource

_API_POLICY: Final = "aws:apigateway/restApiPolicy:RestApiPolicy"
_IN_BODY: Final = "x-amazon-apigateway-policy"
_MESH_POLICY: Final = "aws:vpclattice/authPolicy:AuthPolicy"
_NETWORK: Final = "aws:vpclattice/serviceNetwork:ServiceNetwork"
_IN_NETWORK: Final = "aws:vpclattice/serviceNetworkServiceAssociation:ServiceNetworkServiceAssociation"
SHARED: Final = "aws:ram/resourceAssociation:ResourceAssociation"
_CALLS: Final = "execute-api:Invoke"
_LEVELS: Final = 3  # of what an API has below it: stage, method, path
# Not by address: everybody's networks may have the same.
_ELSEWHERE: Final = ("stringnotequals", "stringnotlike", "stringnotequalsignorecase", "arnnotequals", "arnnotlike")


def is_private(api: Resource) -> bool:
    """True for a REST API that no endpoint of the internet leads to."""
    return api.token == aws.REST_API and "PRIVATE" in texts(api.get("endpointConfiguration.types"))


def private_api(stack: Stack, api: Resource) -> Opening:
    """A private API is open where its policy lets everybody in, from whatever network."""
    if not is_private(api):
        return SHUT
    alone = (each.get("policy") for each in stack.referring(api, "restApiId", _API_POLICY))
    own = api.get("policy")
    return _by_policies([own if is_set(own) else _in_body(api), *alone])


def _in_body(api: Resource) -> CloudValue:
    """What an OpenAPI body says where the API itself says nothing."""
    body = api.get("body")
    if not is_set(body):
        return ABSENT
    document = document_of(body)
    return UNKNOWN if document is None else document.get(_IN_BODY, ABSENT)


def lattice_service(stack: Stack, service: Resource) -> Opening:
    """Open where it, or a network that it is in, is shared, and neither asks who calls."""
    own = _asks_nobody(stack, service)
    if stack.referring(service, "resourceArn", SHARED):
        return own
    found = [_both(own, _asks_nobody(stack, one)) for one in _networks(stack, service) if _is_shared(stack, one)]
    return next((one for one in found if one == OPEN), found[0] if found else SHUT)


def _networks(stack: Stack, service: Resource) -> Iterator[Resource]:
    for one in stack.referring(service, "serviceIdentifier", _IN_NETWORK):
        yield from stack.referred(one, "serviceNetworkIdentifier", _NETWORK)


def _is_shared(stack: Stack, network: Resource) -> bool:
    return bool(stack.referring(network, "resourceArn", SHARED))


def _both(one: Opening, other: Opening) -> Opening:
    if SHUT in (one, other):
        return SHUT
    return one if one != OPEN else other


def _asks_nobody(stack: Stack, one: Resource) -> Opening:
    kind = one.get("authType")
    if kind is UNKNOWN:
        return in_doubt("whether it asks who calls is unknown until deploy")
    if kind != "AWS_IAM":
        return OPEN
    return _by_policies([each.get("policy") for each in stack.referring(one, "resourceIdentifier", _MESH_POLICY)])


def _by_policies(policies: list[CloudValue]) -> Opening:
    documents = [read_document(value) for value in policies if is_set(value)]
    if any(map(_lets_everybody, documents)):
        return OPEN
    doubt = next((document.doubt for document in documents if document.doubt), "")
    return in_doubt(f"whom its policy lets in is not known: {doubt}") if doubt else SHUT


def _lets_everybody(document: PolicyDocument) -> bool:
    return any(map(is_everybody, document.allowing())) and not any(map(_refuses_others, document.statements))


def _refuses_others(one: Statement) -> bool:
    """A Deny for everybody who comes from elsewhere than it names, on the whole API."""
    whole = not one.resources or any(map(_is_whole, one.resources))  # none: they are not known yet
    only = bool(one.conditions) and all(map(_is_elsewhere, one.conditions))
    everybody = not one.allows and for_everybody(one) and not one.not_principals
    return everybody and whole and only and covers_action(one, _CALLS)


def _is_whole(resource: str) -> bool:
    """`execute-api:/*`, `arn:..:ID/*/*/*` (stage, method, path), `*`: nothing of the API is left out."""
    api, *below = resource.rpartition(":")[2].split("/")
    return len(below) <= _LEVELS and not any(part.strip("*") for part in below or [api])


def _is_elsewhere(condition: Condition) -> bool:
    operator = condition.operator.lower().removesuffix("ifexists").removeprefix("foranyvalue:")
    return operator in _ELSEWHERE and narrows(replace(condition, operator="StringEquals"))
