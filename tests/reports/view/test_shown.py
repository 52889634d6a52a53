import pytest

from checks.model.verdict import Outcome
from reports.view.problem import problems
from reports.view.shown import shown_subjects
from scanner.model.subject import ServerSubject
from tests.reports.sample_posture import finding, posture_of


def groups(checks: int, subjects: int, outcome: Outcome):
    hosts = [ServerSubject(environment="demo", host=f"h{n}", port=1) for n in range(subjects)]
    posture = posture_of(*(finding(f"c-{n}", outcome, subject=host) for n in range(checks) for host in hosts))
    return {outcome: problems(posture, outcome)}


@pytest.mark.parametrize("checks, subjects, shown", [(1, 10, 250), (10, 250, 250), (20, 250, 105), (1, 3000, 250)])
def test_each_check_shows_less_the_more_there_is_in_all(checks, subjects, shown):
    found = groups(checks, subjects, Outcome.FAIL)
    assert shown_subjects(found)[Outcome.FAIL] == shown


def test_many_checks_with_one_subject_each_are_all_shown():
    found = groups(2000, 1, Outcome.PASS)
    assert shown_subjects(found)[Outcome.PASS] == 3  # of each, and each has one
