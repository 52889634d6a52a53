"""An attestation is one witness among the others: it never covers up what something else saw."""

import pytest

from checks.model.control import Checklist, Control, Layer, Requirement
from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from scanner.model.severity import Severity
from scanner.model.witness import Witness
from tests.reports.sample_posture import SERVER, finding, posture_of

ROW = Control(
    id="R",
    layer="operations",
    title="a row",
    severity=Severity.HIGH,
    witnesses=(Witness.TLS, Witness.ATTESTATION),
    verify="look and ask",
    requires={
        "endpoint": Requirement(witnesses=frozenset({Witness.TLS})),
        "attested": Requirement(witnesses=frozenset({Witness.ATTESTATION})),
    },
)
ROWS = Checklist(layers=(Layer(id="operations", title="Operations"),), controls=(ROW,))


def judged(seen: Outcome, stated: Outcome, profile: str):
    said = [
        finding("t", seen, "R", subject=SERVER, claim="it-holds"),
        finding("a", stated, "R", subject=SERVER, witness=Witness.ATTESTATION, claim="it-holds"),
    ]
    return posture_of(*said, rows=ROWS, profile=profile)


@pytest.mark.parametrize(
    "seen, stated, profile, status",
    [
        (Outcome.PASS, Outcome.PASS, "endpoint-attested", ControlStatus.PASS),
        (Outcome.FAIL, Outcome.PASS, "endpoint-attested", ControlStatus.FAIL),
        (Outcome.PASS, Outcome.FAIL, "endpoint-attested", ControlStatus.FAIL),
        (Outcome.NOT_TESTED, Outcome.PASS, "endpoint-attested", ControlStatus.PARTIAL),
        (Outcome.PASS, Outcome.INCONCLUSIVE, "endpoint-attested", ControlStatus.INCONCLUSIVE),
        (Outcome.PASS, Outcome.NOT_TESTED, "endpoint-attested", ControlStatus.PARTIAL),
        (Outcome.PASS, Outcome.NOT_TESTED, "endpoint", ControlStatus.PASS),
    ],
)
def test_what_was_seen_and_what_was_stated_make_one_status(seen, stated, profile, status):
    (control,) = judged(seen, stated, profile).controls
    assert control.status is status
    assert dict(control.witnesses) == {Witness.TLS: seen, Witness.ATTESTATION: stated}


def test_a_statement_against_what_was_seen_is_a_disagreement():
    (one,) = judged(Outcome.FAIL, Outcome.PASS, "endpoint-attested").disagreements
    assert {statement.witness: statement.outcome for statement in one.statements} == {
        Witness.TLS: Outcome.FAIL,
        Witness.ATTESTATION: Outcome.PASS,
    }


def test_agreement_is_no_disagreement():
    assert judged(Outcome.PASS, Outcome.PASS, "endpoint-attested").disagreements == ()
