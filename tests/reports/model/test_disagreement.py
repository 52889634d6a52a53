from checks.model.verdict import Outcome
from reports.model.disagreement import disagreements
from scanner.model.subject import ServerSubject
from scanner.model.witness import Witness
from tests.reports.sample_posture import finding, posture_of

CLAIM = "tls-minimum-version"


def says(witness, outcome, name="h", environment="demo", claim=CLAIM, control="OCPI-TLS-02"):
    subject = ServerSubject(environment=environment, host=name, port=443)
    return finding(
        f"k-{witness}", outcome, control, witness=witness, subject=subject, claim=claim, message=f"{witness}!"
    )


def test_a_pass_and_a_fail_of_two_witnesses_about_one_claim_are_a_disagreement():
    yes, no = says(Witness.CLOUD_DECLARED, Outcome.PASS), says(Witness.TLS, Outcome.FAIL)
    (found,) = disagreements([yes, no])
    assert found.claim == CLAIM
    assert [(s.witness, s.outcome, s.message) for s in found.statements] == [
        (Witness.TLS, Outcome.FAIL, "tls!"),
        (Witness.CLOUD_DECLARED, Outcome.PASS, "cloud-declared!"),
    ]
    assert found.statements[0].findings == (no.fingerprint,)


def test_a_waived_fail_still_contradicts():
    assert disagreements([says(Witness.TLS, Outcome.WAIVED), says(Witness.CLOUD_DECLARED, Outcome.PASS)])


def test_one_witness_on_two_hosts_does_not_contradict_itself():
    assert not disagreements([says(Witness.TLS, Outcome.FAIL), says(Witness.TLS, Outcome.PASS, "other")])


def test_other_environments_other_claims_and_no_claim_do_not_contradict():
    fail = says(Witness.TLS, Outcome.FAIL)
    assert not disagreements([fail, says(Witness.CLOUD_DECLARED, Outcome.PASS, environment="prod")])
    assert not disagreements([fail, says(Witness.CLOUD_DECLARED, Outcome.PASS, claim="other")])
    assert not disagreements(
        [says(w, o, claim=None) for w, o in zip(Witness, (Outcome.PASS, Outcome.FAIL), strict=False)]
    )


def test_who_could_not_see_contradicts_nobody():
    assert not disagreements([says(Witness.TLS, Outcome.FAIL), says(Witness.CLOUD_DECLARED, Outcome.INCONCLUSIVE)])


def test_a_witness_with_both_answers_speaks_with_its_fails():
    both = [says(Witness.TLS, Outcome.PASS, "a"), says(Witness.TLS, Outcome.FAIL, "b")]
    (found,) = disagreements([*both, says(Witness.CLOUD_DECLARED, Outcome.PASS)])
    assert found.statements[0].outcome is Outcome.FAIL
    assert found.statements[0].findings == (both[1].fingerprint,)


def test_the_controls_concerned_carry_the_claim():
    posture = posture_of(says(Witness.TLS, Outcome.FAIL), says(Witness.CLOUD_DECLARED, Outcome.PASS))
    by_id = {control.id: control for control in posture.controls}
    assert by_id["OCPI-TLS-02"].disagreement == (CLAIM,)
    assert by_id["OCPI-TLS-01"].disagreement == ()
    assert by_id["OCPI-BP-05"].disagreement == (CLAIM,)  # folds OCPI-TLS-02
