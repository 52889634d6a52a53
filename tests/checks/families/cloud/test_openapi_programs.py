"""What an OpenAPI body declares is judged like resources; what of it cannot be read is no verdict."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from checks.resource_graph.stack import Stack
from checks.resource_graph.types import HTTP_API, REST_API
from scanner.model.facts.cloud import DeclaredResources
from tests.checks.families.cloud.case_tables import F, I, P, Row, said
from tests.checks.families.cloud.cases import findings, names, stacks
from tests.scanner.cloud.declared import declare

POST, BY, CALLS = "api/POST /ocpi/2.2.1/cdrs", "api/authoriser partners", "api/integration POST /ocpi/2.2.1/cdrs"
ROWS: list[Row] = [
    ("edge-authoriser-on-every-method", "sound", POST, P),
    ("edge-authoriser-on-every-method", "open_method", POST, F),
    ("edge-authoriser-on-every-method", "guarded_on_paper", POST, F),
    ("edge-authoriser-on-every-method", "key_alone", POST, F),
    ("edge-authoriser-on-every-method", "guarded_as_a_whole", POST, I),
    ("edge-authoriser-on-every-method", "unknown_scheme", POST, I),
    ("edge-authoriser-on-every-method", "in_yaml", "api/ANY /{proxy+}", F),
    ("edge-authoriser-on-every-method", "with_aliases", "api", I),
    ("edge-authoriser-on-every-method", "in_other_files", "api", I),
    ("edge-authoriser-on-every-method", "http_api", POST, P),
    ("edge-authoriser-on-every-method", "http_open_default", "api/$default", F),
    ("authoriser-forgets-in-time", "sound", BY, P),
    ("authoriser-forgets-in-time", "long_memory", BY, F),
    ("authoriser-forgets-in-time", "in_other_files", "api", I),
    ("authoriser-asked-with-the-header", "sound", BY, P),
    ("authoriser-asked-with-the-header", "http_api", BY, P),
    ("authoriser-asked-with-the-header", "asked_with_another_header", BY, F),
    ("validation-on-every-method", "sound", POST, P),
    ("validation-on-every-method", "no_validator", POST, F),
    ("validation-on-every-method", "parameters_only", POST, F),
    ("validation-on-every-method", "http_api", POST, F),
    ("validation-models", "sound", POST, P),
    ("validation-models", "no_model", POST, F),
    ("validation-models", "empty_model", POST, F),
    ("validation-every-content-type", "sound", POST, P),
    ("validation-every-content-type", "one_type", POST, F),
    ("throttling-every-method-counted", "sound", POST, P),
    ("throttling-every-method-counted", "key_alone", POST, F),
    ("throttling-every-method-counted", "open_method", POST, F),
    ("inner-hops-with-tls", "sound", CALLS, P),
    ("inner-hops-with-tls", "plain_upstream", CALLS, F),
    ("inner-hops-with-tls", "in_other_files", "api", I),
    ("routes-no-catch-all", "sound", POST, P),
    ("routes-no-catch-all", "http_api", POST, P),
    ("routes-no-catch-all", "any_method", "api/ANY /ocpi/2.2.1/cdrs", F),
    ("routes-no-catch-all", "in_yaml", "api/ANY /{proxy+}", F),
    ("routes-no-catch-all", "http_open_default", "api/$default", F),
    ("routes-no-catch-all", "with_aliases", "api", I),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_rule_says_of_a_described_api_what_the_table_has(row):
    assert said("openapi", row) is row[3]


def test_every_case_is_in_the_table():
    assert {case for _, case, _, _ in ROWS} == set(names("openapi"))


def test_a_finding_in_a_body_points_at_the_line_of_the_api():
    (check,) = (one for one in CATALOG if one.id == "cloud-edge-authoriser-on-every-method")
    (found,) = findings(check, stacks("openapi")["open_method"])
    assert found.position
    assert found.position.file == "openapi.py"


def test_a_function_behind_a_body_is_reached():
    stack = Stack(declared=stacks("openapi")["sound"])
    (calls,) = stack.of("aws:apigateway/integration:Integration")
    assert [one.name for one in stack.referred(calls, "uri", "aws:lambda/function:Function")] == ["ocpi"]


WORDS = st.sampled_from(
    ["paths", "/a", "/", "get", "post", "$ref", "security", "components", "securitySchemes", "x", "#/x", "in", "body"]
    + [f"x-amazon-apigateway-{name}" for name in ("authorizer", "integration", "any-method", "request-validator")]
    + ["parameters", "consumes", "requestBody", "content", "schema", "x-amazon-apigateway-request-validators"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None)
@given(
    JSON,
    st.dictionaries(WORDS, JSON, max_size=4),
    st.sampled_from([REST_API, HTTP_API]),
)
def test_whatever_stands_in_a_body_every_rule_gives_a_verdict_or_none(document, operation, kind):
    whole = {**(document if isinstance(document, dict) else {}), "paths": {"/a/{b}": {"post": operation}}}
    for body in (json.dumps(document), json.dumps(whole), "a: [", "&a [*a]", 5):
        api = declare(kind, "api", {"body": body})
        declared = DeclaredResources(stack="small/test", source="test", resources=(api,))
        for check in BODIES:
            outcomes = {one.outcome for one in findings(check, declared)}
            assert outcomes <= {Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE}


BODIES = [one for one in CATALOG if one.id in {f"cloud-{check}" for check, _, _, _ in ROWS}]
