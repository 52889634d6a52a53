import pytest

from checks.model.verdict import Outcome
from reports.model.exit_code import Demand, ExitCode, exit_code, open_requirements
from scanner.model.severity import Severity
from scanner.model.witness import Witness
from tests.reports.model.test_fold import fold, said
from tests.reports.sample_posture import finding

GREEN = (
    said("A", Outcome.PASS, Witness.TLS),
    said("A", Outcome.PASS, Witness.PROTOCOL),
    said("B", Outcome.PASS),
    said("C", Outcome.PASS),
)
MEDIUM = Severity.MEDIUM


def test_everything_required_judged_and_clean_is_0():
    assert exit_code(fold(*GREEN), MEDIUM) is ExitCode.CLEAN


@pytest.mark.parametrize(
    "severity, expected", [(Severity.LOW, 0), (Severity.MEDIUM, 1), (Severity.HIGH, 1), (Severity.CRITICAL, 1)]
)
def test_a_fail_counts_from_the_severity_that_was_asked_for(severity, expected):
    assert exit_code(fold(*GREEN, said("D", Outcome.FAIL, severity=severity)), MEDIUM) == expected


def test_a_waived_fail_does_not_count():
    assert exit_code(fold(*GREEN, said("D", Outcome.WAIVED, severity=Severity.CRITICAL)), MEDIUM) == 0


def test_a_fail_goes_before_what_is_open():
    assert exit_code(fold(said("A", Outcome.FAIL), said("B", Outcome.INCONCLUSIVE)), MEDIUM) == 1


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.NOT_TESTED])
def test_a_required_witness_that_could_not_judge_is_3(outcome):
    posture = fold(*GREEN[:2], GREEN[3], said("B", outcome))
    assert exit_code(posture, MEDIUM) is ExitCode.NOT_JUDGED
    assert [control.id for control in open_requirements(posture)] == ["B"]


def test_one_open_answer_of_a_required_witness_among_passes_is_3():
    assert exit_code(fold(*GREEN, said("B", Outcome.INCONCLUSIVE)), MEDIUM) == 3


def test_an_open_answer_behind_a_fail_that_is_too_small_is_3():
    small = said("B", Outcome.FAIL, severity=Severity.LOW)
    assert exit_code(fold(*GREEN, small, said("B", Outcome.INCONCLUSIVE)), MEDIUM) == 3


def test_what_is_not_required_may_stay_open():
    assert exit_code(fold(*GREEN, said("D", Outcome.INCONCLUSIVE, Witness.LOGS)), MEDIUM) == 0


def test_nothing_judged_is_3_whatever_is_required():
    assert exit_code(fold(profile="nobody"), MEDIUM) == 3


def test_what_a_run_was_not_asked_for_is_not_missed():
    only_tls = fold(said("A", Outcome.PASS), said("B", Outcome.PASS), said("C", Outcome.PASS))
    assert exit_code(only_tls, MEDIUM) == 3
    assert exit_code(only_tls, MEDIUM, Demand(names=frozenset({"tls", "k"}))) == 0
    only_b = fold(said("B", Outcome.PASS))
    assert exit_code(only_b, MEDIUM, Demand(controls=frozenset({"B"}))) == 0
    assert exit_code(only_b, MEDIUM, Demand(controls=frozenset({"B", "C"}))) == 3


def test_general_hygiene_of_a_tool_never_decides():
    hygiene = finding("CKV_AWS_18", Outcome.FAIL, tool="checkov", severity=Severity.CRITICAL)
    assert hygiene.controls == ()
    assert exit_code(fold(*GREEN, hygiene), MEDIUM) == 0
