import pytest

from scanner.cloud.bridge.names import camel, snake
from scanner.cloud.bridge.pulumi_names import pulumi_names
from scanner.cloud.bridge.token_map import token_map


def test_every_type_leads_back_to_a_token_that_has_it():
    for token, (kind, _) in token_map().tokens.items():
        found = pulumi_names().token(kind)
        assert found is not None
        assert token_map().terraform_type(found) == kind, token


def test_every_exception_of_every_table_leads_back_to_its_property():
    wrong = []
    for table, entries in enumerate(token_map().tables):
        for name in entries:
            rule = token_map().rule(table, name)
            if not rule.unmatched and pulumi_names().property(table, rule.name)[0] != name:
                wrong.append((table, name, rule.name))
    assert wrong == []


@pytest.mark.parametrize("name", ["kms_key_arn", "cidr_ipv4", "ipv6_cidr_blocks", "tags", "graph_ql_api"])
def test_camel_case_is_snake_case_backwards(name):
    assert snake(camel(name)) == name


def test_an_object_of_which_nothing_is_known_gets_camel_case():
    assert pulumi_names().property(None, "some_name")[0] == "someName"


def test_a_type_that_is_not_in_the_map_has_no_token():
    assert pulumi_names().token("aws_nothing_like_it") is None
