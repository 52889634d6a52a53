"""Where the budget is small, what OCPI decides goes first, and each family has its share."""

from collections import Counter
from datetime import UTC, datetime

from scanner.model.ocpi.builder import build
from scanner.model.ocpi.mutation.mutant import Expectation, Family
from scanner.model.ocpi.mutation.mutants import mutants
from scanner.model.party import Party
from scanner.ocpi.mutation.choice import choose

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TARIFF = build("2.2.1", "Tariff", seed="s", party=Party(country_code="NL", party_id="TST"), now=NOW)


def every():
    return mutants("2.2.1", "Tariff", TARIFF, seed="s", now=NOW)


def decided(mutant):
    return mutant.expectation is not Expectation.MAY_EITHER or mutant.family is Family.INJECTION


def test_where_all_may_be_sent_all_are():
    total = sum(1 for _ in every())
    choice = choose(every(), total, "seed")
    assert ({m.id for m in choice.mutants}, choice.left_out) == ({m.id for m in every()}, ())


def test_every_rule_has_its_turn_before_any_has_a_second():
    harmless = [m for m in choose(every(), 10_000, "seed").mutants if not m.poisons]
    rules = {(m.family, m.rule) for m in harmless}
    assert {(m.family, m.rule) for m in harmless[: len(rules)]} == rules


def test_few_places_hold_some_of_every_family_that_ocpi_decides():
    kept = list(choose(every(), 60, "seed").mutants)
    families = {mutant.family for mutant in every() if decided(mutant)}
    assert len(kept) <= 60
    assert all(map(decided, kept))
    assert {mutant.family for mutant in kept} == families


def test_what_ocpi_leaves_open_comes_when_all_the_rest_has_a_place():
    whole = sum(map(decided, every()))
    kept = list(choose(every(), whole + 50, "seed").mutants)
    assert sum(map(decided, kept)) == whole
    assert 0 < len(kept) - whole <= 50


def test_poison_stays_last_and_what_is_left_out_is_counted():
    choice = choose(every(), 700, "seed")
    kept = list(choice.mutants)
    assert [mutant.poisons for mutant in kept] == sorted(mutant.poisons for mutant in kept)
    left = Counter[bool]()
    for rule in choice.left_out:
        left[rule.decided] += rule.mutants
    assert left.total() == sum(1 for _ in every()) - len(kept)
    assert left[True] == sum(map(decided, every())) - sum(map(decided, kept))


def test_the_same_seed_chooses_the_same():
    assert [m.id for m in choose(every(), 90, "a").mutants] == [m.id for m in choose(every(), 90, "a").mutants]
