import json

import pytest

from scanner.cloud.bridge.plan_value import SECRET_TEXT, Converter
from scanner.cloud.bridge.token_map import token_map
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue

FUNCTION = "aws:lambda/function:Function"


def converted(token: str, inputs: dict[str, CloudValue]):
    converter = Converter(known=token_map())
    return converter.properties(token_map().table_of(token), inputs), converter.unmatched


def values(token: str, inputs: dict[str, CloudValue]):
    return converted(token, inputs)[0].value


def test_names_become_terraforms_and_keys_of_the_author_stay():
    written = values(FUNCTION, {"name": "a", "memorySize": 512, "tags": {"camelKey": "kept"}})
    assert written == {"function_name": "a", "memory_size": 512, "tags": {"camelKey": "kept"}}


def test_an_object_becomes_a_block_in_a_list():
    assert values(FUNCTION, {"vpcConfig": {"subnetIds": ["s-1"]}}) == {"vpc_config": [{"subnet_ids": ["s-1"]}]}


def test_a_list_of_objects_loses_its_plural():
    written = values("aws:dynamodb/table:Table", {"attributes": ({"name": "id", "type": "S"},)})
    assert written == {"attribute": [{"name": "id", "type": "S"}]}


def test_whole_floats_become_integers_and_others_stay():
    assert values(FUNCTION, {"memorySize": 512.0, "timeout": 2.5}) == {"memory_size": 512, "timeout": 2.5}
    assert isinstance(values(FUNCTION, {"memorySize": 512.0})["memory_size"], int)


def test_documents_become_text():
    written = values("aws:iam/rolePolicy:RolePolicy", {"policy": {"Version": "2012-10-17", "Size": 3.0}})
    assert json.loads(written["policy"]) == {"Version": "2012-10-17", "Size": 3}
    assert values("aws:iam/rolePolicy:RolePolicy", {"policy": "{}"}) == {"policy": "{}"}


def test_secrets_are_written_as_the_engine_writes_them():
    written = values(FUNCTION, {"environment": {"variables": {"TOKEN": HIDDEN}}})
    assert written == {"environment": [{"variables": {"TOKEN": SECRET_TEXT}}]}
    assert SECRET_TEXT in values("aws:iam/rolePolicy:RolePolicy", {"policy": {"a": HIDDEN}})["policy"]


def test_assets_become_their_path():
    assert values(FUNCTION, {"code": {"asset": {"kind": "archive", "path": "./app"}}}) == {"filename": "./app"}
    assert values(FUNCTION, {"code": {"asset": {"kind": "archive"}}}) == {"filename": "asset"}


@pytest.mark.parametrize(
    "inputs, value, unknown",
    [
        ({"timeout": UNKNOWN}, {}, {"timeout": True}),
        (
            {"vpcConfig": {"subnetIds": UNKNOWN, "securityGroupIds": ("g",)}},
            {"vpc_config": [{"security_group_ids": ["g"]}]},
            {"vpc_config": [{"subnet_ids": True}]},
        ),
        ({"layers": ("a", UNKNOWN)}, {"layers": ["a", None]}, {"layers": [False, True]}),
        ({"tags": {"a": UNKNOWN, "b": "c"}}, {"tags": {"b": "c"}}, {"tags": {"a": True}}),
        ({"vpcConfig": UNKNOWN}, {}, {"vpc_config": True}),
    ],
)
def test_what_is_unknown_is_left_out_and_flagged_where_it_stands(inputs, value, unknown):
    done, _ = converted(FUNCTION, inputs)
    assert done.value == value
    assert done.unknown == unknown


def test_a_document_with_an_unknown_inside_is_unknown_as_a_whole():
    done, _ = converted("aws:iam/rolePolicy:RolePolicy", {"policy": {"Statement": ({"Resource": UNKNOWN},)}})
    assert (done.value, done.unknown) == ({}, {"policy": True})


def test_nothing_is_written_that_the_program_did_not_set():
    assert values(FUNCTION, {}) == {}
    assert values(FUNCTION, {"description": None}) == {"description": None}, "null is a value of the author's"


def test_a_property_that_terraform_does_not_have_is_named_and_left_out():
    done, unmatched = converted("aws:sns/topic:Topic", {"maximumMessageSize": 1024, "displayName": "x"})
    assert done.value == {"display_name": "x"}
    assert unmatched == ["maximumMessageSize"]


def test_firewall_statements_are_rebuilt_all_the_way_down():
    statement: CloudValue = {"notStatement": {"statement": {"geoMatchStatement": {"countryCodes": ("NL",)}}}}
    rule: CloudValue = {"name": "a", "priority": 0.0, "statement": statement, "action": {"block": {}}}
    written = values("aws:wafv2/webAcl:WebAcl", {"rules": (rule,)})
    inner = written["rule"][0]["statement"][0]["not_statement"][0]["statement"][0]
    assert inner == {"geo_match_statement": [{"country_codes": ["NL"]}]}
    assert written["rule"][0]["action"] == [{"block": [{}]}]
