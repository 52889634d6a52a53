"""Lists of a partner of ours, pulled by the service: each fault is found by its check and no other."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_pulls import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome
from infra.service.faults import pulls
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.credentials import Reacted, Reaction
from scanner.model.facts.ocpi.pulls import ListsPulled, NotShown, Pulled, Trick
from scanner.model.subject import InterfaceSubject
from scanner.model.witness import Witness
from scanner.ocpi.pulls.probe import new_ids
from tests.targets.protocol_runs import checks_with
from tests.targets.pulled_lists import pulled_findings

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "pulls.yaml").read_text())


def test_the_table_names_every_fault_and_every_check_is_in_the_catalogue_and_has_one():
    assert EXPECTED.keys() == {fault.name for fault in pulls.FAULTS}
    assert set(CHECKS) <= set(CATALOG)
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    red = [f for f in pulled_findings(fault) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == EXPECTED[fault]
    assert all(f.evidence and f.remediation and f.source and (f.reproduce or "").startswith("curl ") for f in red)


def test_every_check_passes_on_the_service_that_pulls_with_care():
    found = {f.check: f for f in pulled_findings()}
    assert found.keys() == {check.id for check in CHECKS}
    assert {f.outcome for f in found.values()} == {Outcome.PASS}, [f.message for f in found.values()]
    assert not any("left out" in f.message for f in found.values())


def test_a_platform_that_does_not_pull_is_inconclusive_in_all():
    found = pulled_findings(pulls=False)
    assert {f.check for f in found} == {check.id for check in CHECKS}
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("did not come for a sound list" in f.message and f.evidence for f in found)


def test_no_two_scans_name_their_objects_alike():
    first, second = (new_ids(0, datetime(2026, 1, day, tzinfo=UTC), "cpo-c") for day in (1, 2))
    assert first.random() != second.random()


ANSWER = Reacted(reaction=Reaction.ACCEPTED, http_status=200, ocpi_status=1000, curl="curl x")
CONTROL = Pulled(trick=Trick.NOTHING, answer=ANSWER, asked=1, sound_kept=True)


def one(trick: Trick, **seen: object) -> Pulled:
    return replace(Pulled(trick=trick, answer=ANSWER, asked=2, sound_kept=True, bad_kept=False), **seen)  # type: ignore[arg-type]


def judged(check_id: str, fact: ListsPulled) -> list[tuple[Outcome, str]]:
    check = next(check for check in CHECKS if check.id == check_id)
    subject = InterfaceSubject(environment="test", endpoint="main", module="tariffs", method="GET")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    sighting = Sighting(fact=fact, subject=subject, witness=Witness.PROTOCOL, identity="cpo-c", evidence=(ref,))
    return [(v.outcome, v.message) for v in check.judge(Case(subject=subject, drivers=(sighting,)))]


UNREAD = replace(CONTROL, sound_kept=False)
OBJECTS, SOUND, END, LINKS, OUTAGE = (check.id for check in CHECKS)
IN_DOUBT = {
    "object not readable": (OBJECTS, one(Trick.BAD_OBJECT, bad_kept=None), CONTROL, True, "cannot be read back"),
    "control not kept": (SOUND, one(Trick.BAD_OBJECT), UNREAD, True, "shows nothing"),
    "neither kept": (SOUND, one(Trick.BAD_OBJECT, sound_kept=False), UNREAD, True, "shows nothing"),
    "neither kept after an outage": (
        OUTAGE,
        one(Trick.OUTAGE, after_outage=1, sound_kept=False),
        UNREAD,
        True,
        "shows nothing",
    ),
    "no second page": (END, one(Trick.LOOP), CONTROL, True, "no second page"),
    "still asking": (END, one(Trick.ENDLESS, beyond=9, cut_short=True), CONTROL, True, "still asked"),
    "no Link followed": (LINKS, one(Trick.LINK_AWAY), CONTROL, True, "followed no Link"),
    "list not asked for": (END, one(Trick.LOOP, asked=0), CONTROL, True, "nobody asked"),
    "second not called": (LINKS, one(Trick.LINK_AWAY), CONTROL, False, "no proof"),
    "strangers": (LINKS, one(Trick.LINK_INWARD, strangers=1), CONTROL, True, "did not pull"),
    "not back": (OUTAGE, one(Trick.OUTAGE), CONTROL, True, "did not come back"),
}


@pytest.mark.parametrize("case", IN_DOUBT)
def test_where_a_control_did_not_work_nothing_passes(case: str):
    check, played, control, second, why = IN_DOUBT[case]
    ((outcome, message),) = judged(check, ListsPulled(control=control, played=(played,), second_called=second))
    assert outcome is Outcome.INCONCLUSIVE
    assert why in message


def test_a_list_that_could_not_be_shown_is_said_and_a_flood_after_an_outage_is_a_fault():
    lacking = NotShown(trick=Trick.LOOP, why="x")
    broken = ListsPulled(control=CONTROL, played=(), second_called=True, broken_off=(lacking,))
    assert [outcome for outcome, _ in judged(END, broken)] == [Outcome.INCONCLUSIVE]
    assert [outcome for outcome, _ in judged(END, replace(broken, broken_off=()))] == [Outcome.INCONCLUSIVE]
    flood = one(Trick.OUTAGE, after_outage=11)
    ((outcome, message),) = judged(OUTAGE, ListsPulled(control=CONTROL, played=(flood,), second_called=True))
    assert outcome is Outcome.FAIL
    assert "11 times" in message
