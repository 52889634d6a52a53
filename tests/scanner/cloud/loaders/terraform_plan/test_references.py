from typing import Any

from tests.scanner.cloud.loaders.terraform_plan.plans import (
    by_name,
    configured,
    constant,
    flows,
    load,
    plan,
    planned,
    references,
)

KEY, TABLE = "aws_kms_key.a", "aws_dynamodb_table.t"
ARN = references("aws_kms_key.a.arn", "aws_kms_key.a")
ENCRYPTION = {"server_side_encryption": [{"enabled": constant(True), "kms_key_arn": ARN}]}


def test_a_reference_inside_a_block_belongs_to_the_property(tmp_path):
    document = plan(
        [
            planned(KEY, {}, unknown={"arn": True}),
            planned(TABLE, {"server_side_encryption": [{"enabled": True}]}, unknown={}),
        ],
        [configured(KEY, {}), configured(TABLE, ENCRYPTION)],
    )
    assert flows(by_name(load(tmp_path, document))["t"]) == {"serverSideEncryption": [KEY]}


def test_what_stands_between_is_followed_through_variables_outputs_and_data_sources(tmp_path):
    document_of_policy = configured(
        "data.aws_iam_policy_document.d",
        {"statement": [{"resources": references("module.keys.arn", "module.keys")}]},
        mode="data",
    )
    bucket = configured("aws_s3_bucket_policy.p", {"policy": references("data.aws_iam_policy_document.d.json")})
    called = configured("aws_sns_topic.s", {"kms_master_key_id": references("var.key")})
    modules = [
        {"address": "module.keys", "resources": [planned("module.keys.aws_kms_key.a", {})]},
        {"address": "module.topic", "resources": [planned("module.topic.aws_sns_topic.s", {})]},
    ]
    calls = {
        "keys": {
            "expressions": {},
            "module": {"resources": [configured(KEY, {})], "outputs": {"arn": {"expression": ARN}}},
        },
        "topic": {
            "expressions": {"key": references("module.keys.arn", "module.keys")},
            "module": {"resources": [called], "variables": {"key": {}}},
        },
    }
    document = plan(
        [planned("aws_s3_bucket_policy.p", {}, unknown={"policy": True})],
        [document_of_policy, bucket],
        modules=modules,
        calls=calls,
    )
    found = by_name(load(tmp_path, document))
    assert flows(found["p"]) == {"policy": ["module.keys.aws_kms_key.a"]}
    assert flows(found["module.topic.s"]) == {"kmsMasterKeyId": ["module.keys.aws_kms_key.a"]}


def _two(address: str, expression: dict[str, object], **repeated: Any) -> dict[str, Any]:
    subnets = [planned(f"aws_subnet.s[{at}]", {}, index=at) for at in (0, 1)]
    tables = [planned(f"{address}[{at}]", {}, index=at) for at in (0, 1)]
    return plan(
        [*subnets, *tables],
        [
            configured("aws_subnet.s", {"cidr_block": constant("10.0.0.0/24")}),
            configured(address, {"subnet_id": expression}, **repeated),
        ],
    )


def test_an_instance_refers_to_the_instance_of_its_own_key_to_the_named_one_or_to_all(tmp_path):
    address = "aws_route_table_association.a"
    own = by_name(load(tmp_path, _two(address, references("aws_subnet.s", "count.index"))))
    assert flows(own["a[1]"]) == {"subnetId": ["aws_subnet.s[1]"]}
    named = by_name(load(tmp_path, _two(address, references("aws_subnet.s[0].id", "aws_subnet.s[0]", "aws_subnet.s"))))
    assert flows(named["a[1]"]) == {"subnetId": ["aws_subnet.s[0]"]}
    every = by_name(load(tmp_path, _two(address, references("aws_subnet.s"))))
    assert flows(every["a[1]"]) == {"subnetId": ["aws_subnet.s[0]", "aws_subnet.s[1]"]}
    each = _two(address, references("each.value.id", "each.value"), for_each_expression=references("aws_subnet.s"))
    assert flows(by_name(load(tmp_path, each))["a[0]"]) == {"subnetId": ["aws_subnet.s[0]"]}


def test_an_unknown_value_from_a_local_is_missing_and_a_known_one_is_not(tmp_path):
    local = configured(TABLE, {"name": references("local.name"), "hash_key": references("local.key")})
    declared = load(
        tmp_path,
        plan(
            [planned(TABLE, {"name": "cdrs"}, unknown={"hash_key": True})], [local, configured(KEY, {"x": constant(1)})]
        ),
    )
    (missing,) = declared.missing
    assert "locals" in missing
    assert missing.endswith(f": {TABLE} hash_key")


def test_modules_that_refer_to_each_other_in_a_circle_end(tmp_path):
    calls = {
        name: {
            "expressions": {"x": references(f"module.{other}.x", f"module.{other}")},
            "module": {
                "resources": [configured(KEY, {"description": references("var.x")})],
                "outputs": {"x": {"expression": references("var.x")}},
            },
        }
        for name, other in (("a", "b"), ("b", "a"))
    }
    modules = [{"address": f"module.{n}", "resources": [planned(f"module.{n}.{KEY}", {})]} for n in "ab"]
    found = by_name(load(tmp_path, plan([], [], modules=modules, calls=calls)))
    assert flows(found["module.a.a"]) == {}


def test_provider_region_and_account_come_from_constants(tmp_path):
    document = plan(
        [planned(KEY, {})], [configured(KEY, {"description": constant("x")}, provider_config_key="aws.prod")]
    )
    document["configuration"]["provider_config"]["aws.prod"] = {
        "name": "aws",
        "expressions": {
            "region": constant("eu-west-1"),
            "assume_role": [{"role_arn": constant("arn:aws:iam::123456789012:role/deploy")}],
        },
    }
    provider = by_name(load(tmp_path, document))["a"].provider
    assert provider is not None
    assert (provider.region, provider.account) == ("eu-west-1", "123456789012")


def test_a_line_of_a_tf_file_beside_the_plan_is_found(tmp_path):
    (tmp_path / "main.tf").write_text('# first\nresource "aws_kms_key" "a" {\n}\n')
    one = by_name(load(tmp_path, plan([planned(KEY, {})], [configured(KEY, {})])))["a"]
    assert one.position is not None
    assert (one.position.file, one.position.line) == ("main.tf", 2)
