"""A run that was told to leave something out says why it ends with 3."""

from dataclasses import replace

from checks.model.verdict import Outcome
from reports.model.exit_code import Demand, ExitCode, exit_code
from reports.model.posture import Posture
from scanner.cli.still_open import still_open
from scanner.model.severity import Severity
from scanner.model.witness import Witness
from tests.reports.model.test_fold import fold, said

BY_TLS = Demand(names=frozenset({"tls"}))


def narrowed(posture: Posture) -> Posture:
    return replace(posture, run=replace(posture.run, narrowed=("--witness", "tls")))


def test_what_is_required_of_what_was_asked_for_is_named_with_its_first_reason():
    open_one = replace(said("B", Outcome.NOT_TESTED, Witness.TLS), message="no contract\nis configured")
    posture = narrowed(fold(said("A", Outcome.PASS, Witness.TLS), said("C", Outcome.PASS, Witness.TLS), open_one))
    assert exit_code(posture, Severity.MEDIUM, BY_TLS) is ExitCode.NOT_JUDGED
    assert still_open(posture, BY_TLS) == (
        "Required of what was asked for, and not judged:\n  B: no contract is configured"
    )


def test_a_witness_that_said_nothing_is_named():
    said_so = still_open(narrowed(fold(said("A", Outcome.PASS, Witness.PROTOCOL))), BY_TLS)
    assert said_so is not None
    assert "  A: nothing was seen by tls" in said_so.splitlines()


def test_a_whole_run_and_one_that_answered_everything_say_nothing():
    answered = [said(row, Outcome.PASS, Witness.TLS) for row in "ABC"]
    assert still_open(narrowed(fold(*answered)), BY_TLS) is None
    assert still_open(fold(said("A", Outcome.PASS)), Demand()) is None
