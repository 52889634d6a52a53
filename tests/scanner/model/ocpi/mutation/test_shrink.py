import json
from itertools import islice

import pytest

from scanner.model.ocpi.mutation.mutant import Family
from scanner.model.ocpi.mutation.mutants import mutant_by_id
from scanner.model.ocpi.mutation.shrink import again, shrink, smaller
from scanner.model.ocpi.specification import Cardinality, specification
from tests.scanner.model.ocpi.mutation.specimens import MESSAGES, NOW, SEED, decoded, made, valid

ASKED = 200


def mutant_of(version, name, id):
    return mutant_by_id(version, name, valid(version, name), seed=SEED, now=NOW, id=id, largest=10_000)


def required(version, name):
    needed = {Cardinality.ONE, Cardinality.SOME}
    return {key for key, kind in specification(version).classes[name].items() if kind.cardinality in needed}


@pytest.mark.asyncio
async def test_only_what_is_required_and_the_mutated_place_is_left():
    mutant = mutant_of("2.2.1", "CDR", "number:/total_parking_time#negative")

    async def accepted(candidate):
        return decoded(candidate.body)["total_parking_time"] == -1

    smallest = await shrink(mutant, valid("2.2.1", "CDR"), accepted, most=ASKED)
    value = decoded(smallest.body)
    assert set(value) == required("2.2.1", "CDR") | {"total_parking_time"}
    assert [len(period["dimensions"]) for period in value["charging_periods"]] == [1]
    assert smallest.id == mutant.id
    assert again(smallest, valid("2.2.1", "CDR")) == smallest


@pytest.mark.asyncio
async def test_what_the_wrong_answer_needs_stays():
    mutant = mutant_of("2.2.1", "CDR", "number:/total_energy#negative")

    async def accepted(candidate):
        return "remark" in decoded(candidate.body)

    value = decoded((await shrink(mutant, valid("2.2.1", "CDR"), accepted, most=ASKED)).body)
    assert set(value) == required("2.2.1", "CDR") | {"remark"}


@pytest.mark.asyncio
async def test_items_before_the_mutated_one_stay_and_those_behind_it_go():
    first, second = (f"absence:/charging_periods/{index}/start_date_time#null-required" for index in (0, 2))
    for named, left in ((first, 1), (second, 3)):
        mutant = mutant_of("2.2.1", "CDR", named)

        async def accepted(_):
            return True

        smallest = await shrink(mutant, valid("2.2.1", "CDR"), accepted, most=ASKED)
        periods = decoded(smallest.body)["charging_periods"]
        assert len(periods) == left
        assert periods[-1]["start_date_time"] is None


@pytest.mark.asyncio
async def test_nothing_smaller_gives_the_mutant_itself_and_no_question_too_many():
    mutant, asked = mutant_of("2.2.1", "CDR", "number:/total_energy#negative"), []

    async def accepted(candidate):
        asked.append(candidate)
        return False

    assert await shrink(mutant, valid("2.2.1", "CDR"), accepted, most=5) == mutant
    assert len(asked) == 5
    assert await shrink(mutant, valid("2.2.1", "CDR"), accepted, most=0) == mutant


@pytest.mark.parametrize("version, name", MESSAGES)
def test_every_candidate_is_the_same_change_in_a_smaller_message(version, name):
    for mutant in made(version, name, Family.WRONG_TYPE, Family.MISSING)[7::401]:
        for candidate in islice(smaller(mutant, valid(version, name)), 12):
            assert candidate.id == mutant.id
            assert len(candidate.body) < len(mutant.body)
            assert json.loads(candidate.body) != json.loads(mutant.body)
