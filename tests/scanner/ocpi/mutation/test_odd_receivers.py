"""Malformed messages at receivers that behave as public servers do: no false alarm, no damage, and the truth said."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checks.families import ocpi_mutation, ocpi_mutation_alike, ocpi_mutation_valid
from checks.model.check import Check
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.mutation import MutantsTreated, Treatment, ValidObjectProven
from scanner.model.observation import Seen, Unavailable
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.mutation.probe import MutationProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.odd_receivers import TOKEN, Manners, OddReceiver, crash, drop, hide_crash, odd_receiver

CHECKS: tuple[Check[Any], ...] = (*ocpi_mutation_valid.CHECKS, *ocpi_mutation.CHECKS, *ocpi_mutation_alike.CHECKS)


def look(manners: Manners, folder: Path) -> tuple[FactStore, OddReceiver]:
    async def run() -> tuple[FactStore, OddReceiver]:
        async with (
            odd_receiver(folder, manners) as receiver,
            open_gate(receiver.target(), folder, tokens={"emsp-a": TOKEN}) as gate,
        ):
            return await gate.run(DiscoveryProbe(), MutationProbe()), receiver

    return asyncio.run(run())


def treated(facts: FactStore, method: str = "PUT") -> MutantsTreated:
    found = [
        o.result.fact
        for o in facts
        if o.key.fact is MutantsTreated
        and isinstance(o.result, Seen)
        and o.key.subject.coordinates()["method"] == method
    ]
    assert len(found) == 1
    assert isinstance(found[0], MutantsTreated)
    return found[0]


def counts(fact: MutantsTreated) -> Counter[Treatment]:
    total: Counter[Treatment] = Counter()
    for group in fact.groups:
        for one in group.treated:
            total[one.treatment] += one.times
    return total


def findings(facts: FactStore, outcome: Outcome) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings_from(CHECKS, facts):
        if finding.outcome is outcome:
            found.setdefault(finding.check, []).append(finding)
    return found


@pytest.mark.parametrize("wrong", [crash, hide_crash])
def test_server_errors_to_malformed_messages_are_findings_and_do_not_end_the_run(wrong, tmp_path):
    facts, _ = look(Manners(wrong=wrong), tmp_path)
    fact = treated(facts)
    assert fact.cut_short is None
    assert counts(fact)[Treatment.SERVER_ERROR] > 50
    assert "ocpi-mutation-crash" in findings(facts, Outcome.FAIL)
    assert "ocpi-mutation-types" not in findings(facts, Outcome.FAIL)


def test_dropped_connections_are_findings_and_do_not_end_the_run(tmp_path):
    facts, receiver = look(Manners(wrong=drop), tmp_path)
    fact = treated(facts)
    assert receiver.alive
    assert fact.cut_short is None
    assert counts(fact)[Treatment.DROPPED] > 50
    assert "ocpi-mutation-crash" in findings(facts, Outcome.FAIL)


def test_a_server_that_dies_is_left_alone_and_the_message_that_it_died_of_is_named(tmp_path):
    facts, receiver = look(Manners(dies_of=b'"valid":"'), tmp_path)
    fact = treated(facts)
    assert not receiver.alive
    assert len(receiver.fatal) == 1
    assert fact.cut_short is not None
    fatal = next(
        g for g in fact.groups if any(t.treatment is Treatment.DROPPED for t in g.treated) and g.path == "/valid"
    )
    mutant = next(t.example.mutant for t in fatal.treated if t.treatment is Treatment.DROPPED)
    assert mutant in fact.cut_short
    assert "did not answer any more" in fact.cut_short
    crashed = findings(facts, Outcome.FAIL)["ocpi-mutation-crash"]
    assert "/valid" in {finding.field_path for finding in crashed}
    assert set(findings(facts, Outcome.PASS)) == {
        "ocpi-mutation-valid-object"
    }  # nothing is called sound that was cut short


def test_a_slow_first_answer_is_no_hang(tmp_path):
    facts, _ = look(Manners(first=1.0), tmp_path)
    assert not {Treatment.HUNG, Treatment.DROPPED} & set(counts(treated(facts)))
    assert "ocpi-mutation-crash" in findings(facts, Outcome.PASS)


def test_a_date_that_is_put_right_is_not_called_stored(tmp_path):
    facts, _ = look(Manners(reads_dates=True), tmp_path)
    dates = [g for g in treated(facts).groups if g.path == "/last_updated" and g.expectation == "must refuse"]
    seen = {one.treatment for group in dates for one in group.treated}
    assert Treatment.PUT_RIGHT in seen
    assert Treatment.STORED not in seen
    assert "ocpi-mutation-types" not in findings(facts, Outcome.FAIL)


def test_where_a_full_object_is_refused_a_bare_one_is_tried_and_the_refusal_is_a_finding(tmp_path):
    facts, _ = look(Manners(bare_only=True), tmp_path)
    assert treated(facts).sent > 50
    (finding,) = (f for f in findings(facts, Outcome.FAIL)["ocpi-mutation-valid-object"] if "PUT" in str(f.subject))
    assert "every property was not accepted: HTTP 422" in finding.message


def test_where_2_1_1_lists_several_urls_the_one_that_takes_the_object_is_found(tmp_path):
    facts, receiver = look(Manners(version="2.1.1", dead_ends=2), tmp_path)
    assert treated(facts).sent > 50
    assert receiver.held


def test_a_module_that_checks_the_token_otherwise_gets_no_malformed_message(tmp_path):
    facts, receiver = look(Manners(own_token=True), tmp_path)
    results = [o.result for o in facts if o.key.fact in {MutantsTreated, ValidObjectProven}]
    assert results
    assert all(isinstance(result, Unavailable) and "HTTP 401" in result.detail for result in results)
    assert not receiver.held


def test_what_is_stored_under_the_id_in_the_message_is_found_there_and_goes_on_record(tmp_path):
    facts, receiver = look(Manners(keyed_by_body=True), tmp_path)
    (other,) = (g for g in treated(facts).groups if g.rule == "other-id-than-url")
    assert [one.treatment for one in other.treated] == [Treatment.STORED_ELSEWHERE]
    named = next(path for path in receiver.held if path.rpartition("/")[2].startswith("other-"))
    assert named.rpartition("/")[2] in (tmp_path / "journal.jsonl").read_text()


@pytest.mark.parametrize("location", ["", "{origin}/elsewhere/{id}"])
def test_a_cdr_that_is_not_where_its_location_header_says_is_read_under_its_id(location, tmp_path):
    facts, _ = look(Manners(location=location), tmp_path)
    assert {Treatment.UNREAD, Treatment.SPOILED}.isdisjoint(
        one.treatment for g in treated(facts, "POST").groups if g.path != "/id" for one in g.treated
    )
    (finding,) = findings(facts, Outcome.FAIL)["ocpi-mutation-valid-object"]
    assert "no Location header leads to a CDR" in finding.message


def test_a_cdr_is_read_where_its_location_header_says(tmp_path):
    facts, _ = look(Manners(location="{origin}/cdrs/{id}"), tmp_path)
    assert "ocpi-mutation-valid-object" in findings(facts, Outcome.PASS)
