"""Counts of mutants: what is kept whole, and what a checkpoint brings back."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from scanner.model.facts.ocpi.mutation import Treatment
from scanner.model.ocpi.mutation.mutant import Expectation, Family, Mutant, Origin
from scanner.ocpi.mutation.tally import Tally
from scanner.ocpi.mutation.tried import Tried
from scanner.ocpi.writing.reaction import Reaction, Said

MUTANT = Mutant(
    id="length:/evses/0/uid#too-long-by-one",
    family=Family.LENGTH,
    pointer="/evses/0/uid",
    rule="too-long-by-one",
    pieces=(b"{}",),
    content_type="application/json",
    expectation=Expectation.MUST_REFUSE,
    poisons=False,
    says="`/evses/0/uid` is one character too long",
    origin=Origin(version="2.2.1", class_name="Location", seed="s", now=datetime(2026, 11, 21, tzinfo=UTC), largest=9),
)


def tried(treatment, expectation=Expectation.MUST_REFUSE, rule=MUTANT.rule, pointer=MUTANT.pointer):
    mutant = replace(MUTANT, expectation=expectation, rule=rule, pointer=pointer)
    return Tried(mutant=mutant, treatment=treatment, reaction=Reaction(said=Said.ACCEPTED), exchange=None)


@pytest.mark.parametrize(
    "expectation, treatment, kept",
    [
        (Expectation.MUST_REFUSE, Treatment.REFUSED, False),
        (Expectation.MUST_REFUSE, Treatment.STORED, True),
        (Expectation.MUST_NOT_CHANGE, Treatment.KEPT, True),
        (Expectation.MAY_EITHER, Treatment.STORED, False),
        (Expectation.MAY_EITHER, Treatment.SPOILED, True),
        (Expectation.MAY_EITHER, Treatment.EVALUATED, True),
        (Expectation.MAY_EITHER, Treatment.OTHER_STATUS, True),
        (Expectation.MAY_EITHER, Treatment.SERVER_ERROR, True),
    ],
)
def test_the_exchange_is_kept_of_what_may_be_held_against_a_platform(expectation, treatment, kept):
    assert Tally().add(tried(treatment, expectation)) is kept


def test_of_one_rule_and_treatment_the_first_is_kept():
    tally = Tally()
    added = [tally.add(tried(Treatment.STORED, pointer=f"/evses/{index}/uid")) for index in range(3)]
    assert (added, [t.times for g in tally.groups() for t in g.treated]) == ([True, False, False], [3])


def test_a_checkpoint_brings_back_what_was_counted():
    tally = Tally()
    tally.add(tried(Treatment.STORED))
    tally.add(tried(Treatment.SERVER_ERROR, rule="too-long-by-far", pointer=""))
    again = Tally.from_json(json.loads(json.dumps(tally.to_json())))
    assert (again.groups(), again.sent, again.add(tried(Treatment.STORED))) == (tally.groups(), 2, False)
