from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.model.ocpi.mutation.mutant import tell
from scanner.model.ocpi.mutation.sample import bounded_apart
from tests.scanner.model.ocpi.mutation.specimens import made

ALL = made("2.2.1", "Location")


def bounded(mutants, budget, *, seed):
    """All of them as one part."""
    return bounded_apart(mutants, budget, lambda _: "all", lambda _: {"all": budget}, seed=seed)["all"]


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 7_000), st.text(max_size=4))
def test_every_mutant_is_kept_or_counted_as_left_out(budget, seed):
    sampled = bounded(ALL, budget, seed=seed)
    assert len(sampled.kept) == min(budget, len(ALL))
    assert len(sampled.kept) + sampled.left_out == len(ALL)
    whole, kept = (Counter(f"{one.family}#{one.rule}" for one in some) for some in (ALL, sampled.kept))
    assert dict(whole - kept) == dict(sampled.left_out_by_rule)


def test_rules_get_shares_that_differ_by_one_at_most():
    sampled = bounded(ALL, 1_000, seed="s")
    whole, kept = (Counter((one.family, one.rule) for one in some) for some in (ALL, sampled.kept))
    fullest = max(kept.values())
    assert all(kept[rule] >= min(whole[rule], fullest - 1) for rule in whole)


def test_no_path_comes_twice_before_every_path_of_a_rule_came_once():
    sampled = bounded(ALL, 4_000, seed="s")
    paths = {rule: {tell(one).path for one in ALL if (one.family, one.rule) == rule} for rule in _rules(ALL)}
    for rule in _rules(sampled.kept):
        kept = [tell(one).path for one in sampled.kept if (one.family, one.rule) == rule]
        assert len(set(kept)) == min(len(kept), len(paths[rule]))


def _rules(some):
    return {(one.family, one.rule) for one in some}


def test_the_old_order_is_kept_so_that_poison_stays_last():
    kept = bounded(ALL, 500, seed="s").kept
    positions = {mutant.id: position for position, mutant in enumerate(ALL)}
    assert [positions[one.id] for one in kept] == sorted(positions[one.id] for one in kept)


def test_the_seed_decides_and_the_same_seed_decides_the_same():
    one, same, other = (bounded(iter(ALL), 500, seed=seed).kept for seed in ("a", "a", "b"))
    assert one == same
    assert one != other


def test_a_negative_budget_is_an_error():
    with pytest.raises(ValueError, match="not negative"):
        bounded(ALL, -1, seed="s")
