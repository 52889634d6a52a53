"""A run that fails below --fail-on says why it does not end with 1."""

from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from reports.model.exit_code import Demand
from scanner.cli.below_limit import below_limit
from scanner.cli.exit_code import ExitCode
from scanner.model.severity import Severity
from tests.reports.model.test_fold import fold, said


def low(row):
    return fold(replace(said(row, Outcome.FAIL), severity=Severity.LOW))


def test_a_clean_code_beside_fails_is_explained():
    assert below_limit(low("A"), Severity.MEDIUM, ExitCode.CLEAN, Demand(), None) == (
        "Exit code 0: no fail is medium or graver (the gravest is low), so that none decides."
    )


def test_an_open_requirement_beside_fails_is_counted():
    sentence = below_limit(low("A"), Severity.HIGH, ExitCode.INCONCLUSIVE, Demand(), None)
    assert sentence is not None
    assert sentence.startswith("Exit code 3: no fail is high or graver (the gravest is low), but ")
    assert sentence.endswith("could not be judged.")


def test_a_run_that_was_stopped_says_so():
    nothing_asked = Demand(controls=frozenset())
    sentence = below_limit(low("A"), Severity.HIGH, ExitCode.INCONCLUSIVE, nothing_asked, "stopped by the user")
    assert sentence is not None
    assert sentence.endswith(", but the run was stopped by the user.")


@pytest.mark.parametrize("code", [ExitCode.FAILED, ExitCode.BUG])
def test_other_codes_need_no_word(code):
    assert below_limit(low("A"), Severity.MEDIUM, code, Demand(), None) is None


def test_without_a_fail_the_answer_says_all():
    assert below_limit(fold(said("A", Outcome.PASS)), Severity.MEDIUM, ExitCode.CLEAN, Demand(), None) is None
