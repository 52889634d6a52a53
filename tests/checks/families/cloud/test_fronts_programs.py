"""Whatever stands before a service, or beside its gateway: what leads in is found, what only seems to is let be."""

import json
from typing import Final

import pytest

from checks.families.cloud.exposure import DEFAULT_ENDPOINTS
from checks.model.verdict import Outcome
from checks.resource_graph import types as aws
from checks.resource_graph.opening import OPEN, SHUT, Opening
from checks.resource_graph.other_accounts import lattice_service, private_api
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import UNKNOWN, CloudValue, Resource
from tests.checks.families.cloud.case_tables import F, I, P, Row, said
from tests.checks.families.cloud.cases import findings
from tests.scanner.cloud.declared import declare

N: Final = Outcome.NOT_APPLICABLE
_AROUND: Final = "entry-points-no-way-around-gateway"
_WAF: Final = "edge-firewall-on-every-entry"
_PRIVATE: Final = "exposure-default-endpoint-closed"
_APART: Final = "segmentation-no-path-to-admin-or-finance"
ROWS: Final[list[Row]] = [
    (_AROUND, "sockets_beside_the_gateway", "live", F),
    (_WAF, "sockets_beside_the_gateway", "live", F),
    ("edge-authoriser-on-every-method", "sockets_beside_the_gateway", "connect", F),
    ("edge-authoriser-on-every-method", "sockets_beside_the_gateway", "default", P),
    ("edge-authoriser-on-every-method", "sockets_that_anybody_opens", "default", F),
    (_AROUND, "link_to_a_named_service", "live", P),
    ("inner-hops-with-tls", "link_to_a_named_service", "inside", F),
    (_WAF, "link_to_a_named_service", "live", F),
    (_AROUND, "link_to_an_internal_balancer", "live", P),
    ("inner-hops-with-tls", "link_to_an_internal_balancer", "inside", P),
    ("edge-authoriser-on-every-method", "link_to_an_internal_balancer", "all", F),
    (_PRIVATE, "private_api_for_every_account", "private", F),
    (_AROUND, "private_api_for_every_account", "private", P),
    (_PRIVATE, "private_api_for_one_endpoint", "private", P),
    (_AROUND, "private_api_for_one_endpoint", "", N),
    (_PRIVATE, "private_api_but_for_other_networks", "private", P),
    (_PRIVATE, "private_api_without_a_policy", "private", P),
    (_AROUND, "signed_url_for_every_account", "called", F),
    (_AROUND, "signed_url_for_any_distribution", "called", F),
    (_AROUND, "signed_url_for_one_distribution", "url", P),
    (_AROUND, "packets_to_a_machine", "packets", F),
    (_WAF, "runner_inside_a_network", "", N),
    (_WAF, "runner_on_the_internet", "ocpi", F),
    ("mutual-tls-nothing-beside", "certificates_beside_an_open_endpoint", "domain", F),
    (_PRIVATE, "certificates_beside_an_open_endpoint", "api", F),
    (_WAF, "internal_balancer_behind_an_accelerator", "balancer", F),
    ("throttling-without-a-stage", "internal_balancer_behind_an_accelerator", "balancer", F),
    ("edge-access-logs", "internal_balancer_behind_an_accelerator", "balancer", F),
    (_WAF, "public_balancer_behind_an_accelerator", "balancer", F),
    (_AROUND, "accelerator_for_whole_subnets", "front", I),
    (_WAF, "balancer_behind_verified_access", "balancer", F),
    (_AROUND, "balancer_behind_verified_access", "door", P),
    (_AROUND, "mesh_for_another_account", "mesh", F),
    (_AROUND, "mesh_of_one_account", "api", P),
    (_AROUND, "mesh_that_wants_signatures", "api", P),
    (_AROUND, "ingress_of_kubernetes", "pods", I),
    (_AROUND, "containers_with_a_balancer_of_their_own", "express", I),
    (_WAF, "containers_with_a_balancer_of_their_own", "express", I),
    (_APART, "peers_through_a_core_network", "ocpi", I),
    (_APART, "peers_through_a_shared_gateway", "ocpi", I),
    (_APART, "network_of_a_mesh", "ocpi", I),
    (_APART, "network_without_a_mesh", "ocpi", P),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1]}-{row[0]}-{row[2]}")
def test_what_stands_in_front_is_followed_to_the_service(row):
    assert said("fronts", row) is row[3]


def _stack(*resources: Resource) -> Stack:
    return Stack(declared=DeclaredResources(stack="small/test", source="program", resources=resources))


def _api(policy: CloudValue) -> Resource:
    inputs: dict[str, CloudValue] = {"endpointConfiguration": {"types": "PRIVATE"}, "policy": policy}
    return declare(aws.REST_API, "api", inputs)


_FROM_ONE: Final[CloudValue] = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
_ALL: Final[dict[str, CloudValue]] = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def _refusing(resource: str, condition: CloudValue) -> dict[str, CloudValue]:
    deny: dict[str, CloudValue] = {**_ALL, "Effect": "Deny", "Resource": resource, "Condition": condition}
    return {"Statement": (_ALL, deny)}


@pytest.mark.parametrize(
    "policy, opening",
    [
        ({"Statement": _ALL}, OPEN),
        (_refusing("execute-api:/*", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), SHUT),
        (_refusing("execute-api:/*/*/*", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), SHUT),
        (_refusing("arn:aws:execute-api:*:*:api1/*/*/*", {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}), SHUT),
        (_refusing("execute-api:/prod/*/*", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), OPEN),
        (_refusing("*", {"NotIpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}), OPEN),
        (_refusing("*", {"StringNotLike": {"aws:SourceVpce": "*"}}), OPEN),
        (_refusing("*", {"StringNotLike": {"aws:SourceVpce": "vpce-*"}}), OPEN),
        (_refusing("execute-api:/prod/GET/admin", {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), OPEN),
        (_refusing("*", {"StringNotEquals": {"aws:UserAgent": "partner"}}), OPEN),
        (None, SHUT),
    ],
)
def test_a_private_api_is_open_to_whom_its_policy_lets_in(policy: CloudValue, opening: Opening):
    api = _api(policy)
    assert private_api(_stack(api), api) == opening


def test_a_policy_beside_a_private_api_counts_as_its_own():
    api, token = _api(None), "aws:apigateway/restApiPolicy:RestApiPolicy"
    beside = declare(token, "policy", {"policy": {"Statement": _ALL}}, {"restApiId": (api,)})
    assert private_api(_stack(api, beside), api) == OPEN


def test_a_policy_in_the_body_of_a_private_api_counts_where_the_api_has_none():
    body = json.dumps({"paths": {"/cdrs": {"get": {}}}, "x-amazon-apigateway-policy": {"Statement": _ALL}})
    inputs: dict[str, CloudValue] = {"endpointConfiguration": {"types": "PRIVATE"}, "body": body}
    api = declare(aws.REST_API, "api", inputs)
    assert private_api(_stack(api), api) == OPEN
    unread = declare(aws.REST_API, "api", inputs | {"body": UNKNOWN})
    is_open, doubt = private_api(_stack(unread), unread)
    assert is_open
    assert doubt
    own = declare(aws.REST_API, "api", inputs | {"policy": _refusing("*", _FROM_ONE)})
    assert private_api(_stack(own), own) == SHUT


@pytest.mark.parametrize(
    "policy",
    [
        UNKNOWN,
        {"Statement": {**_ALL, "Condition": {"StringEquals": {"aws:SourceVpce": UNKNOWN}}}},
        _refusing("execute-api:/*", {"StringNotEquals": {"aws:SourceVpce": (UNKNOWN,)}}),
    ],
)
def test_a_private_api_with_an_unknown_policy_is_undecided(policy: CloudValue):
    declared = DeclaredResources(stack="small/test", source="program", resources=(_api(policy),))
    (found,) = findings(DEFAULT_ENDPOINTS, declared)
    assert found.outcome is I


@pytest.mark.parametrize(
    "own, network, opening",
    [("NONE", "NONE", OPEN), ("AWS_IAM", "NONE", SHUT), ("NONE", "AWS_IAM", SHUT), (None, None, OPEN)],
)
def test_a_service_in_a_shared_network_is_open_where_neither_asks_who_calls(
    own: str | None, network: str | None, opening: Opening
):
    service = declare(aws.LATTICE, "service", {"authType": own})
    shared = declare("aws:vpclattice/serviceNetwork:ServiceNetwork", "network", {"authType": network})
    joined = declare(
        "aws:vpclattice/serviceNetworkServiceAssociation:ServiceNetworkServiceAssociation",
        "in",
        {},
        {"serviceIdentifier": (service,), "serviceNetworkIdentifier": (shared,)},
    )
    share = declare("aws:ram/resourceAssociation:ResourceAssociation", "share", {}, {"resourceArn": (shared,)})
    assert lattice_service(_stack(service, shared, joined, share), service) == opening
    assert lattice_service(_stack(service, shared, joined), service) == SHUT


def test_a_shared_service_whose_authorisation_is_unknown_is_in_doubt():
    service = declare(aws.LATTICE, "service", {"authType": UNKNOWN})
    share = declare("aws:ram/resourceAssociation:ResourceAssociation", "share", {}, {"resourceArn": (service,)})
    is_open, doubt = lattice_service(_stack(service, share), service)
    assert is_open
    assert doubt
