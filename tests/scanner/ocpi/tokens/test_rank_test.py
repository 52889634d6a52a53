import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.ocpi.tokens.rank_test import rank_test

TIMES = st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=30)


def test_two_samples_that_do_not_overlap_are_told_apart():
    test = rank_test(range(10), range(10, 20))
    assert test.superiority == 1.0
    assert test.p_value == pytest.approx(0.000183, abs=0.00001)  # z = (50 - 0.5) / sqrt(175)


def test_samples_of_one_value_are_not_told_apart():
    assert rank_test([0.5] * 10, [0.5] * 10) == rank_test([1.0] * 3, [1.0] * 3)
    assert rank_test([0.5] * 10, [0.5] * 10).p_value == 1.0


def test_a_false_alarm_is_as_rare_as_it_says():
    numbers = random.Random(1)
    samples = [[numbers.random() for _ in range(24)] for _ in range(800)]
    alarms = sum(rank_test(one, other).p_value < 0.05 for one, other in zip(samples[::2], samples[1::2], strict=True))
    assert 5 <= alarms <= 35  # of 400, where 20 are to be expected


@given(TIMES, TIMES)
def test_whichever_comes_first_the_answer_is_the_same(one, other):
    there, back = rank_test(one, other), rank_test(other, one)
    assert 0 <= there.p_value <= 1
    assert there.p_value == pytest.approx(back.p_value)
    assert there.superiority + back.superiority == pytest.approx(1)


def test_nothing_is_compared_with_nothing():
    with pytest.raises(ValueError, match="two samples"):
        rank_test([], [1.0])
