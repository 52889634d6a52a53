"""Policy documents: every way of writing them reads the same, and nothing unknown reads as nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.resource_graph.policy_documents import PolicyDocument, Principal, Statement, read_document
from checks.resource_graph.policy_reach import (
    account_of,
    covers_action,
    covers_resource,
    is_everybody,
    matches,
    on_everything,
)
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue

ONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}


def statement(**elements: CloudValue) -> Statement:
    (found,) = read_document({"Statement": [{"Effect": "Allow", **elements}]}).statements
    return found


def test_text_and_object_one_and_many_read_the_same():
    many = {**ONE, "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b/*"]}
    texts = [json.dumps({"Statement": given}) for given in (ONE, [ONE], many, [many])]
    documents = {read_document(text) for text in texts} | {read_document({"statement": [ONE]})}
    assert len(documents) == 1


@pytest.mark.parametrize("value", [UNKNOWN, HIDDEN, "{", "[]", "null", 7, {"Statement": [{"Action": UNKNOWN}]}])
def test_what_cannot_be_read_leaves_a_doubt(value):
    assert read_document(value).doubt


@pytest.mark.parametrize("value", [ABSENT, None, ""])
def test_what_is_not_set_says_nothing_and_leaves_no_doubt(value):
    assert read_document(value) == PolicyDocument()


@given(st.text(max_size=200))
def test_any_text_is_a_document_or_a_doubt(text):
    document = read_document(text)
    assert document.doubt or document.statements == () or document.statements


@pytest.mark.parametrize(
    "pattern, text, is_covered",
    [
        ("dynamodb:*", "dynamodb:getitem", True),
        ("dynamodb:get*", "dynamodb:getitem", True),
        ("dynamodb:get?tem", "dynamodb:getitem", True),
        ("*", "dynamodb:getitem", True),
        ("dynamodb:put*", "dynamodb:getitem", False),
        ("a.c", "abc", False),
    ],
)
def test_a_pattern_covers_by_star_and_question_mark_only(pattern, text, is_covered):
    assert matches(pattern, text) is is_covered


def test_actions_are_compared_without_case_and_not_actions_are_all_others():
    assert covers_action(statement(Action="DynamoDB:GetItem"), "dynamodb:getitem")
    assert covers_action(statement(NotAction="iam:*"), "dynamodb:GetItem")
    assert not covers_action(statement(NotAction="iam:*"), "iam:PassRole")
    assert covers_resource(statement(NotResource="arn:aws:s3:::b"), "arn:aws:s3:::c")


@pytest.mark.parametrize(
    "resource, is_open",
    [
        ("*", True),
        ("arn:aws:dynamodb:*:*:*", True),
        ("arn:aws:dynamodb:eu-central-1:123456789012:table/*", True),
        ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:::exports/*", False),
        ("arn:aws:dynamodb:eu-central-1:123456789012:table/objects", False),
        ("arn:aws:secretsmanager:eu-central-1:123456789012:secret:ocpi/test/partners/*", False),
        ("arn:aws:sqs:eu-central-1:123456789012:letters", False),
        ("arn:half", False),
    ],
)
def test_a_resource_that_ends_in_wildcards_only_names_nothing(resource, is_open):
    assert on_everything(statement(Resource=resource)) is is_open


@pytest.mark.parametrize(
    "elements, is_open",
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"NotPrincipal": {"AWS": "123456789012"}}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}}, False),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, True),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": "123456789012"}}}, True),
        ({"Principal": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}}, True),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
    ],
)
def test_everybody_is_let_in_unless_a_condition_names_who_asks(elements, is_open):
    assert is_everybody(statement(**elements)) is is_open


@pytest.mark.parametrize(
    "name, account",
    [
        ("123456789012", "123456789012"),
        ("arn:aws:iam::123456789012:root", "123456789012"),
        ("arn:aws-cn:iam::123456789012:role/x", "123456789012"),
        ("AIDAEXAMPLE", None),
        ("*", None),
    ],
)
def test_the_account_of_a_principal_stands_in_its_name(name, account):
    assert account_of(Principal(kind="AWS", name=name)) == account
