from dataclasses import replace
from datetime import date

import pytest

from checks.model.finding import Finding, fingerprint
from checks.model.verdict import Outcome
from checks.model.waiver import Waiver, WaiverKind
from checks.waiving import MalformedWaiver, waived, waiver_findings
from scanner.model.evidence import EvidenceRef
from scanner.model.severity import Severity
from scanner.model.subject import EnvironmentSubject
from scanner.model.witness import Witness

DAY = date(2027, 3, 1)
EVIDENCE = (EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/1.json"),)
SUBJECT = EnvironmentSubject(environment="test")
FAIL = Finding(
    fingerprint=fingerprint("a-check", SUBJECT),
    check="a-check",
    title="A claim",
    controls=("OCPI-TLS-01",),
    outcome=Outcome.FAIL,
    severity=Severity.HIGH,
    witness=Witness.TLS,
    subject=SUBJECT,
    message="it does not hold",
    source="RFC 9325",
    evidence=EVIDENCE,
)
WAIVER = Waiver(fingerprint=FAIL.fingerprint, owner="Ada", reason="soon", until=DAY, kind=WaiverKind.ACCEPTED)


def reported(
    finding: Finding, *waivers: Waiver, malformed: tuple[MalformedWaiver, ...] = ()
) -> list[tuple[Outcome, str]]:
    found = waiver_findings([finding], waivers, malformed, DAY, "test", EVIDENCE)
    return [(one.outcome, one.message) for one in found]


def test_a_fail_is_waived_until_and_on_the_last_day():
    (finding,) = waived([FAIL], [WAIVER], DAY)
    assert finding.outcome is Outcome.WAIVED
    assert finding.waiver is not None
    assert (finding.waiver.owner, finding.waiver.until) == ("Ada", "2027-03-01")
    assert waived([FAIL], [WAIVER], date(2027, 3, 2)) == (FAIL,)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.NOT_TESTED, Outcome.NOT_APPLICABLE])
def test_only_a_fail_can_be_waived(outcome):
    other = replace(FAIL, outcome=outcome)
    assert waived([other], [WAIVER], DAY) == (other,)


def test_a_waiver_for_another_finding_changes_nothing():
    assert waived([FAIL], [replace(WAIVER, fingerprint="f" * 16)], DAY) == (FAIL,)


def test_without_waivers_nothing_is_said_about_them():
    assert reported(FAIL) == []


def test_waivers_in_order_are_said_to_be():
    assert reported(FAIL, WAIVER) == [(Outcome.PASS, "1 in force, each on a finding that fails")]


@pytest.mark.parametrize(
    "finding,waiver,said",
    [
        (FAIL, replace(WAIVER, until=date(2027, 2, 28)), "lapsed on 2027-02-28"),
        (FAIL, replace(WAIVER, fingerprint="f" * 16), "unused: this run has no finding ffffffffffffffff"),
        (replace(FAIL, outcome=Outcome.PASS), WAIVER, "unused: a-check on test is pass"),
    ],
)
def test_a_lapsed_or_unused_waiver_is_reported(finding, waiver, said):
    ((outcome, message),) = reported(finding, waiver)
    assert outcome is Outcome.FAIL
    assert said in message


def test_a_malformed_waiver_is_reported_where_it_stands_and_decides_nothing():
    malformed = MalformedWaiver(place="waivers[1].owner", what="line 9: this key is required and missing")
    (finding,) = waiver_findings([FAIL], [], [malformed], DAY, "test", EVIDENCE)
    assert (finding.field_path, finding.outcome, finding.controls) == ("waivers[1].owner", Outcome.FAIL, ())
