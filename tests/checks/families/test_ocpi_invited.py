"""Registrations that the platform starts: each fault is found by its checks and no other, the hardened one is clean."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.families.ocpi_invited import CHECKS
from checks.model.check import Case, Sighting
from checks.model.verdict import Outcome
from infra.service import faults as listed
from infra.service.faults import backends, started
from infra.service.faults.fault import Fault
from infra.service.registration import agreed_registration
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.invited import Named, RegistrationsStarted, StartTaken, StartTried
from scanner.model.subject import EndpointSubject
from scanner.model.token_shape import TokenSequence
from scanner.model.witness import Witness
from scanner.ocpi.invitation import former, watching
from scanner.run.leftovers import left_behind
from tests.scanner.gate_fixtures import FAST
from tests.targets.inviting import findings_of, invited_findings, invited_target, inviting_service, look
from tests.targets.protocol_runs import checks_with

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "invited.yaml").read_text())
FORMER = "ocpi-invited-former-token-dies"
# What none of them hides from the others is looked at together: a run of the service takes its time.
TOGETHER = (
    (
        "start-goes-on-with-bootstrap-token",
        "start-keeps-the-former-token",
        "start-names-plaintext",
        "start-with-a-counted-token",
    ),
    ("start-names-the-partners-party", "start-that-failed-leaves-its-token", "start-with-the-same-token"),
    ("start-that-failed-counts",),
)


def test_the_table_names_every_fault_and_every_check_has_one():
    assert EXPECTED.keys() == {fault.name for fault in started.FAULTS} == {one for many in TOGETHER for one in many}
    assert {check.id for check in CHECKS} == {check for checks in EXPECTED.values() for check in checks}
    assert set(CHECKS) <= set(CATALOG)


def test_faults_that_are_looked_at_together_share_no_check():
    for faults in TOGETHER[:-1]:
        checks = [check for fault in faults for check in EXPECTED[fault]]
        assert len(checks) == len(set(checks))


def test_every_check_passes_on_the_hardened_service():
    found = invited_findings()
    assert {f.check for f in found} == {check.id for check in CHECKS}
    assert {f.outcome for f in found} == {Outcome.PASS}
    assert len([f for f in found if f.check == FORMER]) > 1  # the versions URL, and modules that the token opened


class StoresLate(backends.BackendProxy):
    """A platform that has read our answer, and takes its time to store it."""

    async def save_registration(self, registration):
        await asyncio.sleep(0.5)
        return await super().save_registration(registration)


class OpensTooLittle(backends.BackendProxy):
    """A platform whose new token stays what it was during the registration."""

    async def save_registration(self, registration):
        return await super().save_registration(replace(registration, bootstrap=True))


def former_where(store, folder, monkeypatch):
    """What is said of the token of before by one who looks before the platform calls."""
    monkeypatch.setattr(watching, "_FOR_A_CALL_S", 0.0)
    with inviting_service(storage=lambda inner: store(inner, {})) as inviting:
        found = findings_of(look(inviting, invited_target(inviting, 1), folder))
    return [f for f in found if f.check == FORMER]


def test_a_platform_that_stores_our_answer_late_is_looked_at_at_each_door_all_the_same(tmp_path, monkeypatch):
    found = former_where(StoresLate, tmp_path, monkeypatch)
    assert len(found) > 1
    assert {f.outcome for f in found} == {Outcome.PASS}
    assert {path.name for path in (tmp_path / "sinks").iterdir()} == {"emsp-e", "emsp-e.for-partner"}


def test_a_door_that_the_new_token_does_not_open_tells_nothing_of_the_former_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(former, "_PAUSES_S", (0.0,))
    found = former_where(OpensTooLittle, tmp_path, monkeypatch)
    at_modules = [f for f in found if f.outcome is Outcome.INCONCLUSIVE]
    assert [f.outcome for f in found if f not in at_modules] == [Outcome.PASS]
    assert at_modules
    assert all("the new one was not seen to" in f.message for f in at_modules)


@pytest.mark.parametrize("faults", TOGETHER, ids=lambda faults: faults[0])
def test_faults_turn_exactly_the_checks_of_the_table_red_with_evidence(faults):
    red = [f for f in invited_findings(faults) if f.outcome is Outcome.FAIL]
    assert checks_with(red, Outcome.FAIL) == sorted({check for fault in faults for check in EXPECTED[fault]})
    assert all(f.evidence and f.remediation and f.source for f in red)


async def _locks_out(call, _offered):
    """A platform that forgets a partner with a registration that came to nothing."""
    registration = await call.services.store.registration(call.partner.id) or agreed_registration(call.partner)
    await call.services.store.save_registration(replace(registration, token_hash="0" * 64))


def test_a_platform_that_locks_us_out_is_let_register_no_more_and_every_token_is_kept(tmp_path, monkeypatch):
    fault = Fault(name="of-a-test", summary="x", wrap_start=lambda manner: replace(manner, after_failure=_locks_out))
    monkeypatch.setattr(listed, "_LISTED", (fault,))
    monkeypatch.setattr(listed, "FAULTS", {fault.name: fault})
    with inviting_service(fault.name) as inviting:
        found = findings_of(look(inviting, invited_target(inviting, 2), tmp_path))
    (lost,) = [f for f in found if f.outcome is Outcome.FAIL]
    assert lost.check == "ocpi-invited-halfway-harmless"
    assert "both are kept, in the sink and beside it" in lost.message
    (cut_off,) = [f for f in found if f.check == FORMER]
    assert "no further one was taken" in cut_off.message
    assert "`ocpi-posture cleanup`" in cut_off.message
    assert [path.name for path in (tmp_path / "sinks").iterdir()] == ["emsp-e.offered"]
    assert [left.leftover.identity for left in left_behind(read_journal(tmp_path / FILE_NAME))] == ["emsp-e"]


@pytest.fixture(scope="module")
def untouched():
    """A service whose operator starts nothing that gets through."""
    with inviting_service() as inviting:
        yield inviting


@pytest.mark.parametrize(
    "lack, word",
    [
        ({"mode": Mode.OBSERVE}, "mode exercise"),
        ({"allow": frozenset()}, "registration"),
        ({"partner_server": None}, "partner_server"),
        ({"identities": "not invited"}, "`invited`"),
        ({"identities": "burnt"}, "`invited`"),
    ],
)
def test_without_the_means_nobody_is_waited_for(tmp_path, untouched, lack, word):
    target = invited_target(untouched, 1)
    (identity,) = target.identities
    kept = {"not invited": replace(identity, invited=None), "burnt": replace(identity, disposable=False)}
    changes = {**lack, **({"identities": (kept[lack["identities"]],)} if "identities" in lack else {})}
    found = findings_of(look(untouched, replace(target, **changes), tmp_path, operated=False))
    assert {f.outcome for f in found} == {Outcome.NOT_TESTED}
    assert all(word in f.message for f in found)


def test_where_nobody_comes_all_is_inconclusive_and_says_who_was_waited_for(tmp_path, untouched):
    found = findings_of(look(untouched, invited_target(untouched, 1), tmp_path, operated=False, patience_s=0.0))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("no registration was started with us" in f.message for f in found)
    assert left_behind(read_journal(tmp_path / FILE_NAME)) == ()


def test_an_appointment_behind_the_time_of_the_host_is_not_kept(tmp_path, untouched):
    target = invited_target(untouched, 1)
    (identity,) = target.identities
    assert identity.invited is not None
    late = replace(identity.invited, at=identity.invited.at + timedelta(seconds=300))
    brief = replace(target, identities=(replace(identity, invited=late),), limits=replace(FAST, max_seconds=200.0))
    found = findings_of(look(untouched, brief, tmp_path, operated=False))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("`max_seconds` of the host are over" in f.message for f in found)


def test_nobody_is_waited_for_when_the_time_of_the_host_is_over(tmp_path, untouched):
    brief = replace(invited_target(untouched, 1), limits=replace(FAST, max_seconds=2.0))
    found = findings_of(look(untouched, brief, tmp_path, operated=False, patience_s=3600.0))
    assert {f.outcome for f in found} == {Outcome.INCONCLUSIVE}
    assert all("max_seconds" in f.message for f in found)


def test_a_registration_that_was_taken_is_known_to_cleanup(tmp_path):
    with inviting_service() as inviting:
        look(inviting, invited_target(inviting, 1), tmp_path)
    (left,) = left_behind(read_journal(tmp_path / FILE_NAME))
    assert (left.leftover.identity, left.leftover.module) == ("emsp-e", "credentials")
    assert "begun by the platform" in left.leftover.what


NOTHING = TokenSequence(
    given=1,
    repeated=0,
    alike=0,
    in_sequence=0,
    shortest=43,
    entropy_bits=258.0,
    printable_ascii=True,
    at_most_64=True,
)
NAMED = Named(url="https://ocpi.example.com/versions", parties=("NL-ABC",))
TAKEN = StartTaken(
    looked_up=True, fetched=Access.DATA, named=NAMED, used=1, bootstrap=0, token_works=True, shows=("NL-ABC",)
)
TRIED = StartTried(
    way="hangs up", looked_up=True, fetched=Access.DATA, named=NAMED, token_lives=True, open_s=None, dies=True
)
ALL = RegistrationsStarted(
    wanted=2,
    tried=(TRIED,),
    taken=TAKEN,
    offered=NOTHING,
    origins=("https://ocpi.example.com:443",),
    ours="DE-XYZ",
    allowed_s=5.0,
)
DOUBTS = {
    "names-itself": replace(ALL, taken=replace(TAKEN, shows=None)),
    "bootstrap-token-given-up": replace(ALL, taken=replace(TAKEN, used=0)),
    "halfway-harmless": replace(ALL, tried=(replace(TRIED, token_lives=None),)),
    "halfway-token-dies": replace(ALL, tried=(replace(TRIED, dies=False),)),
}


def judged(name: str, fact: RegistrationsStarted) -> list[tuple[Outcome, str]]:
    check = next(check for check in CHECKS if check.id == f"ocpi-invited-{name}")
    subject = EndpointSubject(environment="test", endpoint="main")
    ref = EvidenceRef(id="e", sha256="0" * 64, path="evidence/e.json")
    sighting = Sighting(fact=fact, subject=subject, witness=Witness.PROTOCOL, identity="us", evidence=(ref,))
    return [(v.outcome, v.message) for v in check.judge(Case(subject=subject, drivers=(sighting,)))]


@pytest.mark.parametrize("name", DOUBTS)
def test_what_was_not_seen_passes_nothing(name):
    assert [outcome for outcome, _ in judged(name, ALL)] == [Outcome.PASS]
    assert [outcome for outcome, _ in judged(name, DOUBTS[name])] == [Outcome.INCONCLUSIVE]


@pytest.mark.parametrize(
    "named, word",
    [
        (replace(NAMED, url="https://elsewhere.example.com/versions"), "not at"),
        (replace(NAMED, url="https://ocpi.example.com:99999/"), "not at"),
        (replace(NAMED, url=""), "not https"),
        (replace(NAMED, parties=()), "named no party"),
        (replace(NAMED, parties=("NL-ABC", "NL-OTH")), "differ in NL-OTH"),
    ],
)
def test_a_platform_that_names_another_than_itself_fails(named, word):
    ((outcome, message),) = judged("names-itself", replace(ALL, taken=replace(TAKEN, named=named)))
    assert outcome is Outcome.FAIL
    assert word in message


@pytest.mark.parametrize("used, outcome", [(1, Outcome.FAIL), (0, Outcome.INCONCLUSIVE)])
def test_a_token_that_opens_nothing_is_a_fail_where_our_answer_is_known_to_have_come(used, outcome):
    taken = replace(TAKEN, token_works=False, used=used)
    assert [said for said, _ in judged("halfway-harmless", replace(ALL, taken=taken))] == [outcome]


@pytest.mark.parametrize("looked_up, outcome", [(True, Outcome.FAIL), (False, Outcome.PASS)])
def test_credentials_that_are_handed_in_again_belong_to_the_same_registration(looked_up, outcome):
    again = replace(ALL, taken=replace(TAKEN, looked_up=looked_up), offered=replace(NOTHING, given=2, repeated=1))
    assert [said for said, _ in judged("token-strong", again)] == [outcome]


@pytest.mark.parametrize("name", ["halfway-harmless", "halfway-token-dies"])
def test_what_only_failed_starts_show_is_not_tested_without_one(name):
    assert [outcome for outcome, _ in judged(name, replace(ALL, tried=()))] == [Outcome.NOT_TESTED]


def test_a_token_that_lives_for_the_agreed_overlap_is_fine_and_no_longer():
    within, late = (replace(ALL, tried=(replace(TRIED, open_s=seconds),)) for seconds in (4.9, 5.1))
    assert [outcome for outcome, _ in judged("halfway-token-dies", within)] == [Outcome.PASS]
    assert [outcome for outcome, _ in judged("halfway-token-dies", late)] == [Outcome.FAIL]
