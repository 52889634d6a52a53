"""What changed between two runs: nothing that was not judged again is called fixed."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.difference import Change, difference, known_fails
from reports.model.exit_code import ExitCode, exit_code
from reports.model.run_state import FindingState, RunState, run_state
from scanner.model.severity import Severity
from tests.reports.sample_posture import finding, posture_of

CHECK = "tls-no-plaintext-listener"


def state(*outcomes: Outcome | None, severity: Severity = Severity.HIGH, **run):
    """A run in which check number i has outcome i, None: it has no such finding."""
    found = [
        finding(CHECK, outcome, field_path=str(index), severity=severity)
        for index, outcome in enumerate(outcomes)
        if outcome is not None
    ]
    return run_state(posture_of(*found, **run))


EMPTY: RunState = state()


def bare(outcomes: Iterable[Outcome | None]) -> RunState:
    """The findings of `state` without its rows, quickly."""
    findings = {
        f"{index:016x}": FindingState(
            fingerprint=f"{index:016x}",
            check=CHECK,
            environment="demo",
            subject="s",
            severity=Severity.HIGH,
            outcome=outcome,
            decides=True,
        )
        for index, outcome in enumerate(outcomes)
        if outcome is not None
    }
    return replace(EMPTY, findings=findings)


@pytest.mark.parametrize(
    "before, after, change",
    [
        (Outcome.FAIL, Outcome.FAIL, Change.STILL_THERE),
        (Outcome.FAIL, Outcome.PASS, Change.FIXED),
        (Outcome.WAIVED, Outcome.PASS, Change.FIXED),
        (Outcome.FAIL, Outcome.INCONCLUSIVE, Change.NOT_LOOKED_AT),
        (Outcome.FAIL, Outcome.NOT_TESTED, Change.NOT_LOOKED_AT),
        (Outcome.WAIVED, Outcome.INCONCLUSIVE, Change.NOT_LOOKED_AT),
        (Outcome.FAIL, None, Change.NOT_LOOKED_AT),
        (Outcome.WAIVED, None, Change.NOT_LOOKED_AT),
        (Outcome.FAIL, Outcome.NOT_APPLICABLE, Change.NO_LONGER_APPLIES),
        (Outcome.FAIL, Outcome.WAIVED, Change.ACCEPTED),
        (None, Outcome.WAIVED, Change.ACCEPTED),
        (Outcome.WAIVED, Outcome.FAIL, Change.NEW),
        (Outcome.PASS, Outcome.FAIL, Change.NEW),
        (Outcome.INCONCLUSIVE, Outcome.FAIL, Change.NEW),
        (None, Outcome.FAIL, Change.NEW),
        (Outcome.WAIVED, Outcome.WAIVED, None),
        (Outcome.PASS, Outcome.PASS, None),
        (Outcome.PASS, None, None),
        (Outcome.INCONCLUSIVE, Outcome.PASS, None),
    ],
)
def test_each_pair_of_outcomes_is_one_kind_of_change(before, after, change):
    (found,) = difference(state(before), state(after)).findings or (None,)
    assert (found.change if found else None) is change
    if found:
        assert found.was is before


def test_a_fail_that_became_graver_is_new_and_no_baseline_accepts_it():
    before, after = state(Outcome.FAIL, severity=Severity.LOW), state(Outcome.FAIL, severity=Severity.CRITICAL)
    assert difference(before, after).of(Change.NEW)
    assert known_fails(before, after) == frozenset()
    assert known_fails(after, before) == set(before.findings)


@given(st.lists(st.tuples(*[st.sampled_from([None, *Outcome])] * 2), max_size=12))
def test_nothing_that_failed_gets_lost_and_nothing_is_fixed_without_a_pass(pairs):
    before, after = (bare(pair[side] for pair in pairs) for side in (0, 1))
    found = difference(before, after)
    failed = {f for f, was in before.findings.items() if was.outcome is Outcome.FAIL}
    assert failed <= {changed.finding.fingerprint for changed in found.findings}
    for fixed in found.of(Change.FIXED):
        assert after.findings[fixed.finding.fingerprint].outcome is Outcome.PASS
    fails_now = {f for f, now in after.findings.items() if now.outcome is Outcome.FAIL}
    shown = {c.finding.fingerprint for change in (Change.NEW, Change.STILL_THERE) for c in found.of(change)}
    assert shown == fails_now


def test_rows_with_another_status_are_listed():
    found = difference(state(Outcome.PASS), state(Outcome.FAIL))
    changes = {change.control: (change.before, change.after) for change in found.controls}
    assert changes["OCPI-TLS-01"][1] is ControlStatus.FAIL
    assert all(before is not after for before, after in changes.values())


def test_runs_that_looked_differently_are_said_to():
    before = state(Outcome.FAIL, profile="endpoint", environments=("demo", "prod"))
    after = state(Outcome.PASS, narrowed=("--witness tls",))
    said = " ".join(difference(before, after).cautions)
    assert "profile differs: endpoint before, deployment after" in said
    assert "--witness tls after" in said
    assert "environment prod was not scanned in the later run" in said


def test_known_fails_do_not_decide_and_others_do():
    posture = posture_of(
        finding(CHECK, Outcome.FAIL, field_path="0"), finding(CHECK, Outcome.FAIL, field_path="1"), profile="endpoint"
    )
    known = {one.fingerprint for one in posture.findings}
    assert exit_code(posture, Severity.MEDIUM) is ExitCode.FAIL
    assert exit_code(posture, Severity.MEDIUM, known=known - {posture.findings[0].fingerprint}) is ExitCode.FAIL
    assert exit_code(posture, Severity.MEDIUM, known=known) is not ExitCode.FAIL
