"""The bodies that the gateway lets pass: what the specification has, with fields that it does not know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft4Validator

from infra.api_methods import LARGEST_MODEL, VALIDATED_CONTENT_TYPES, model_name, model_schema
from scanner.model.ocpi.builder import build
from scanner.model.ocpi.specification import VERSIONS, PropertyType, specification
from scanner.model.party import Party
from tests.infra.gateway_schemas import FOLDER, _carried, generated, routed
from tests.infra.recorded_program import Recorded

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
PARTY = Party(country_code="NL", party_id="TNM")
CARRIED = sorted({(body, *carried) for body, carried in _carried() if body in routed()})
METHOD = "aws:apigateway/method:Method"
MODEL = "aws:apigateway/model:Model"


@cache
def schema(body: str) -> Draft4Validator:
    return Draft4Validator(json.loads(model_schema(body)))


def test_the_committed_schemas_are_those_of_the_specification():
    committed = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    assert committed == generated(), "write them again: python -m tests.infra.gateway_schemas"


@pytest.mark.parametrize("body", sorted(routed()))
def test_each_is_a_schema_of_draft_4_that_the_gateway_has_room_for(body):
    Draft4Validator.check_schema(schema(body).schema)
    assert len(model_schema(body)) < LARGEST_MODEL
    assert model_name(body).isalnum()


@pytest.mark.parametrize("body, version, name, partial", CARRIED)
def test_what_the_specification_has_passes_with_a_field_that_nobody_knows(body, version, name, partial):
    value: Any = build(version, name, seed="s", party=PARTY, now=NOW)
    assert schema(body).is_valid({**value, "x_own": {"any": ["thing"]}})
    if partial:
        assert schema(body).is_valid({"last_updated": "2026-03-14T09:26:53Z"})


@pytest.mark.parametrize("body, version, name, partial", [row for row in CARRIED if not row[-1]])
def test_values_of_the_wrong_kind_fit_no_version(body, version, name, partial):
    value: Any = build(version, name, seed="s", party=PARTY, now=NOW)
    required = [key for key, kind in specification(version).classes[name].items() if kind.cardinality in "1+"]
    kept = {key: {"wrong": True} for key in value if key in required}
    assert kept, "nothing was made wrong"
    assert not schema(body).is_valid({**value, **kept})


@pytest.mark.parametrize("body", sorted(body for body in routed() if body.endswith("-patch")))
def test_a_patch_is_refused_for_each_field_of_the_wrong_kind_that_all_versions_have(body):
    classes = [specification(version).classes[name] for row, version, name, _ in CARRIED if row == body]
    shared = set.intersection(*(set(one) for one in classes))
    assert len(shared) > 5
    for field in sorted(shared):
        assert not schema(body).is_valid({field: {"wrong": {"wrong": True}}}) or _takes_any_object(classes, field)


def _takes_any_object(classes: Sequence[Mapping[str, PropertyType]], field: str) -> bool:
    """A class without a required field takes an object of unknown fields, as OCPI wants it."""
    kinds = {one[field].name for one in classes}
    known = [spec.classes[kind] for spec in map(specification, VERSIONS) for kind in kinds if kind in spec.classes]
    return any(all(one.cardinality not in "1+" for one in found.values()) for found in known)


def test_a_patch_of_a_location_and_of_its_parts_are_told_apart():
    assert not schema("locations-receiver-patch").is_valid({"name": 5})
    assert not schema("locations-evse-receiver-patch").is_valid({"status": "BROKEN"})
    assert not schema("locations-connector-receiver-patch").is_valid({"format": "PLUG"})
    assert schema("locations-connector-receiver-patch").is_valid({"name": 5}), "a field that a Connector does not know"


@pytest.mark.parametrize("body", sorted(routed()))
@pytest.mark.parametrize("value", [[], "text", 1, None, [{}]])
def test_what_is_no_object_is_refused(body, value):
    assert not schema(body).is_valid(value)


def test_every_method_with_a_body_validates_it_under_every_content_type(stack: Recorded):
    models = {model["inputs"]["name"]: json.loads(model["inputs"]["schema"]) for model in stack.all(MODEL)}
    with_body = [
        method["inputs"] for method in stack.all(METHOD) if method["inputs"]["httpMethod"] in {"POST", "PUT", "PATCH"}
    ]
    assert len(with_body) > 10
    for method in with_body:
        assert set(method["requestModels"]) == set(VALIDATED_CONTENT_TYPES)
        (model,) = set(method["requestModels"].values())
        assert models[model]["anyOf"], "the schema of that module and method"


def test_a_token_is_authorised_with_a_place_or_without():
    assert schema("tokens-sender-post").is_valid({})
    assert not schema("credentials-post").is_valid({})


def test_versions_are_those_of_the_service():
    assert set(VERSIONS) == {"2.1.1", "2.2.1", "2.3.0"}
