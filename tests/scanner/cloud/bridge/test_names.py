import pytest

from scanner.cloud.bridge.names import folded, snake


@pytest.mark.parametrize(
    "pulumi, terraform",
    [
        ("kmsKeyArn", "kms_key_arn"),
        ("graphQLApi", "graph_ql_api"),
        ("ipv6CidrBlock", "ipv6_cidr_block"),
        ("s3Bucket", "s3_bucket"),
        ("name", "name"),
    ],
)
def test_a_property_is_spelled_in_snake_case(pulumi, terraform):
    assert snake(pulumi) == terraform


@pytest.mark.parametrize(
    "pulumi, terraform",
    [
        ("securityGroupIds", "security_group_ids"),
        ("policies", "policy"),
        ("addresses", "address"),
        ("rules", "rule"),
        ("batches", "batch"),
    ],
)
def test_two_spellings_of_one_name_fold_to_the_same(pulumi, terraform):
    assert folded(pulumi) == folded(terraform)


def test_a_word_that_ends_in_double_s_keeps_it():
    assert folded("access") == "access"
