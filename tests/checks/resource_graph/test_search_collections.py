"""Policies of OpenSearch Serverless are about the collections that their patterns fit, and about no other."""

import json

import pytest

from checks.resource_graph.opening import OPEN, SHUT, Opening
from checks.resource_graph.search_collections import COLLECTION, collection_opening, data_policies
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource
from tests.scanner.cloud.declared import declare

_OCPI = declare(COLLECTION, "ocpi", {"name": "ocpi"})


def _stack(beside: Resource) -> Stack:
    return Stack(declared=DeclaredResources(stack="small/test", source="program", resources=(_OCPI, beside)))


@pytest.mark.parametrize(
    "pattern, opening",
    [
        ("collection/ocpi", OPEN),
        ("collection/oc*", OPEN),
        ("collection/*", OPEN),
        ("collection/ocpi-map", SHUT),
        ("collection/ocpi-*", SHUT),
        ("collection/shop", SHUT),
    ],
)
def test_a_network_policy_opens_the_collections_that_it_names(pattern: str, opening: Opening):
    rules = [{"ResourceType": "collection", "Resource": [pattern]}]
    policy = json.dumps([{"Rules": rules, "AllowFromPublic": True}])
    network = declare(
        "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy", "it", {"type": "network", "policy": policy}
    )
    assert collection_opening(_stack(network), _OCPI) == opening


@pytest.mark.parametrize(
    "pattern, named",
    [
        ("index/ocpi/*", True),
        ("index/ocpi/cdrs", True),
        ("index/oc*/cdrs*", True),
        ("index/*/cdrs", True),
        ("index/ocpi-map/*", False),
        ("index/shop/*", False),
    ],
)
def test_a_data_policy_is_about_indexes_of_the_collections_that_it_names(pattern: str, named: bool):
    rules = [{"ResourceType": "index", "Resource": [pattern], "Permission": ["aoss:ReadDocument"]}]
    policy = json.dumps([{"Rules": rules, "Principal": ["arn:aws:iam::123456789012:role/shop"]}])
    access = declare(
        "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy", "it", {"type": "data", "policy": policy}
    )
    (document,) = data_policies(_stack(access), _OCPI)
    assert bool(document.statements) is named
