"""The answer's first sentence, beside an exit code that hangs on findings."""

import pytest

from checks.model.verdict import Outcome
from reports.html import render_html
from reports.terminal import render_terminal
from reports.view.answer import answer, coverage_hint
from scanner.model.severity import Severity
from tests.reports.sample_posture import finding, posture_of

MEDIUM_ROW = "OCPI-EXT-05"


@pytest.mark.parametrize(
    "severity,said",
    [
        (Severity.LOW, "1 control fails: 1 medium; the gravest finding is low."),
        (Severity.MEDIUM, "1 control fails: 1 medium."),
        (Severity.HIGH, "1 control fails: 1 medium; the gravest finding is high."),
    ],
)
def test_where_findings_are_as_grave_as_no_row_the_headline_says_how_grave_they_are(severity, said):
    fails = posture_of(finding("c", Outcome.FAIL, MEDIUM_ROW, severity=severity))
    assert answer(fails).headline == said


def test_what_passes_or_is_waived_is_not_the_gravest():
    low = finding("a", Outcome.FAIL, MEDIUM_ROW, severity=Severity.LOW)
    others = [finding(str(one), one, MEDIUM_ROW, severity=Severity.CRITICAL) for one in (Outcome.PASS, Outcome.WAIVED)]
    assert answer(posture_of(low, *others)).headline.endswith("the gravest finding is low.")


def test_coverage_says_which_rows_it_counts_because_there_are_more():
    posture = posture_of()
    assert coverage_hint(posture) == "judged, of 109 controls; 17 more sum these up"
    assert len(posture.controls) == 126
    both = " ".join(render_terminal(posture).split()), render_html(posture).decode()
    assert all(coverage_hint(posture) in text for text in both)
