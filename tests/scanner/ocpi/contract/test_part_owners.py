from dataclasses import replace

import pytest

from scanner.model.effect import Effect
from scanner.model.facts.ocpi.contract import Conduct, PartOwnersCompared
from scanner.model.observation import Reason, Seen
from scanner.model.party import Party
from scanner.ocpi.contract.part_owners import MOST_PART_OWNERS
from scanner.probe import Focus
from tests.scanner.ocpi.contract.probe_runs import Kept, run
from tests.targets.contract_runs import contract_service, contract_target

CPOS = ("cpo-c", "cpo-g")
PARTS = ("EVSE", "Connector")
WRITES = {f"{method} of its {part}" for method in ("PUT", "PATCH") for part in PARTS}


@pytest.fixture(scope="module")
def service():
    with contract_service() as running:
        yield running


@pytest.fixture(scope="module")
def of_one_version():
    """Where nothing is compared, one version says it as well as three."""
    with contract_service("2.2.1") as running:
        yield running


@pytest.fixture(scope="module")
def both(service, tmp_path_factory):
    kept = Kept()
    return (*run(service, tmp_path_factory.mktemp("both"), names=CPOS, checkpoints=kept), kept)


def compared(observations):
    """Results by identity and version; the version is None for the whole platform."""
    found = [o for o in observations if o.key.fact is PartOwnersCompared]
    return {(o.key.identity, o.key.subject.coordinates().get("version")): o.result for o in found}


def test_both_methods_at_both_parts_name_either_party_in_the_url_and_the_headers(both):
    facts = {key: seen.fact for key, seen in compared(both[0]).items()}
    assert facts.keys() == {(name, version) for name in CPOS for version in ("2.1.1", "2.2.1", "2.3.0")}
    for (name, version), fact in facts.items():
        mixes = {(c.what, c.url_agrees, c.headers_agree) for c in fact.combinations}
        headers = (None,) if version == "2.1.1" else (True, False)
        assert mixes == {(what, url, header) for what in WRITES for url in (True, False) for header in headers}
        assert fact.other == {"cpo-c": "SE-GRD", "cpo-g": "BE-GRN"}[name]


def test_only_the_owner_changes_its_parts_and_what_others_wrote_is_not_there(both):
    for seen in compared(both[0]).values():
        taken = {c.what for c in seen.fact.combinations if c.agrees and c.conduct is Conduct.WORKED}
        refused = {c.conduct for c in seen.fact.combinations if not c.agrees}
        assert (taken, refused) == (WRITES, {Conduct.REFUSED})


def test_every_write_goes_to_a_party_of_ours_and_the_locations_that_stay_are_known_before(both):
    written = [e for e in both[1] if e["method"] in {"PUT", "PATCH"} and "parts" in e["purpose"]]
    left = [leftover for entry in written for leftover in entry["leaves"]]
    assert {leftover["owner"] for leftover in left} == {"BE-GRN", "SE-GRD"}
    assert {entry["effect"] for entry in written} == {Effect.LASTING}


def test_a_run_that_was_broken_off_begins_again_with_locations_of_its_own(service, both, tmp_path):
    again, _, _ = run(service, tmp_path, names=CPOS, checkpoints=both[3])
    assert {k: r.fact.combinations[0].conduct for k, r in compared(again).items()} == dict.fromkeys(
        compared(both[0]), Conduct.WORKED
    )


def test_a_run_that_may_not_leave_anything_says_that_it_did_not_look(of_one_version, tmp_path):
    observations, intents, _ = run(of_one_version, tmp_path, names=CPOS, allow=frozenset())
    assert {result.reason for result in compared(observations).values()} == {Reason.NOT_PERMITTED}
    assert not [e for e in intents if "parts" in e["purpose"] and e.get("sent", True)]


def test_one_party_of_ours_is_not_enough_even_beside_an_absent_one(of_one_version, tmp_path):
    observations, _, _ = run(
        of_one_version, tmp_path, names=("emsp-a", "cpo-c"), absent_parties=frozenset({Party.parse("ZZ-ABS")})
    )
    (only,) = compared(observations).values()
    assert only.reason is Reason.ONE_IDENTITY_ONLY


def test_a_replay_compares_the_one_owner_again_and_stays_within_its_count(service, both, tmp_path):
    wanted = next(o.key for o in both[0] if o.key.fact is PartOwnersCompared and o.key.subject.version == "2.2.1")
    focus = Focus(subject=wanted.subject, identity=wanted.identity, field_path="")
    observations, intents, _ = run(service, tmp_path, names=CPOS, focus=focus)
    (again,) = (o for o in observations if o.key.fact is PartOwnersCompared)
    assert again.key == wanted
    assert isinstance(again.result, Seen)
    assert len([e for e in intents if "/locations/" in e["url"]]) <= MOST_PART_OWNERS


def test_where_the_other_party_cannot_push_a_location_nothing_is_shown(of_one_version, tmp_path):
    target = contract_target(of_one_version, ("emsp-a", "cpo-c"))
    pushing = target.contracts[1].grants
    agreed = (replace(target.contracts[0], grants=pushing), target.contracts[1])  # the platform knows nothing of it
    observations, _, _ = run(of_one_version, tmp_path, names=("emsp-a", "cpo-c"), contracts=agreed)
    assert {result.reason for result in compared(observations).values()} == {Reason.CONTROL_FAILED}
    assert all("a Location of its own was not accepted" in r.detail for r in compared(observations).values())
