import gzip
import json
from pathlib import Path

import pytest

from scanner.cloud.bridge.pulumi_names import pulumi_names
from scanner.cloud.bridge.token_map import MapFormatChanged, parse_map, token_map

TRUTH = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("token_truth.tsv").read_text(encoding="utf-8").splitlines()
]


def test_the_truth_table_is_large_enough_to_mean_something():
    assert len(TRUTH) >= 400
    assert len({token for token, _ in TRUTH}) == len(TRUTH)


def test_every_token_whose_type_is_known_has_that_type():
    wrong = [(token, kind, token_map().terraform_type(token)) for token, kind in TRUTH]
    assert [row for row in wrong if row[1] != row[2]] == []


def test_the_map_covers_the_whole_provider():
    assert len(token_map().tokens) >= 1700
    assert token_map().pulumi_aws == "7.51.1"


def test_two_tokens_share_a_type_only_where_one_is_the_other_under_an_older_name():
    by_type: dict[str, set[str]] = {}
    for token, (kind, _) in token_map().tokens.items():
        _, module, name = token.replace("V2", "").split(":")
        by_type.setdefault(kind, set()).add((module.split("/")[0] + name).lower())
    assert {kind: names for kind, names in by_type.items() if len(names) > 1} == {}


def test_an_unknown_token_has_no_type():
    assert token_map().terraform_type("aws:nothing/atAll:AtAll") is None


@pytest.mark.parametrize(
    "token, name, terraform",
    [
        ("aws:lambda/function:Function", "name", "function_name"),
        ("aws:lambda/function:Function", "code", "filename"),
        ("aws:apigateway/stage:Stage", "restApi", "rest_api_id"),
        ("aws:apigateway/basePathMapping:BasePathMapping", "restApi", "api_id"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "name", "alarm_name"),
        ("aws:wafv2/webAcl:WebAcl", "rules", "rule"),
        ("aws:iam/role:Role", "assumeRolePolicy", "assume_role_policy"),
    ],
)
def test_a_property_has_its_terraform_name(token, name, terraform):
    assert token_map().rule(token_map().table_of(token), name).name == terraform


def test_an_object_is_wrapped_where_terraform_has_a_block_and_left_where_it_has_an_object():
    function = token_map().rule(token_map().table_of("aws:lambda/function:Function"), "vpcConfig")
    assert function.wrap
    timeouts = token_map().rule(token_map().table_of("aws:acm/certificateValidation:CertificateValidation"), "timeouts")
    assert not timeouts.wrap


def test_recursive_firewall_statements_are_named_all_the_way_down():
    known = token_map()
    rules = known.rule(known.table_of("aws:wafv2/webAcl:WebAcl"), "rules")
    below = rules.below
    assert below is not None
    for _ in range(5):
        statement = known.rule(below, "statement")
        assert statement.wrap
        assert statement.below is not None
        either = known.rule(statement.below, "orStatement")
        assert (either.name, either.wrap) == ("or_statement", True)
        assert either.below is not None
        assert known.rule(either.below, "statements").name == "statement"
        negation = known.rule(statement.below, "notStatement")
        assert (negation.name, negation.wrap) == ("not_statement", True)
        assert negation.below is not None
        below = negation.below


def test_a_map_of_another_format_is_refused():
    other = gzip.compress(json.dumps({"format": 99}).encode())
    with pytest.raises(MapFormatChanged, match="format 99"):
        parse_map(other)


@pytest.mark.parametrize(
    "token, path, names",
    [
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "rules", "rule"),
        ("aws:s3/bucketVersioning:BucketVersioning", "versioningConfiguration", "versioning_configuration"),
        ("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "rule", "rule"),
        ("aws:s3/bucketLogging:BucketLogging", "targetGrants", "target_grant"),
    ],
)
def test_a_resource_that_shares_its_name_with_a_nested_type_has_its_own_properties(token, path, names):
    rule = token_map().rule(token_map().table_of(token), path)
    assert (rule.name, rule.below is not None) == (names, True)


PROPERTIES = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("property_truth.tsv").read_text(encoding="utf-8").splitlines()
]


def test_every_property_whose_attribute_is_known_has_that_name_all_the_way_down_and_back():
    wrong = []
    for token, path, terraform in PROPERTIES:
        there, back = _names(token, path, terraform)
        if (there, back) != (terraform, path):
            wrong.append((token, path, there, back))
    assert len(PROPERTIES) >= 70
    assert wrong == []


def _names(token: str, path: str, terraform: str) -> tuple[str, str]:
    known, backwards = token_map(), pulumi_names()
    there, back, below, above = [], [], known.table_of(token), backwards.table(token)
    for name, attribute in zip(path.split("."), terraform.split("."), strict=True):
        rule = known.rule(below, name)
        prop, reverse = backwards.property(above, attribute)
        there.append(rule.name)
        back.append(prop)
        below, above = rule.below or 0, reverse.below or 0
    return ".".join(there), ".".join(back)
