"""What people state is judged by day, parts, file and partner: read by the real probe, judged by the real engine."""

import asyncio
import hashlib
from datetime import UTC, datetime

import pytest

from checks.checklist.loader import controls
from checks.engine import judge
from checks.families.attestation import CHECKS
from checks.model.verdict import Outcome
from scanner.attestation.probe import AttestationProbe
from scanner.cli.attestation_forms import write_forms
from scanner.cli.probes import attested_items
from scanner.model.party import Contract, Party
from scanner.model.target import EnvironmentTarget
from scanner.run.plan import ScanPlan
from scanner.run.runner import run_scan

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ITEMS = {one.item: (control, one) for control in controls() for one in control.attestations}
REPORT = b"what the testers found"


def text(item="penetration-test", **changed) -> str:
    """A whole attestation of the item; None takes a key away."""
    control, asked = ITEMS[item]
    fields = {
        "control": control.id,
        "item": item,
        "statement": "as agreed",
        "holds": "true",
        "owner": "Ada Example",
        "role": "head of operations",
        "date": "2026-11-01",
        "expires": "2027-10-31",
        "contains": "{" + ", ".join(f"{name}: said" for name in asked.contains) + "}",
        "file": "report.txt",
        "sha256": hashlib.sha256(REPORT).hexdigest(),
        **changed,
    }
    return "".join(f"{key}: {value}\n" for key, value in fields.items() if value is not None)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "attestations"
    place.mkdir()
    (place / "report.txt").write_bytes(REPORT)
    return place


def findings(folder, *, partners=(), configured=True, environment="prod"):
    contracts = tuple(
        Contract(partner=name, party=Party(country_code="NL", party_id="ABC"), roles=(), grants=()) for name in partners
    )
    target = EnvironmentTarget(name=environment, contracts=contracts, attestations=(folder,) if configured else ())
    plan = ScanPlan(
        run_id="r",
        folder=folder.parent / "run",
        started_at=START,
        targets=(target,),
        probes=(AttestationProbe(attested_items()),),
        tokens={},
    )
    result = asyncio.run(run_scan(plan))
    bugs = []
    found = judge(CHECKS, result.facts, [environment], lambda check, trace: bugs.append((check, trace)))
    assert not bugs
    assert not result.bugs
    return found


def of(found, item="penetration-test"):
    (one,) = (finding for finding in found if finding.check == f"attestation-{item}")
    return one


def test_each_item_of_the_checklist_has_its_check_and_no_check_is_without_one():
    assert {check.id: check.controls for check in CHECKS} == {
        f"attestation-{item}": (control.id,) for item, (control, _) in ITEMS.items()
    }


def test_one_in_force_passes_and_shows_who_stated_it_and_its_file(folder):
    (folder / "a.yaml").write_text(text())
    one = of(findings(folder))
    assert one.outcome is Outcome.PASS
    assert "Ada Example (head of operations) on 2026-11-01, in force until 2027-10-31: as agreed" in one.message
    assert "report.txt is unchanged" in one.message
    assert [ref.title for ref in one.evidence] == ["attestation attestations/a.yaml"]


def test_an_owner_who_states_that_it_does_not_hold_is_believed(folder):
    (folder / "a.yaml").write_text(text(holds="false"))
    one = of(findings(folder))
    assert (one.outcome, bool(one.evidence)) == (Outcome.FAIL, True)


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"expires": "2026-11-20"}, "it lapsed on 2026-11-20"),
        ({"date": "2025-11-01"}, "it is of 2025-11-01, and counts for 366 days"),
        ({"date": "2026-11-22"}, "it is dated 2026-11-22, which is still to come"),
        ({"sha256": "0" * 64}, "its file report.txt changed"),
        ({"file": "gone.txt"}, "its file gone.txt cannot be read: no such file"),
        ({"file": None, "sha256": None}, "it names no file, and the row asks for one"),
        ({"contains": "{tester: us, scope: all}"}, "it does not say open_findings"),
        ({"holds": "perhaps"}, "holds: Input should be a valid boolean"),
    ],
)
def test_what_lapsed_changed_or_is_not_whole_decides_nothing(folder, changed, says):
    (folder / "a.yaml").write_text(text(**changed))
    found = findings(folder)
    assert of(found).outcome is Outcome.INCONCLUSIVE
    assert says in of(found).message
    others = [finding for finding in found if finding.check != "attestation-penetration-test"]
    assert {finding.outcome for finding in others} == {Outcome.NOT_TESTED}, "the file is known to be about one item"


def test_it_still_counts_on_its_last_day(folder):
    (folder / "a.yaml").write_text(text(expires="2026-11-21"))
    assert of(findings(folder)).outcome is Outcome.PASS


def test_what_nobody_declared_is_not_tested_and_says_how_to(folder):
    for found in (findings(folder), findings(folder, configured=False)):
        assert {finding.outcome for finding in found} == {Outcome.NOT_TESTED}
        assert len(found) == len(CHECKS)


def test_forms_that_nobody_filled_in_declare_nothing(folder):
    written, kept = write_forms(folder, controls())
    assert (written, kept) == (len(ITEMS), 0)
    assert write_forms(folder, controls()) == (0, len(ITEMS))
    assert {finding.outcome for finding in findings(folder)} == {Outcome.NOT_TESTED}


def test_a_form_asks_for_all_that_its_row_does(folder):
    write_forms(folder, controls())
    for control, asked in ITEMS.values():
        written = (folder / f"{control.id}-{asked.item}.yaml").read_text()
        assert all(f"\n  {name}:" in written for name in asked.contains)
        assert ("\nfile:" in written) is asked.needs_file


def test_a_file_that_may_be_about_anything_leaves_open_what_nobody_else_declared(folder):
    (folder / "a.yaml").write_text(text())
    (folder / "b.yaml").write_text("owner: [")
    found = findings(folder)
    assert of(found).outcome is Outcome.PASS
    assert of(found, "patch-policy").outcome is Outcome.INCONCLUSIVE
    assert "attestations/b.yaml may be about it" in of(found, "patch-policy").message


def test_the_newest_of_several_stands_for_all_under_one_fingerprint(folder):
    (folder / "2025.yaml").write_text(text(date="2025-01-01", expires="2025-12-31"))
    before = of(findings(folder))
    (folder / "2026.yaml").write_text(text())
    after = of(findings(folder))
    assert (before.outcome, after.outcome) == (Outcome.INCONCLUSIVE, Outcome.PASS)
    assert before.fingerprint == after.fingerprint
    assert str(after.population) == "1 of 2 attestations"
    assert [ref.title for ref in after.evidence] == ["attestation attestations/2026.yaml"]


def test_each_partner_of_the_configuration_has_its_own_record(folder):
    (folder / "a.yaml").write_text(text("onboarding-record", partner="north"))
    found = [f for f in findings(folder, partners=("north", "south")) if f.check == "attestation-onboarding-record"]
    assert {finding.field_path: finding.outcome for finding in found} == {
        "north": Outcome.PASS,
        "south": Outcome.NOT_TESTED,
    }


def test_what_is_about_no_partner_is_asked_for_once_however_many_there_are(folder):
    (folder / "a.yaml").write_text(text())
    assert of(findings(folder, partners=("north", "south"))).outcome is Outcome.PASS


def test_a_record_that_is_not_whole_may_be_of_any_partner(folder):
    (folder / "a.yaml").write_text(text("onboarding-record", owner=None))
    found = [f for f in findings(folder, partners=("north", "south")) if f.check == "attestation-onboarding-record"]
    assert {finding.field_path: finding.outcome for finding in found} == {
        "north": Outcome.INCONCLUSIVE,
        "south": Outcome.INCONCLUSIVE,
    }
    assert all("owner" in finding.message for finding in found)


def test_a_record_about_no_partner_admits_none(folder):
    (folder / "a.yaml").write_text(text("onboarding-record"))
    one = of(findings(folder, partners=("north",)), "onboarding-record")
    assert one.outcome is Outcome.INCONCLUSIVE
    assert "it does not say which partner" in one.message


def test_one_about_another_environment_says_nothing_here(folder):
    (folder / "a.yaml").write_text(text(environments="[test]"))
    assert of(findings(folder, environment="prod")).outcome is Outcome.NOT_TESTED
    assert of(findings(folder, environment="test")).outcome is Outcome.PASS


def test_a_folder_that_went_away_leaves_every_item_open(folder, tmp_path):
    (folder / "report.txt").unlink()
    folder.rmdir()
    assert {finding.outcome for finding in findings(folder)} == {Outcome.INCONCLUSIVE}
