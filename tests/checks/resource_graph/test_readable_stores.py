"""What it takes to read a store is said where its ARN can be said, whatever stands in the ARN's place."""

import pytest

from checks.resource_graph.readable_stores import ways_to_read
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from tests.scanner.cloud.declared import declare

_BOTH = {"enableHttpEndpoint": True, "iamDatabaseAuthenticationEnabled": True}


@pytest.mark.parametrize(
    "arn, ways",
    [
        ("arn:aws:rds:eu-central-1:123456789012:cluster:ocpi", 3),  # statements; logins by this id, or a later one
        ("arn:aws:rds", None),
        ("made up", None),
    ],
)
def test_a_database_whose_arn_is_none_is_held_against_no_policy(arn: str, ways: int | None):
    database = declare("aws:rds/cluster:Cluster", "ocpi", _BOTH, outputs={"arn": arn, "clusterResourceId": "ocpi"})
    stack = Stack(declared=DeclaredResources(stack="small/test", source="state", resources=(database,)))
    found = ways_to_read(stack, database)
    assert (found if found is None else len(found)) == ways
