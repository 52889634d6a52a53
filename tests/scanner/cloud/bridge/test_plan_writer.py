import json

from hypothesis import given
from hypothesis import strategies as st

from scanner.cloud.bridge.addresses import plan_name
from scanner.cloud.bridge.plan_writer import WrittenPlan, write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.model.resource import HIDDEN, UNKNOWN, Resource
from tests.scanner.cloud.declared import declare

KEY = declare("aws:kms/key:Key", "own", outputs={"arn": "arn:aws:kms:eu-west-1:123456789012:key/own"})


def plan_of(*resources: Resource) -> WrittenPlan:
    return write_plan(resources, token_map())


def expressions(plan: WrittenPlan, address: str):
    configured = plan.document["configuration"]["root_module"]["resources"]
    return next(one["expressions"] for one in configured if one["address"] == address)


def test_resources_are_sorted_by_urn_whatever_order_they_were_declared_in():
    others = [declare("aws:sns/topic:Topic", name) for name in ("b", "a", "c")]
    assert plan_of(*others).document == plan_of(*reversed(others)).document


def test_one_type_and_name_under_two_parents_get_two_addresses():
    first = declare("aws:sns/topic:Topic", "alarms")
    second = Resource(urn=f"{first.urn}-other", token=first.token, name="alarms", stack="s", inputs={})
    plan = plan_of(first, second)
    assert {address: one.urn for address, one in plan.resources.items()} == {
        "aws_sns_topic.alarms": first.urn,
        "aws_sns_topic.alarms_2": second.urn,
    }


@given(st.text(max_size=30))
def test_any_name_becomes_one_that_terraform_allows(name):
    written = plan_name(name)
    assert written[0].isalpha() or written[0] == "_"
    assert all(letter.isascii() and (letter.isalnum() or letter in "_-") for letter in written)


def test_a_reference_names_the_attribute_whose_value_is_used():
    table = declare("aws:secretsmanager/secret:Secret", "s", {"kmsKeyId": KEY.outputs["arn"]}, {"kmsKeyId": (KEY,)})
    assert expressions(plan_of(KEY, table), "aws_secretsmanager_secret.s") == {
        "kms_key_id": {"references": ["aws_kms_key.own.arn", "aws_kms_key.own"]}
    }


def test_a_reference_without_a_telling_value_names_the_resource():
    secret = declare("aws:secretsmanager/secret:Secret", "s", {"kmsKeyId": "alias/x"}, {"kmsKeyId": (KEY,)})
    references = expressions(plan_of(KEY, secret), "aws_secretsmanager_secret.s")["kms_key_id"]["references"]
    assert references == ["aws_kms_key.own"]


def test_a_reference_stands_on_the_unknown_leaf_of_a_block():
    group = declare("aws:ec2/securityGroup:SecurityGroup", "g")
    function = declare(
        "aws:lambda/function:Function",
        "f",
        {"vpcConfig": {"subnetIds": ("s",), "securityGroupIds": (UNKNOWN,)}},
        {"vpcConfig": (group,)},
    )
    plan = plan_of(group, function)
    assert expressions(plan, "aws_lambda_function.f") == {
        "vpc_config": [{"security_group_ids": {"references": ["aws_security_group.g"]}}]
    }
    change = next(c for c in plan.document["resource_changes"] if c["address"] == "aws_lambda_function.f")
    assert change["change"]["after_unknown"] == {"vpc_config": [{"security_group_ids": [True]}]}
    assert plan.coverage.unknown == ((function.urn, "vpc_config"),)


def test_a_dependency_on_something_that_is_not_in_the_plan_is_no_reference():
    component = declare("sample:store:TokenStore", "store")
    secret = declare("aws:secretsmanager/secret:Secret", "s", {"kmsKeyId": "x"}, {"kmsKeyId": (component,)})
    assert expressions(plan_of(component, secret), "aws_secretsmanager_secret.s") == {}


def test_what_cannot_be_translated_is_counted_by_name():
    plan = plan_of(
        declare("aws:cloudwatchomni/space:Space", "one"),
        declare("aws:cloudwatchomni/space:Space", "two"),
        declare("random:index/randomId:RandomId", "r"),
        declare("aws:sns/topic:Topic", "t", {"maximumMessageSize": 1}),
    )
    assert plan.coverage.unmapped_tokens == {"aws:cloudwatchomni/space:Space": 2}
    assert plan.coverage.other_providers == {"random:index/randomId:RandomId": 1}
    assert [path for _, path in plan.coverage.unmapped_properties] == ["maximumMessageSize"]
    assert set(plan.resources) == {"aws_sns_topic.t"}


def test_a_component_is_not_missing_from_the_plan():
    component = Resource(urn="u", token="sample:store:TokenStore", name="c", stack="s", inputs={}, custom=False)
    assert plan_of(component).coverage.other_providers == {}


def test_a_provider_is_in_the_plan_with_its_region():
    provider = declare("pulumi:providers:aws", "frankfurt", {"region": "eu-central-1"})
    plan = plan_of(provider)
    assert plan.document["configuration"]["provider_config"] == {
        "aws.frankfurt": {
            "name": "aws",
            "alias": "frankfurt",
            "expressions": {"region": {"constant_value": "eu-central-1"}},
        }
    }
    assert plan.resources == {"aws.frankfurt": provider}


def test_a_provider_with_a_hidden_key_is_not_judged_for_want_of_a_key():
    provider = declare("pulumi:providers:aws", "frankfurt", {"accessKey": HIDDEN})
    plan = plan_of(provider)
    assert plan.document["configuration"]["provider_config"] == {}
    assert plan.coverage.hidden_keys == (provider.urn,)


def test_without_changes_only_what_is_unknown_is_listed_again():
    topic = declare("aws:sns/topic:Topic", "t", {"displayName": "x"})
    unknown = declare("aws:sns/topic:Topic", "u", {"displayName": UNKNOWN})
    lean = write_plan([topic, unknown], token_map(), changes=False).document
    assert [(c["address"], c["change"]["after"]) for c in lean["resource_changes"]] == [("aws_sns_topic.u", None)]
    whole = plan_of(topic, unknown).document
    assert whole["resource_changes"][0]["change"]["after"] == {"display_name": "x"}
    assert json.loads(json.dumps(whole)) == whole
