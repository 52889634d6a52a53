from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model.control import Checklist, Control, Layer, Requirement
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.model.exit_code import ExitCode, exit_code
from reports.model.fold import DuplicateFingerprint
from reports.model.posture import ControlPosture, Posture
from scanner.model.severity import Severity
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from tests.reports.sample_posture import finding, posture_of

BLIND = (Outcome.INCONCLUSIVE, Outcome.NOT_TESTED)
TLS, PROTOCOL, LOGS = Witness.TLS, Witness.PROTOCOL, Witness.LOGS


def row(id: str, *required: Witness, checks: tuple[str, ...] = (), severity=Severity.HIGH, **more) -> Control:
    return Control(
        id=id,
        layer="transport",
        title=id,
        severity=severity,
        witnesses=(TLS, PROTOCOL, LOGS),
        verify="look",
        requires={"p": Requirement(witnesses=frozenset(required), checks=frozenset(checks))},
        **more,
    )


ROWS = Checklist(
    layers=(Layer(id="transport", title="Transport"),),
    controls=(
        row("A", TLS, PROTOCOL),
        row("B", TLS, severity=Severity.CRITICAL),
        row("C", checks=("k",), severity=Severity.LOW),
        row("D"),
        row("SUM", refines=("A", "B"), rolls_up=True),
        row("MORE", refines=("B",), rolls_up=True, own_part="a written policy"),
        row("TOP", refines=("SUM", "C"), rolls_up=True),
    ),
)
LEAVES = ("A", "B", "C", "D")


def host(name: object, environment: str = "demo") -> ServerSubject:
    return ServerSubject(environment=environment, host=str(name), port=443)


_numbers = count()


def said(control: str, outcome: Outcome, witness=TLS, check="k", **more) -> Finding:
    return finding(check, outcome, control, witness=witness, subject=host(next(_numbers)), **more)


def fold(*findings: Finding, **run) -> Posture:
    return posture_of(*findings, rows=ROWS, **{"profile": "p", **run})


def control(posture: Posture, id: str, environment: str = "demo") -> ControlPosture:
    (found,) = [c for c in posture.controls if c.id == id and c.environment == environment]
    return found


def witnesses(row: ControlPosture) -> list[tuple[Witness, str]]:
    return [(witness, str(said)) for witness, said in row.witnesses]


def status(id: str, *findings: Finding) -> ControlStatus:
    return control(fold(*findings), id).status


P, F, NA, NT, I, W = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.NOT_APPLICABLE,
    Outcome.NOT_TESTED,
    Outcome.INCONCLUSIVE,
    Outcome.WAIVED,
)


@pytest.mark.parametrize(
    "outcomes, expected",
    [
        ((P, I, W, NT, NA, F), ControlStatus.FAIL),
        ((P, W, NT, NA, I), ControlStatus.INCONCLUSIVE),
        ((P, W, NT, NA), ControlStatus.WAIVED),
        ((P, NA), ControlStatus.PASS),
        ((P, NT), ControlStatus.PARTIAL),
        ((NA, NA), ControlStatus.NOT_APPLICABLE),
        ((NA, NT), ControlStatus.NOT_TESTED),
        ((NT,), ControlStatus.NOT_TESTED),
        ((), ControlStatus.NOT_TESTED),
        ((P,), ControlStatus.PASS),
    ],
)
def test_the_first_rule_that_applies_gives_the_status(outcomes, expected):
    assert status("B", *(said("B", outcome) for outcome in outcomes)) is expected


def test_a_pass_without_a_required_witness_is_partial_and_says_what_is_missing():
    found = control(fold(said("A", P, TLS)), "A")
    assert found.status is ControlStatus.PARTIAL
    assert found.missing == ("protocol",)
    assert found.note == "required and not judged: protocol"


def test_a_pass_without_a_required_check_is_partial():
    assert status("C", said("C", P, check="other")) is ControlStatus.PARTIAL
    assert status("C", said("C", P, check="k")) is ControlStatus.PASS


def test_what_does_not_apply_for_one_required_witness_says_nothing_for_the_other():
    assert status("A", said("A", NA, TLS)) is ControlStatus.NOT_TESTED


def test_silence_of_a_witness_outside_of_the_profile_changes_nothing():
    assert status("B", said("B", P), said("B", NT, LOGS)) is ControlStatus.PASS


def test_a_control_without_requirement_passes_by_what_was_seen():
    assert status("D", said("D", P, LOGS)) is ControlStatus.PASS


def test_a_witness_is_shown_with_the_worst_that_it_said_and_silent_ones_too():
    found = control(fold(said("A", P, TLS), said("A", F, TLS), said("A", P, PROTOCOL)), "A")
    assert witnesses(found) == [(TLS, F), (PROTOCOL, P), (LOGS, NT)]


def test_a_witness_that_passes_what_the_profile_asks_of_it_is_not_called_silent():
    untried = [said("D", NT, LOGS), said("D", NT, PROTOCOL, by_writing=True)]
    found = control(fold(said("D", P, LOGS), said("D", P, PROTOCOL), *untried), "D")
    assert found.status is ControlStatus.PASS
    assert witnesses(found) == [(TLS, NT), (PROTOCOL, P), (LOGS, P)]


def test_a_witness_that_did_not_try_all_that_is_asked_of_it_speaks_in_part():
    found = control(fold(said("B", P), said("B", NT, check="other")), "B")
    assert found.status is ControlStatus.PARTIAL
    assert witnesses(found) == [(TLS, "partial"), (PROTOCOL, NT), (LOGS, NT)]


def test_a_roll_up_has_the_findings_and_requirements_of_the_rows_that_it_folds():
    posture = fold(said("A", P, TLS), said("A", P, PROTOCOL), said("B", P))
    found = control(posture, "SUM")
    assert found.status is ControlStatus.PASS
    assert set(found.findings) == {f.fingerprint for f in posture.findings}
    assert found.required == ("tls", "protocol")
    assert found.rolled_up == ("A", "B")


def test_a_roll_up_with_a_row_that_nobody_judged_is_partial():
    found = control(fold(said("A", P, TLS), said("A", P, PROTOCOL)), "SUM")
    assert found.status is ControlStatus.PARTIAL
    assert "B: not judged" in found.note


def test_a_roll_up_with_a_partial_row_is_partial():
    assert status("SUM", said("A", P, TLS), said("B", P)) is ControlStatus.PARTIAL


def test_a_roll_up_that_asks_more_than_its_rows_is_partial_until_that_is_judged():
    rest = control(fold(said("B", P)), "MORE")
    assert rest.status is ControlStatus.PARTIAL
    assert "a written policy" in rest.note
    assert status("MORE", said("B", P), said("MORE", P)) is ControlStatus.PASS


def test_a_roll_up_of_a_roll_up_reaches_the_bottom():
    assert status("TOP", said("B", F)) is ControlStatus.FAIL
    assert status("TOP", said("A", P), said("A", P, PROTOCOL), said("B", P)) is ControlStatus.PARTIAL
    everything = (said("A", P), said("A", P, PROTOCOL), said("B", P), said("C", P))
    assert status("TOP", *everything) is ControlStatus.PASS


def test_each_environment_has_its_own_entry_for_each_control():
    red = finding("k", F, "B", subject=host("h", "prod"))
    posture = fold(said("B", P), red, environments=("demo", "prod"))
    assert control(posture, "B", "demo").status is ControlStatus.PASS
    assert control(posture, "B", "prod").status is ControlStatus.FAIL
    assert len(posture.controls) == 2 * len(ROWS.controls)


def test_an_environment_that_only_findings_name_is_not_lost():
    assert control(fold(finding("k", F, "B", subject=host("h", "edge"))), "B", "edge").status is ControlStatus.FAIL


def test_two_findings_with_one_fingerprint_are_refused():
    same = said("B", P)
    with pytest.raises(DuplicateFingerprint, match="k has 2 findings"):
        fold(same, same)


def test_a_finding_for_a_row_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="no such row in the checklist: Z"):
        fold(said("Z", P))


def test_score_counts_only_what_is_proven_and_keeps_what_is_open_in_the_total():
    # A high 4, B critical 8, C low 1; D requires nothing
    assert fold(said("B", P), said("C", F), said("D", F)).summary.score == 61.5
    assert fold(said("B", P), said("C", NA)).summary.score == 66.6
    assert fold(said("A", P), said("B", W), said("C", I)).summary.score == 0.0
    assert fold(said("B", P), profile="nobody").summary.score is None


def test_coverage_is_the_share_of_all_rows_that_was_judged():
    assert fold(said("B", P), said("A", I)).summary.coverage == 25.0
    assert fold(said("B", P), said("A", F), said("C", NA), said("D", W)).summary.coverage == 100.0


findings = st.lists(
    st.builds(said, st.sampled_from(LEAVES), st.sampled_from(Outcome), st.sampled_from((TLS, PROTOCOL))), max_size=14
)


@given(findings, st.randoms())
def test_the_order_of_the_findings_changes_nothing(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert fold(*shuffled) == fold(*found)


@given(findings)
def test_totals_add_up(found):
    posture = fold(*found)
    assert sum(posture.summary.controls.values()) == len(posture.controls) == len(ROWS.controls)
    assert sum(posture.summary.findings.values()) == len(posture.findings) == len(found)
    listed = {fingerprint for c in posture.controls for fingerprint in c.findings}
    assert listed == {f.fingerprint for f in found}


CLAIMS_MOST = {ControlStatus.PASS: 2, ControlStatus.NOT_APPLICABLE: 2, ControlStatus.PARTIAL: 1}


def blinded(found: Finding, outcome: Outcome) -> Finding:
    return finding(found.check, outcome, *found.controls, subject=found.subject, witness=found.witness)


@given(findings, st.data())
def test_not_looking_never_raises_the_score(found, data):
    number = data.draw(st.integers(0, max(0, len(found) - 1)))
    outcome = data.draw(st.sampled_from(BLIND))
    fewer = [blinded(f, outcome) if n == number else f for n, f in enumerate(found)]
    before, after = fold(*found).summary.score, fold(*fewer).summary.score
    assert (after or 0) <= (before or 0)


@given(findings, st.data())
def test_a_control_never_claims_more_because_a_good_answer_was_not_seen(found, data):
    good = [n for n, f in enumerate(found) if f.outcome in {P, NA}]
    if not good:
        return
    lost = data.draw(st.sampled_from(good))
    instead = data.draw(st.sampled_from((*BLIND, None)))
    fewer = [f for n, f in enumerate(found) if n != lost]
    if instead is not None:
        fewer.append(blinded(found[lost], instead))
    after = {c.id: c.status for c in fold(*fewer).controls}
    for before in fold(*found).controls:
        assert CLAIMS_MOST.get(after[before.id], 0) <= CLAIMS_MOST.get(before.status, 0)


@given(findings, st.data())
def test_a_fail_that_was_not_seen_never_becomes_a_pass(found, data):
    bad = [n for n, f in enumerate(found) if f.outcome in {F, W}]
    if not bad:
        return
    lost = data.draw(st.sampled_from(bad))
    fewer = [blinded(f, data.draw(st.sampled_from(BLIND))) if n == lost else f for n, f in enumerate(found)]
    posture = fold(*fewer)
    for row_id in found[lost].controls:
        assert control(posture, row_id).status not in {ControlStatus.PASS, ControlStatus.NOT_APPLICABLE}


def test_a_row_that_no_check_sees_whole_is_at_most_partial_and_does_not_decide_the_exit_code():
    rows = Checklist(layers=ROWS.layers, controls=(row("E", TLS, not_yet_seen="who administers"),))

    def judged(outcome: Outcome) -> Posture:
        return posture_of(said("E", outcome), rows=rows, profile="p")

    whole = control(judged(P), "E")
    assert (whole.status, whole.note, whole.missing) == (
        ControlStatus.PARTIAL,
        "no check sees yet: who administers",
        (),
    )
    assert exit_code(judged(P), Severity.LOW) == ExitCode.CLEAN
    assert control(judged(F), "E").status is ControlStatus.FAIL
    assert control(judged(NA), "E").status is ControlStatus.NOT_TESTED


def test_a_row_of_which_something_was_judged_is_not_said_to_be_judged_by_nobody():
    row = control(fold(said("B", NA), said("B", NT, LOGS, check="history-kept")), "B")
    assert row.status is ControlStatus.NOT_TESTED
    assert row.note == "what was judged does not apply; not tested: history-kept"
    assert control(fold(), "D").note == "no check of the profile p judges it"
