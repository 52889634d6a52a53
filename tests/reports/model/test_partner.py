"""The edition for partners: less is said, and nothing else."""

import hashlib
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from reports.json_document import render_json
from reports.model.audience import edition
from reports.model.exit_code import exit_code
from reports.model.posture import Audience
from reports.read import read_posture
from reports.view.answer import answer
from scanner.model.severity import Severity
from scanner.model.witness import Witness
from tests.reports.canaries import PUBLIC, canary_posture, proof
from tests.reports.sample_posture import finding, posture_of, realistic, resource


@pytest.fixture(scope="module")
def partners():
    return edition(canary_posture(), Audience.PARTNER)


def of(posture, check):
    (found,) = [each for each in posture.findings if each.check == check]
    return found


def test_the_operators_own_edition_is_the_posture_itself():
    posture = realistic()
    assert edition(posture, Audience.INTERNAL) is posture


@pytest.mark.parametrize("posture", [canary_posture(), realistic(150)], ids=["canaries", "realistic"])
def test_every_row_keeps_its_status_and_the_answer_its_word(posture):
    partners = edition(posture, Audience.PARTNER)
    assert [(row.id, row.status, row.witnesses, row.note) for row in partners.controls] == [
        (row.id, row.status, row.witnesses, row.note) for row in posture.controls
    ]
    assert (partners.summary.score, partners.summary.coverage) == (posture.summary.score, posture.summary.coverage)
    assert answer(partners).headline == answer(posture).headline
    assert all(exit_code(partners, severity) == exit_code(posture, severity) for severity in Severity)


def test_a_row_that_only_insiders_can_judge_says_so_by_a_finding_of_its_own():
    seen = (
        finding("cloud-a", Outcome.FAIL, "OCPI-NET-04", subject=resource("t", "one"), witness=Witness.CLOUD_DECLARED),
        finding("cloud-b", Outcome.FAIL, "OCPI-NET-04", subject=resource("t", "two"), witness=Witness.CLOUD_DECLARED,
                severity=Severity.CRITICAL),
    )  # fmt: skip
    partners = edition(posture_of(*seen), Audience.PARTNER)
    (told,) = partners.findings
    assert (told.outcome, told.severity, told.controls) == (Outcome.FAIL, Severity.CRITICAL, ("OCPI-NET-04",))
    assert str(told.population) == "2 findings"
    assert next(row for row in partners.controls if row.id == "OCPI-NET-04").findings == (told.fingerprint,)


def test_what_was_left_out_is_bound_by_a_hash_that_the_operator_can_show(partners):
    told = of(partners, "withheld-cloud-declared")
    (ref,) = told.evidence
    assert ref.sha256 == hashlib.sha256(proof(1)[0].sha256.encode()).hexdigest()
    assert ref.path == ""


def test_what_was_seen_from_outside_stays_with_its_proof(partners):
    held = of(partners, "tls-no-plaintext-listener")
    assert held.subject.label() == f"{PUBLIC}:443"
    assert held.message == f"port 80 of {PUBLIC} is closed"
    assert held.reproduce == f"openssl s_client -connect {PUBLIC}:443"
    assert [ref.sha256 for ref in held.evidence] == [ref.sha256 for ref in proof(5)]


def test_one_name_has_one_number_throughout(partners):
    failed = of(partners, "ocpi-error-no-stack-trace")
    assert failed.identity == partners.access[0].identity == partners.run.left_behind[0].identity == "identity 1"
    assert failed.subject.coordinates()["endpoint"] == partners.access[0].endpoint == "platform 1"
    assert failed.subject.coordinates()["party"] == partners.run.left_behind[0].owner == "party 2"
    assert "[path]" in failed.message
    assert "party 2" in failed.message


def test_a_command_loses_the_names_of_its_variables(partners):
    assert of(partners, "ocpi-error-no-stack-trace").reproduce == (
        f"curl -H \"Authorization: Token $TOKEN\" 'https://{PUBLIC}/x'"
    )


def test_a_command_that_names_something_internal_is_left_out():
    one = finding("c", Outcome.FAIL, reproduce="curl http://canaryhost.internal/cdrs")
    assert edition(posture_of(one), Audience.PARTNER).findings[0].reproduce is None


def test_fingerprints_that_a_list_of_names_could_open_are_numbers():
    posture = canary_posture()
    partners = edition(posture, Audience.PARTNER)
    assert not {f.fingerprint for f in posture.findings if f.identity} & {f.fingerprint for f in partners.findings}
    plain = posture_of(finding("tls-a"))
    assert edition(plain, Audience.PARTNER).findings[0].fingerprint == plain.findings[0].fingerprint


def test_an_exception_keeps_its_end_and_loses_who_and_why(partners):
    waived = of(partners, "withheld-records")
    assert waived.waiver is not None
    assert (waived.waiver.until, waived.waiver.owner, waived.waiver.reason) == ("2026-05-31", "withheld", "withheld")


def test_what_can_be_taken_back_is_still_said_to_be(partners):
    assert partners.run.left_behind[0].removable
    (disagreement,) = partners.disagreements
    assert {one.message for one in disagreement.statements} == {f"port 80 of {PUBLIC} is closed", "withheld"}


def test_it_says_that_it_is_an_edition_and_is_read_back_as_one(partners):
    again = read_posture(render_json(partners))
    assert again == partners
    assert again.audience is Audience.PARTNER
    assert edition(again, Audience.PARTNER) is again
    assert "edition for partners" in answer(again).detail


def test_the_same_posture_gives_the_same_edition():
    posture = canary_posture()
    shuffled = replace(posture, findings=tuple(posture.findings))
    assert edition(posture, Audience.PARTNER) == edition(shuffled, Audience.PARTNER)
