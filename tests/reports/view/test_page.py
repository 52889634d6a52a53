from dataclasses import replace
from itertools import pairwise

from checks.model.verdict import Outcome
from reports.view.answer import AnswerKind, answer
from reports.view.page import first_steps, glance
from reports.view.problem import problems
from reports.view.proof import artefacts
from scanner.model.severity import Severity
from scanner.model.witness import Witness
from tests.reports.sample_posture import evidence, finding, interface, posture_of, realistic, waiver

CRITICAL, HIGH = Severity.CRITICAL, Severity.HIGH


def fail(check, severity=HIGH, witness=Witness.TLS, remediation="", module="cdrs"):
    subject = interface(module)
    return finding(check, Outcome.FAIL, subject=subject, severity=severity, witness=witness, remediation=remediation)


def test_worst_first_then_what_was_seen_live_then_what_hits_most():
    posture = posture_of(
        fail("small"),
        fail("wide", module="cdrs"),
        fail("wide", module="tokens"),
        fail("declared", CRITICAL, Witness.CLOUD_DECLARED),
        fail("seen", CRITICAL, Witness.PROTOCOL),
    )
    assert [p.check for p in problems(posture, Outcome.FAIL)] == ["seen", "declared", "wide", "small"]


def test_one_deed_is_one_step_however_many_checks_ask_for_it():
    posture = posture_of(
        fail("a", CRITICAL, remediation="check the token"),
        fail("b", HIGH, remediation="cap the page"),
        fail("c", HIGH, remediation="check the token"),
    )
    assert [(step.problem.check, step.others) for step in first_steps(posture)] == [("a", 1), ("b", 0)]


def test_without_a_fail_the_first_step_is_what_could_not_be_decided():
    posture = posture_of(finding("k", Outcome.INCONCLUSIVE), finding("p"))
    assert [step.problem.outcome for step in first_steps(posture)] == [Outcome.INCONCLUSIVE]
    assert answer(posture).kind is AnswerKind.NOT_PROVEN


def test_what_keeps_several_checks_open_is_one_step():
    refused = [
        finding(check, Outcome.INCONCLUSIVE, severity=CRITICAL, message=f"unreachable: {check}: connection refused")
        for check in ("a", "b", "c")
    ]
    odd = finding("d", Outcome.INCONCLUSIVE, message="unparsable: the answer is HTML")
    steps = first_steps(posture_of(*refused, odd))
    assert [(step.problem.check, step.others) for step in steps] == [("a", 2), ("d", 0)]


def test_every_exception_is_listed_with_who_accepted_it():
    subjects = [interface(module) for module in ("cdrs", "tokens", "sessions")]
    waived = [finding("c", Outcome.WAIVED, subject=subject) for subject in subjects]
    other = replace(waived[2], waiver=replace(waiver(), owner="Bo", until="2026-09-30", kind="compensated"))
    (problem,) = problems(posture_of(*waived[:2], other), Outcome.WAIVED)
    assert sorted(problem.exceptions) == [
        (("accepted", waiver().owner, waiver().until), 2),
        (("compensated", "Bo", "2026-09-30"), 1),
    ]


def test_the_bar_of_statuses_fills_the_whole():
    parts = glance(realistic())
    assert sum(part.count for part in parts) == 126
    assert abs(sum(part.width for part in parts) - 100) < 0.01
    assert all(abs(b.start - a.start - a.width) < 0.01 for a, b in pairwise(parts))


def test_an_artefact_is_listed_once_with_the_findings_that_rest_on_it():
    shared, own = evidence("shared", "a handshake"), evidence("own", "an answer")
    posture = posture_of(finding("a", evidence=(shared, shared)), finding("b", evidence=(shared, own)))
    assert [(a.number, a.ref, a.findings) for a in artefacts(posture)] == [(1, shared, 2), (2, own, 1)]


def test_a_narrowed_run_is_never_a_yes_and_says_to_what():
    clean = answer(posture_of(finding(outcome=Outcome.PASS), profile="nobody", narrowed=("--select tls-*",)))
    assert (clean.kind, clean.word) == (AnswerKind.NOT_PROVEN, "Only in part.")
    assert "--select tls-*" in clean.headline
    open_ = answer(posture_of(finding("k", Outcome.INCONCLUSIVE), narrowed=("--witness tls",)))
    assert (open_.word, "narrowed to --witness tls" in open_.detail) == ("Not proven.", True)
    silent = answer(posture_of(profile="endpoint", narrowed=("--witness tls",)))
    assert (silent.word, "nothing was shown to hold" in silent.headline) == ("Not proven.", True)
    failing = answer(posture_of(fail("a"), narrowed=("--witness tls",)))
    assert (failing.word, "narrowed to --witness tls" in failing.detail) == ("No.", True)
