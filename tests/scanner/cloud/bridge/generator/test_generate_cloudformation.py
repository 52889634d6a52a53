"""Made-up schemas of two types, in the form in which they are published, beside a made-up SDK."""

import gzip
import json
from pathlib import Path

import pytest
import yaml

from scanner.cloud.bridge.generator import cloudformation
from scanner.cloud.bridge.generator.cloudformation import SchemasChanged, generate_names
from scanner.cloud.bridge.generator.cloudformation_schema import read_cloudformation
from scanner.cloud.bridge.generator.match_cloudformation import Said, TemplateMapper, template_document
from scanner.cloud.bridge.generator.shapes import Field, Shape, Universe
from scanner.cloud.bridge.template_names import NamesFormatChanged, parse_names, template_names
from scanner.cloud.bridge.token_map import token_map

GATE = {
    "typeName": "AWS::Castle::Gate",
    "definitions": {
        "Hinge": {"type": "object", "properties": {"PinCount": {"type": "integer"}, "Rust": {"type": "string"}}},
        "Tag": {"type": "object", "properties": {"Key": {"type": "string"}, "Value": {"type": "string"}}},
        "Setup": {"type": "object", "properties": {"Lock": {"$ref": "#/definitions/Lock"}}},
        "Lock": {"type": "object", "properties": {"Spare": {"$ref": "#/definitions/Lock"}}},
    },
    "properties": {
        "Arn": {"type": "string"},
        "GateName": {"type": "string"},
        "WallId": {"type": "string"},
        "Hinges": {"type": "array", "items": {"$ref": "#/definitions/Hinge"}},
        "OneHinge": {"type": "array", "items": {"$ref": "#/definitions/Hinge"}},
        "Open": {"type": "boolean"},
        "GatePolicy": {"type": ["object", "string"]},
        "Setup": {"$ref": "#/definitions/Setup"},
        "Parts": {"type": "array", "items": {"type": "string"}},
        "Tags": {"type": "array", "items": {"$ref": "#/definitions/Tag"}},
        "Nowhere": {"type": "string"},
    },
    "readOnlyProperties": ["/properties/Arn"],
}
SDK = Universe(
    resources={
        "aws:fort/gate:Gate": {
            one.name: one
            for one in (
                Field(name="name", shape=Shape.STRING),
                Field(name="wall", shape=Shape.STRING),
                Field(name="hinges", shape=Shape.LIST, block="fort/HingeArgs"),
                Field(name="oneHinge", shape=Shape.OBJECT, block="fort/HingeArgs"),
                Field(name="open", shape=Shape.SCALAR),
                Field(name="policy", shape=Shape.STRING, json=True),
                Field(name="lock", shape=Shape.OBJECT, block="fort/LockArgs"),
                Field(name="tags", shape=Shape.MAP),
                Field(name="arn", shape=Shape.STRING, settable=False),
            )
        }
    },
    blocks={
        "fort/HingeArgs": {"pinCount": Field(name="pinCount", shape=Shape.SCALAR)},
        "fort/LockArgs": {"spare": Field(name="spare", shape=Shape.OBJECT, block="fort/LockArgs")},
    },
    version="1",
)
SAID = Said(
    tokens={},
    modules={"Castle": ["fort"]},
    properties={"AWS::Castle::Gate": {"Setup": "*", "Parts": "@"}},
)


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    (tmp_path / "providers").mkdir()
    (tmp_path / "resources").mkdir()
    (tmp_path / "providers" / "us-east-1.json").write_text(
        json.dumps({"AWS::Castle::Gate": "a", "AWS::Moat::Fish": "b"})
    )
    (tmp_path / "resources" / "a.json").write_text(json.dumps(GATE))
    (tmp_path / "resources" / "b.json").write_text(json.dumps({"properties": {"Size": {"type": "number"}}}))
    return tmp_path


def test_the_names_of_a_small_provider_say_how_each_property_is_rebuilt(schemas):
    types, kinds = read_cloudformation(schemas, "2")
    mapper = TemplateMapper(cloudformation=types, pulumi=SDK, kinds=kinds, said=SAID)
    names = parse_names(gzip.compress(json.dumps(template_document(mapper, ["AWS::Moat::Fish"])).encode()))
    assert set(names.types) == {"AWS::Castle::Gate"}
    assert names.nothing == {"AWS::Moat::Fish"}
    token, table = names.types["AWS::Castle::Gate"]
    rules = {name: rule for name in GATE["properties"] if (rule := names.rule(table, name))}
    assert token == "aws:fort/gate:Gate"
    assert {"Arn", "Nowhere"} == set(GATE["properties"]) - set(rules)
    paths = {name: rule.path for name, rule in rules.items()}
    assert paths | {"Setup": "", "Parts": ""} == paths
    assert (paths["GateName"], paths["WallId"], paths["GatePolicy"]) == ("name", "wall", "policy")
    assert rules["Open"].kind == "b"
    assert rules["Tags"].pairs
    assert rules["OneHinge"].first
    assert not rules["Hinges"].first
    assert rules["Setup"].inside
    assert rules["Parts"].rebuilt
    below = rules["Hinges"].below
    assert below is not None
    assert names.rule(below, "Rust") is None
    pins = names.rule(below, "PinCount")
    assert pins is not None
    assert pins.kind == "i"
    inner = rules["Setup"].below
    assert inner is not None
    lock = names.rule(inner, "Lock")
    assert lock is not None
    assert lock.below is not None
    spare = names.rule(lock.below, "Spare")
    assert spare is not None
    assert spare.below == lock.below, "a recursive type is one table"


def test_schemas_of_another_form_fail_loudly_and_write_nothing(schemas, tmp_path):
    package = tmp_path / "cfnlint" / "data"
    package.mkdir(parents=True)
    (package / "schemas").symlink_to(schemas)
    with pytest.raises(SchemasChanged, match="only 2 types"):
        generate_names(SDK, tmp_path / "cfnlint", tmp_path / "names.gz", tmp_path / "review.txt")
    assert not (tmp_path / "names.gz").exists()


def test_names_of_another_format_are_refused():
    with pytest.raises(NamesFormatChanged, match="format 99"):
        parse_names(gzip.compress(json.dumps({"format": 99}).encode()))


def test_all_that_a_person_wrote_is_in_the_committed_names():
    said = yaml.safe_load(Path(cloudformation.__file__).with_name("cloudformation.yaml").read_text(encoding="utf-8"))
    names = template_names()
    assert {kind: names.types[kind][0] for kind in said["tokens"]} == said["tokens"]
    assert names.nothing == set(said["nothing"])
    for kind, properties in said["properties"].items():
        if kind not in names.types:
            continue  # a block of a type
        for name, path in properties.items():
            rule = names.rule(names.types[kind][1], name)
            assert (rule is None) == (path == ""), (kind, name)
            if rule and path not in {"*", "@"}:
                assert rule.path == path.partition("?")[0].partition("<")[0]


def test_every_path_of_a_name_leads_to_a_property_that_the_bridge_takes():
    names, known = template_names(), token_map()
    wrong = []
    for kind, (token, table) in names.types.items():
        if token not in known.tokens:
            continue
        for name in names.tables[table]:
            rule = names.rule(table, name)
            if rule and rule.path and known.rule(known.table_of(token), rule.path.partition(".")[0]).unmatched:
                wrong.append(f"{kind} {name}")
    assert len(wrong) < 10, "these are newer than the Terraform schema"
