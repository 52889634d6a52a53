"""Backends in trouble: what a sound service makes of them, and which fault each check finds."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_backends import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome
from infra.service.faults import backends
from infra.service.store import Page
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.backends import Asked, BackendTroubled, Neighbour
from scanner.model.observation import Seen
from scanner.model.subject import InterfaceSubject
from scanner.model.target import BackendTrouble, TroubledBackend
from scanner.model.witness import Witness
from scanner.ocpi.backends import probe
from tests.targets.busy_machine import seen_in_time
from tests.targets.protocol_runs import checks_with, target_of
from tests.targets.reference_service import running_service
from tests.targets.troubled_backends import findings_of, findings_with, look, troubled_findings, troubled_target

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "backends.yaml").read_text())
TROUBLE = {
    "backend-values-unchecked": BackendTrouble.LIES,
    "backend-hangs-unbounded": BackendTrouble.HANGS,
    "backend-hang-spreads": BackendTrouble.HANGS,
    "backend-failure-bare": BackendTrouble.FAILS,
    "backend-flood-served": BackendTrouble.FLOODS,
}
TOLD, OTHERS, FLOOD, VALUES = (check.id for check in CHECKS)


def test_the_table_names_every_fault_and_every_check_is_in_the_catalogue_and_has_one():
    assert EXPECTED.keys() == {fault.name for fault in backends.FAULTS} == TROUBLE.keys()
    assert set(CHECKS) <= set(CATALOG)
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    found = seen_in_time(
        lambda attempt: troubled_findings(TROUBLE[fault], fault, attempt),
        lambda found: checks_with(found, Outcome.FAIL) == EXPECTED[fault],
    )
    red = [f for f in found if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


@pytest.mark.parametrize("trouble", BackendTrouble)
def test_a_sound_service_passes_in_every_trouble(trouble):
    about = {BackendTrouble.LIES: {VALUES}, BackendTrouble.FLOODS: {FLOOD, OTHERS}}.get(trouble, {TOLD, OTHERS})
    sound = {check.id: Outcome.PASS if check.id in about else Outcome.NOT_APPLICABLE for check in CHECKS}
    outcomes = seen_in_time(
        lambda attempt: {f.check: f.outcome for f in troubled_findings(trouble, None, attempt)},
        lambda outcomes: outcomes == sound,
    )
    assert outcomes == sound


@pytest.mark.parametrize(
    "trouble, own", [(BackendTrouble.HANGS, TOLD), (BackendTrouble.FAILS, TOLD), (BackendTrouble.FLOODS, FLOOD)]
)
def test_a_backend_that_is_well_after_all_decides_nothing(trouble, own):
    outcomes = {f.check: f for f in findings_with(trouble, None)}
    assert {outcomes[check].outcome for check in (own, OTHERS)} == {Outcome.INCONCLUSIVE}
    assert "nothing was wrong" in outcomes[own].message


class Empty(backends.BackendProxy):
    """A backend that has lost everything."""

    async def page(self, collection, visibility, window):
        del collection, visibility, window
        return Page(objects=(), total=0)


def test_a_backend_that_tells_the_truth_after_all_shows_nothing_of_lies():
    found = {f.check: f for f in findings_with(BackendTrouble.LIES, None)}
    assert found[VALUES].outcome is Outcome.INCONCLUSIVE
    assert "none was left out" in found[VALUES].message


def test_a_list_with_nothing_in_it_shows_no_lie():
    found = {f.check: f for f in findings_with(BackendTrouble.LIES, lambda store: Empty(store, {}))}
    assert found[VALUES].outcome is Outcome.INCONCLUSIVE


def test_a_module_that_is_not_offered_to_us_is_not_tested(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        target = replace(
            troubled_target(service, BackendTrouble.LIES, "hubclientinfo"),
            identities=tuple(i for i in target_of(service).identities if i.name == "emsp-a"),
        )
        found = findings_of(look(target, service, tmp_path))
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all("hubclientinfo" in f.message for f in found)


def test_without_a_word_of_the_operator_nothing_is_asked(tmp_path):
    with running_service(versions=("2.2.1",)) as service:
        found = findings_of(look(target_of(service), service, tmp_path))
        asked = [e for e in service.events if e["event"] == "access" and "tariffs" in str(e["route"])]
    assert not asked
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all("troubled_backends" in f.message for f in found)


WELL = Asked(seconds=0.1, http_status=200, ocpi_status=1000, objects=1)
TOLD_SO = Asked(seconds=1.0, http_status=503, ocpi_status=3000)
COUNTED = replace(WELL, total=1)
BESIDE = Neighbour(name="locations", calm=(COUNTED,), strained=(WELL,))


def judged(check_id, **changes):
    fact = BackendTroubled(trouble=BackendTrouble.HANGS, own=(TOLD_SO,), neighbours=(BESIDE,), under_way=1)
    subject = InterfaceSubject(environment="test", endpoint="main", module="tariffs")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    sighting = Sighting(
        fact=replace(fact, **changes), subject=subject, witness=Witness.PROTOCOL, identity="a", evidence=(ref,)
    )
    check = next(check for check in CHECKS if check.id == check_id)
    return [v.outcome for v in check.judge(Case(subject=subject, drivers=(sighting,)))]


def test_neighbours_that_were_ill_before_and_requests_that_never_met_show_nothing():
    assert judged(OTHERS) == [Outcome.PASS]
    assert judged(OTHERS, under_way=0) == [Outcome.INCONCLUSIVE]
    assert judged(OTHERS, neighbours=()) == [Outcome.INCONCLUSIVE]
    assert judged(OTHERS, neighbours=(replace(BESIDE, calm=(TOLD_SO,)),)) == [Outcome.INCONCLUSIVE]


DROPPED = Asked(seconds=0.4, ended="connection closed by the target")


@pytest.mark.asyncio
@pytest.mark.parametrize("own, under_way", [(DROPPED, 0), (TOLD_SO, 0), (Asked(seconds=4.0), 3)])
async def test_a_request_whose_connection_was_dropped_did_not_meet_those_beside_it(own, under_way):
    """It had ended before they were asked; one that got nothing in all its time had not."""

    class Asking:
        async def ask(self, interface, _why):
            return own if interface is tariffs else WELL

    tariffs: Any = SimpleNamespace(name="tariffs", module="tariffs")
    beside: Any = SimpleNamespace(name="locations", module="locations")
    asking: Any = Asking()
    troubled = TroubledBackend(module="tariffs", trouble=BackendTrouble.HANGS)
    fact = await probe._observed(asking, tariffs, [beside], troubled)
    assert isinstance(fact, BackendTroubled)
    assert fact.under_way == under_way
    assert [one.said() for one in fact.own] == [own.said()] * 3


def test_a_dropped_connection_is_not_called_a_long_silence():
    assert DROPPED.said() == "no answer, but connection closed by the target after 0.4 s"
    assert Asked(seconds=4.0).said() == "no answer within 4 s"
    assert judged(TOLD, own=(DROPPED,)) == [Outcome.FAIL]


@pytest.mark.parametrize("asked", [TOLD_SO, replace(WELL, seconds=1.1), Asked(seconds=10.0)])
def test_a_neighbour_that_fails_is_slow_or_silent_then_is_held_up(asked):
    assert judged(OTHERS, neighbours=(replace(BESIDE, strained=(WELL, asked)),)) == [Outcome.FAIL]


@pytest.mark.parametrize(
    "slow_looks, outcome, looks", [(1, Outcome.PASS, 2), (9, Outcome.FAIL, 2), (0, Outcome.PASS, 1)]
)
def test_a_neighbour_that_is_slow_is_looked_at_again_before_it_is_called_held_up(
    tmp_path, monkeypatch, slow_looks, outcome, looks
):
    asked, really = count(), probe._observed

    async def observed(*args):
        beside = replace(BESIDE, strained=(replace(WELL, seconds=1.6 if next(asked) < slow_looks else 0.1),))
        fact = await really(*args)
        assert isinstance(fact, BackendTroubled)
        return replace(fact, own=(TOLD_SO,), neighbours=(beside,), under_way=1)

    monkeypatch.setattr(probe, "_observed", observed)
    with running_service(versions=("2.2.1",)) as service:
        facts = look(troubled_target(service, BackendTrouble.HANGS), service, tmp_path)
    (seen,) = (o.result.fact for o in facts.of(BackendTroubled) if isinstance(o.result, Seen))
    assert (seen.looks, next(asked)) == (looks, looks)
    (found,) = (f for f in findings_of(facts) if f.check == OTHERS)
    assert found.outcome is outcome
    assert ("looked at again" in found.message) is (slow_looks == 1)


def test_who_is_turned_away_has_seen_no_trouble():
    away = Asked(seconds=0.1, http_status=429, ocpi_status=2000)
    assert judged(TOLD, own=(away, away)) == judged(OTHERS, own=(away, away)) == [Outcome.INCONCLUSIVE]
    assert judged(TOLD, own=(away, TOLD_SO)) == [Outcome.PASS]


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_neighbour_that_turns_us_away_is_not_held_up_and_shows_nothing(status):
    """Our own requests may have used up what the platform grants us."""
    away = Asked(seconds=0.1, http_status=status, ocpi_status=2000)
    assert judged(OTHERS, neighbours=(replace(BESIDE, strained=(WELL, away)),)) == [Outcome.INCONCLUSIVE]
    ill = replace(BESIDE, name="cdrs", strained=(TOLD_SO,))
    assert judged(OTHERS, neighbours=(replace(BESIDE, strained=(away,)), ill)) == [Outcome.FAIL]


def test_one_answer_of_several_that_is_none_is_enough():
    assert judged(TOLD, own=(TOLD_SO, Asked(seconds=10.0), WELL)) == [Outcome.FAIL]
    assert judged(TOLD, own=(TOLD_SO, WELL)) == [Outcome.PASS]


@pytest.mark.parametrize(
    "own, outcome",
    [
        (replace(WELL, objects=51, limit=50), Outcome.FAIL),
        (replace(WELL, objects=1001), Outcome.FAIL),
        (Asked(seconds=1.0, http_status=200, is_cut=True), Outcome.FAIL),
        (Asked(seconds=10.0), Outcome.FAIL),
        (Asked(seconds=1.0, http_status=502), Outcome.FAIL),
        (replace(WELL, objects=50, limit=50, left_out=0), Outcome.INCONCLUSIVE),
        (Asked(seconds=1.0, http_status=429), Outcome.INCONCLUSIVE),
        (replace(WELL, objects=40, total=50, left_out=10), Outcome.PASS),
        (TOLD_SO, Outcome.PASS),
    ],
)
def test_a_flood_ends_at_the_module_or_is_seen_behind_it(own, outcome):
    assert judged(FLOOD, trouble=BackendTrouble.FLOODS, own=(own,)) == [outcome]


SHORT = replace(WELL, objects=40, total=50, left_out=10)


@pytest.mark.parametrize("calm", [(WELL,), (SHORT,), (COUNTED, SHORT), ()])
@pytest.mark.parametrize("check, trouble", [(VALUES, BackendTrouble.LIES), (FLOOD, BackendTrouble.FLOODS)])
def test_objects_that_do_not_come_show_nothing_on_a_platform_that_is_not_seen_to_count_right(check, trouble, calm):
    beside = (replace(BESIDE, calm=calm),) if calm else ()
    for counted in (COUNTED, replace(WELL, objects=20, total=23, limit=20)):
        sound = (replace(BESIDE, calm=(counted,)),)
        assert judged(check, trouble=trouble, own=(SHORT,), neighbours=sound) == [Outcome.PASS]
    assert judged(check, trouble=trouble, own=(SHORT,), neighbours=beside) == [Outcome.INCONCLUSIVE]
    assert judged(check, trouble=trouble, own=(TOLD_SO,), neighbours=beside) == [Outcome.PASS]
