"""JUnit XML as pipelines read it."""

from junitparser import Error, Failure, JUnitXml, Skipped

from checks.model.verdict import Outcome
from reports.junit import render_junit
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic

KINDS = {
    Outcome.FAIL: Failure,
    Outcome.INCONCLUSIVE: Error,
    Outcome.WAIVED: Skipped,
    Outcome.NOT_TESTED: Skipped,
    Outcome.NOT_APPLICABLE: Skipped,
}


def cases_of(posture):
    read = JUnitXml.fromstring(render_junit(posture))
    return read, [case for suite in read for case in suite]


def test_every_finding_is_a_case_and_the_totals_say_so():
    posture = realistic()
    read, cases = cases_of(posture)
    assert len(cases) == len(posture.findings) == read.tests
    failed = sum(one.outcome is Outcome.FAIL for one in posture.findings)
    undecided = sum(one.outcome is Outcome.INCONCLUSIVE for one in posture.findings)
    assert (read.failures, read.errors) == (failed, undecided)


def test_each_outcome_has_its_element():
    for outcome in Outcome:
        _, (case,) = cases_of(posture_of(finding("c", outcome)))
        assert [type(one) for one in case.result] == ([KINDS[outcome]] if outcome in KINDS else [])


def test_a_waived_fail_says_who_accepted_it_until_when():
    _, (case,) = cases_of(posture_of(finding("c", Outcome.WAIVED)))
    assert case.result[0].message.startswith("waived (accepted) by Ada Lindgren")
    assert "2026-05-31" in case.result[0].message


def test_a_failure_says_what_to_do():
    _, (case,) = cases_of(posture_of(finding("c", Outcome.FAIL, message="port 80 answers")))
    assert "port 80 answers" in case.result[0].message
    assert "Close the listener" in case.result[0].text


def test_hostile_text_stays_text():
    for text in (*STRINGS, "\ufffe\uffff", "]]>"):
        _, (case,) = cases_of(posture_of(finding("c", Outcome.FAIL, message=text)))
        assert len(case.result) == 1


def test_the_same_posture_gives_the_same_bytes():
    assert render_junit(realistic(100)) == render_junit(realistic(100))
