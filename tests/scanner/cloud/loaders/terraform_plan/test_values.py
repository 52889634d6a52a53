from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN
from tests.scanner.cloud.loaders.terraform_plan.plans import by_name, configured, constant, load, plan, planned

FUNCTION = "aws_lambda_function.service"


def function(folder, values, expressions, **more):
    document = plan(
        [planned(FUNCTION, {"function_name": "service", **values}, **more)],
        [configured(FUNCTION, {"function_name": constant("service"), **expressions})],
    )
    return by_name(load(folder, document))["service"]


def test_attributes_get_pulumis_names_and_token(tmp_path):
    one = function(tmp_path, {"kms_key_arn": "arn:aws:kms:x"}, {"kms_key_arn": constant("arn:aws:kms:x")})
    assert one.token == "aws:lambda/function:Function"
    assert one.inputs == {"name": "service", "kmsKeyArn": "arn:aws:kms:x"}


def test_nulls_and_blocks_that_are_not_there_are_absent(tmp_path):
    one = function(tmp_path, {"kms_key_arn": None, "vpc_config": [], "dead_letter_config": []}, {})
    assert one.inputs == {"name": "service"}


def test_what_the_provider_fills_in_is_no_input_but_known(tmp_path):
    one = function(tmp_path, {"memory_size": 128, "package_type": "Zip", "timeout": 3}, {"timeout": constant(3)})
    assert one.inputs == {"name": "service", "timeout": 3}
    assert one.outputs == {"memorySize": 128, "packageType": "Zip"}


def test_a_block_is_an_object_without_the_defaults_inside_it(tmp_path):
    values = {"vpc_config": [{"subnet_ids": ["subnet-1"], "ipv6_allowed_for_dual_stack": False, "vpc_id": None}]}
    one = function(tmp_path, values, {"vpc_config": [{"subnet_ids": constant(["subnet-1"])}]})
    assert one.get("vpcConfig") == {"subnetIds": ("subnet-1",)}


def test_a_block_that_only_the_values_show_comes_from_a_dynamic_block_and_is_kept(tmp_path):
    one = function(tmp_path, {"environment": [{"variables": {"camelKey": "kept", "none": None}}]}, {})
    assert one.get("environment.variables") == {"camelKey": "kept"}


def test_an_unknown_value_that_was_written_is_unknown_and_one_that_was_not_is_none_of_the_authors(tmp_path):
    one = function(
        tmp_path,
        {"vpc_config": [{"subnet_ids": ["subnet-1"]}]},
        {"role": {"references": ["aws_iam_role.r"]}, "vpc_config": [{"security_group_ids": {"references": ["x.y"]}}]},
        unknown={"role": True, "arn": True, "vpc_config": [{"security_group_ids": True}]},
    )
    assert one.get("role") is UNKNOWN
    assert one.get("arn") is ABSENT
    assert one.get("vpcConfig.securityGroupIds") is UNKNOWN
    assert "arn" not in one.outputs


def test_an_item_may_be_unknown_where_the_list_is_known(tmp_path):
    one = function(
        tmp_path,
        {"layers": ["arn:one", None]},
        {"layers": {"references": ["aws_lambda_layer_version.a"]}},
        unknown={"layers": [False, True]},
    )
    assert one.get("layers") == ("arn:one", UNKNOWN)


def test_a_sensitive_value_is_hidden_alone_and_inside_a_block(tmp_path):
    one = function(
        tmp_path,
        {"description": "swordfish", "environment": [{"variables": {"TOKEN": "swordfish", "PLAIN": "x"}}]},
        {"description": {"references": ["var.t"]}, "environment": [{"variables": {"references": ["var.t"]}}]},
        sensitive={"description": True, "environment": [{"variables": {"TOKEN": True}}]},
    )
    assert one.get("description") is HIDDEN
    assert one.get("environment.variables") == {"TOKEN": HIDDEN, "PLAIN": "x"}


def test_a_file_is_an_asset_and_a_document_stays_text(tmp_path):
    one = function(tmp_path, {"filename": "build/service.zip"}, {"filename": constant("build/service.zip")})
    assert one.get("code.asset.path") == "build/service.zip"


def test_firewall_statements_are_named_all_the_way_down(tmp_path):
    match = [{"search_string": "x", "text_transformation": [{"priority": 0, "type": "NONE"}]}]
    statement = {"not_statement": [{"statement": [{"byte_match_statement": match, "geo_match_statement": []}]}]}
    values = {"scope": "REGIONAL", "rule": [{"name": "one", "priority": 1, "statement": [statement]}]}
    written = {
        "name": constant("one"),
        "priority": constant(1),
        "statement": [{"not_statement": [{"statement": [{"byte_match_statement": [_written(match[0])]}]}]}],
    }
    address = "aws_wafv2_web_acl.edge"
    document = plan(
        [planned(address, values)], [configured(address, {"scope": constant("REGIONAL"), "rule": [written]})]
    )
    acl = by_name(load(tmp_path, document))["edge"]
    inner = acl.get("rules.0.statement.notStatement.statement.byteMatchStatement")
    assert inner == {"searchString": "x", "textTransformations": ({"priority": 0, "type": "NONE"},)}


def _written(value):
    return {
        "search_string": constant(value["search_string"]),
        "text_transformation": [{"priority": constant(0), "type": constant("NONE")}],
    }


def test_without_a_configuration_all_that_is_not_null_is_taken(tmp_path):
    document = plan([planned(FUNCTION, {"function_name": "service", "timeout": 3, "layers": None})], [])
    del document["configuration"]
    declared = load(tmp_path, document)
    assert by_name(declared)["service"].inputs == {"name": "service", "timeout": 3}
    assert declared.missing == ("the document has no configuration, which says what refers to what",)
