from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from checks.catalog import CATALOG
from checks.model.verdict import Outcome
from infra.service.faults.contract import FAULTS
from scanner.model.effect import Mode
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.contract import (
    AccessCell,
    Conduct,
    ContractMatrix,
    OwnerCombination,
    PartOwnersCompared,
    UrlSource,
)
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Party, Right
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.witness import Witness
from tests.targets.contract_runs import (
    CHECKS,
    ENDED,
    TOGETHER,
    contract_service,
    contract_target,
    failing,
    findings_with,
    hub_findings,
    judged,
    look,
    together,
)
from tests.targets.odd_platforms import ODD, TOKEN, running_hostile, running_platform
from tests.targets.protocol_runs import IMPATIENT, ODD_CONTRACT, PATIENT

EXPECTED = yaml.safe_load((Path(__file__).parents[2] / "expected_findings" / "contract.yaml").read_text())
ONE = "2.2.1"  # where it is not about versions
ON_A_HUB = {"hub-sender-unchecked"}
VERSIONS = {"2.1.1", "2.2.1", "2.3.0"}
EVIDENCE = EvidenceRef(id="matrix", sha256="0" * 64, path="evidence/matrix.json")
HARD = {Outcome.FAIL, Outcome.INCONCLUSIVE}


def found_with(*faults):
    return hub_findings(*faults) if ON_A_HUB.issuperset(faults) else findings_with(*faults)


def red_of(fault, *checks):
    """What fails where the fault is shown: of checks in its row, so that none of it is another's."""
    assert set(checks) <= set(EXPECTED[fault])
    return [f for f in findings_with(*together(fault)) if f.outcome is Outcome.FAIL and f.check in checks]


def test_every_check_is_in_the_catalogue():
    assert set(CHECKS) <= set(CATALOG)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_passes_on_three_versions_of_the_hardened_service(check):
    everything = hub_findings() if check.id == "ocpi-owners-hub-proves-sender" else findings_with()
    of_check = [f for f in everything if f.check == check.id]
    passed = {f.subject.coordinates()["version"] for f in of_check if f.outcome is Outcome.PASS}
    # 2.1.1 has no routing headers, so nobody can claim to be another sender there.
    assert passed == (VERSIONS - {"2.1.1"} if check.id == "ocpi-owners-hub-proves-sender" else VERSIONS)
    assert [f.message for f in of_check if f.outcome in HARD] == []


@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_turns_exactly_the_checks_of_the_table_red_with_evidence_and_a_way_to_repeat_it(fault):
    found = found_with(*together(fault))
    red = [f for f in found if f.outcome is Outcome.FAIL]
    assert failing(found) == sorted({check for one in together(fault) for check in EXPECTED[one]})
    assert all(f.evidence and f.identity and f.remediation and (f.reproduce or "").startswith("curl ") for f in red)


def test_faults_that_are_looked_at_together_share_no_check():
    for faults in TOGETHER:
        checks = [check for fault in faults for check in EXPECTED[fault]]
        assert len(checks) == len(set(checks)), faults
    everyone = [fault for faults in TOGETHER for fault in faults]
    assert len(everyone) == len(set(everyone))
    assert set(everyone) <= EXPECTED.keys() - ON_A_HUB


@pytest.mark.slow
@pytest.mark.parametrize("fault", sorted(EXPECTED))
def test_a_fault_alone_turns_exactly_the_checks_of_the_table_red(fault):
    assert failing(found_with(fault)) == EXPECTED[fault]


def test_the_table_names_every_fault_and_no_other():
    assert EXPECTED.keys() == {fault.name for fault in FAULTS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_a_fault_that_turns_it_red(check):
    assert any(check.id in checks for checks in EXPECTED.values())


def test_a_module_that_is_only_left_out_of_the_version_details_is_found_open():
    red = red_of("module-beyond-contract", "ocpi-contract-reads-beyond-refused")
    assert {(f.identity, f.subject.coordinates()["module"]) for f in red} == {
        ("emsp-a", "tokens"),
        ("cpo-g", "tokens"),
    }


def test_a_right_to_read_is_none_to_write():
    red = red_of("write-with-read-right", "ocpi-contract-writes-beyond-refused")
    assert {(f.identity, f.subject.coordinates()["module"]) for f in red} == {("cpo-c", "cdrs")}


def test_only_the_partner_whose_contract_has_ended_is_judged_for_it():
    by_outcome = {f.outcome: f.identity for f in findings_with() if f.check == "ocpi-contract-ended-refused"}
    assert by_outcome[Outcome.PASS] == ENDED
    assert {f.identity for f in red_of("ended-contract-served", "ocpi-contract-ended-refused")} == {ENDED}


def test_a_reader_judges_reads_and_says_that_writes_were_not_tried(tmp_path):
    with contract_service(ONE) as service:
        target = contract_target(service, ("emsp-a", "emsp-b"), mode=Mode.OBSERVE)
        found = judged(look(target, service.tokens, tmp_path))
    outcomes = {f.check: f.outcome for f in found if f.check.startswith("ocpi-") and f.identity in {"emsp-a", None}}
    assert outcomes["ocpi-contract-reads-beyond-refused"] is Outcome.PASS
    assert outcomes["ocpi-contract-writes-beyond-refused"] is Outcome.NOT_TESTED
    assert outcomes["ocpi-owners-agree"] is outcomes["ocpi-owners-parts-agree"] is Outcome.NOT_TESTED


def test_with_one_identity_owners_are_not_compared_and_an_absent_party_stands_in_for_another(tmp_path):
    with contract_service(ONE) as service:
        alone = contract_target(service, ("emsp-a",))
        absent = replace(alone, absent_parties=frozenset({Party.parse("ZZ-ABS")}))
        outcomes = []
        for number, target in enumerate((alone, absent)):
            found = judged(look(target, service.tokens, _folder(tmp_path, number)))
            outcomes.append({(f.outcome, f.message.partition(":")[0]) for f in found if f.check == "ocpi-owners-agree"})
    assert outcomes[0] == {(Outcome.NOT_TESTED, "one identity only")}
    assert {outcome for outcome, _ in outcomes[1]} == {Outcome.PASS}


def _folder(root: Path, number: int) -> Path:
    folder = root / str(number)
    folder.mkdir()
    return folder


def test_a_part_is_written_for_another_by_its_paths_in_the_url_whatever_the_method():
    red = red_of("part-owner-unchecked", "ocpi-owners-parts-agree")
    assert {(f.identity, f.subject.coordinates()["module"]) for f in red} == {
        ("cpo-c", "locations"),
        ("cpo-g", "locations"),
    }
    for finding in red:
        said = {f"{method} of its {part}" for method in ("PUT", "PATCH") for part in ("EVSE", "Connector")}
        assert {words for words in said if words in finding.message} == said


@pytest.mark.parametrize(
    "own_patch, outcome", [(Conduct.WORKED, Outcome.PASS), (Conduct.ACCEPTED, Outcome.INCONCLUSIVE)]
)
def test_who_cannot_change_its_own_connector_has_shown_nothing_of_anothers(own_patch, outcome):
    facts = FactStore()
    facts.record(parts(own_patch))
    (verdict,) = (f for f in judged(facts) if f.check == "ocpi-owners-parts-agree")
    assert verdict.outcome is outcome


def parts(own_patch):
    def mix(method, conduct, *, own):
        what = f"{method} of its Connector"
        return OwnerCombination(what=what, url_agrees=own, headers_agree=None, body_agrees=None, conduct=conduct)

    tried = (mix("PUT", Conduct.WORKED, own=True), mix("PUT", Conduct.REFUSED, own=False))
    fact = PartOwnersCompared(other="SE-GRD", combinations=(*tried, mix("PATCH", own_patch, own=True)))
    subject = InterfaceSubject(
        environment="test", endpoint="main", version="2.1.1", module="locations", side=Side.RECEIVER, method="PATCH"
    )
    key = FactKey(fact=PartOwnersCompared, subject=subject, witness=Witness.PROTOCOL, identity="cpo-c")
    return Observation(key=key, result=Seen(fact=fact, evidence=(EVIDENCE,)))


def test_without_a_contract_nothing_is_judged(tmp_path):
    with contract_service(ONE) as service:
        target = replace(contract_target(service, ("emsp-a", "emsp-b")), contracts=())
        found = judged(look(target, service.tokens, tmp_path))
    assert {f.outcome for f in found if f.check != "ocpi-owners-hub-proves-sender"} == {Outcome.NOT_TESTED}


@pytest.mark.parametrize("server", ["not-http", "slow-drip", "silent-close"])
def test_every_check_admits_that_it_could_not_look(server, tmp_path):
    with running_hostile(server) as platform:
        target = platform.target(limits=IMPATIENT, contracts=(ODD_CONTRACT,))
        found = judged(look(target, {"emsp-a": TOKEN}, tmp_path))
    assert {(f.check, f.outcome) for f in found} == {(check.id, Outcome.INCONCLUSIVE) for check in CHECKS}


@pytest.mark.parametrize("name", sorted(ODD))
def test_an_odd_but_legitimate_platform_gives_no_alarm(name, tmp_path):
    with running_platform(ODD[name]) as platform:
        target = platform.target(limits=PATIENT, contracts=(ODD_CONTRACT,))
        found = judged(look(target, {"emsp-a": TOKEN}, tmp_path))
    assert [(f.check, f.message) for f in found if f.outcome in HARD] == []


def matrix(module, *, granted, conduct, source=UrlSource.ADVERTISED, **cell):
    of_list = {"method": "GET", "what": "list", "right": Right.READ, "http_status": 404}
    asked = AccessCell(granted=granted, conduct=conduct, **{**of_list, **cell})
    subject = InterfaceSubject(
        environment="test", endpoint="main", version="2.2.1", module=module, side=Side.SENDER, method=None, path=None
    )
    key = FactKey(fact=ContractMatrix, subject=subject, witness=Witness.PROTOCOL, identity="emsp-a")
    fact = ContractMatrix(source=source, in_force=True, cells=(asked,))
    return Observation(key=key, result=Seen(fact=fact, evidence=(EVIDENCE,)))


def outcomes_of(check, *observations):
    facts = FactStore()
    for observation in observations:
        facts.record(observation)
    return {f.outcome for f in judged(facts) if f.check == check}


PUSH = {"method": "PUT", "what": "object", "right": Right.WRITE}


@pytest.mark.parametrize(
    "http, ocpi, outcome",
    [(403, 2000, Outcome.PASS), (422, None, Outcome.INCONCLUSIVE), (200, 2004, Outcome.INCONCLUSIVE)],
)
def test_a_push_that_is_refused_for_its_body_is_not_refused_for_want_of_a_right(http, ocpi, outcome):
    works = matrix("locations", granted=True, conduct=Conduct.WORKED)
    refused = {"granted": False, "conduct": Conduct.REFUSED, "http_status": http, "ocpi_status": ocpi, **PUSH}
    assert outcomes_of("ocpi-contract-writes-beyond-refused", works, matrix("cdrs", **refused)) == {outcome}


@pytest.mark.parametrize("right, outcome", [(Right.READ, Outcome.FAIL), (Right.WRITE, Outcome.NOT_APPLICABLE)])
def test_a_body_that_is_not_valid_is_no_want_of_a_right_in_other_words(right, outcome):
    refused = matrix("cdrs", granted=False, conduct=Conduct.REFUSED_OTHERWISE, right=right, http_status=422)
    assert outcomes_of("ocpi-contract-refusals-say-so", refused) == {outcome}


@pytest.mark.parametrize("ocpi, outcome", [(2001, Outcome.FAIL), (2004, Outcome.INCONCLUSIVE)])
def test_a_push_of_a_made_up_token_that_is_not_known_is_no_broken_promise(ocpi, outcome):
    refused = {"granted": True, "conduct": Conduct.REFUSED, "http_status": 200, "ocpi_status": ocpi, **PUSH}
    works = {"granted": True, "conduct": Conduct.WORKED, "http_status": 200, "ocpi_status": 1000, **PUSH}
    found = outcomes_of("ocpi-contract-agreed-writes-work", matrix("sessions", **refused), matrix("tokens", **works))
    assert found == {outcome}


@pytest.mark.parametrize("source, silent", [(UrlSource.TO_OTHERS, True), (UrlSource.FORMED, False)])
def test_an_interface_that_says_nothing_of_rights_is_not_covered_by_anothers_refusal(source, silent):
    works = matrix("locations", granted=True, conduct=Conduct.WORKED)
    refused = matrix("cdrs", granted=False, conduct=Conduct.REFUSED)
    nothing = matrix("tokens", granted=False, conduct=Conduct.NOTHING_THERE, source=source, sure=False)
    found = outcomes_of("ocpi-contract-reads-beyond-refused", works, refused, nothing)
    assert found == {Outcome.PASS} | ({Outcome.INCONCLUSIVE} if silent else set())


@pytest.mark.parametrize(
    "granted_is, outcome", [(Conduct.WORKED, Outcome.PASS), (Conduct.REFUSED, Outcome.INCONCLUSIVE)]
)
def test_who_refuses_everything_has_not_looked_at_rights(granted_is, outcome):
    facts = FactStore()
    facts.record(matrix("locations", granted=True, conduct=granted_is))
    facts.record(matrix("cdrs", granted=False, conduct=Conduct.REFUSED))
    (beyond,) = (f for f in judged(facts) if f.check == "ocpi-contract-reads-beyond-refused")
    assert beyond.outcome is outcome
