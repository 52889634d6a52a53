"""Two patterns of policies overlap where some text fits both."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.resource_graph.policy_reach import matches, overlap

_PATTERNS = st.text(alphabet="ab*?", max_size=5)
_TEXTS = st.text(alphabet="ab", max_size=6)


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ("dynamodb:*", "dynamodb:getitem", True),
        ("dynamodb:get*", "dynamodb:*item", True),
        ("dynamodb:*", "sqs:*", False),
        ("*", "sqs:sendmessage", True),
        ("s3:get?bject", "s3:getobject", True),
        ("s3:get?bject", "s3:gettagging", False),
    ],
)
def test_patterns_overlap_where_one_action_fits_both(one, other, expected):
    assert overlap(one, other) is overlap(other, one) is expected


@given(one=_PATTERNS, other=_PATTERNS, text=_TEXTS)
def test_a_text_that_fits_both_makes_them_overlap(one, other, text):
    assert overlap(one, other) or not (matches(one, text) and matches(other, text))


@given(pattern=_PATTERNS, text=_TEXTS)
def test_with_a_plain_text_to_overlap_is_to_match(pattern, text):
    assert overlap(pattern, text) is matches(pattern, text)
