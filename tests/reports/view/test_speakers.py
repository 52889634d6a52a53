from checks.model.verdict import Outcome
from reports.view.speakers import met, speakers
from scanner.model.witness import Witness
from tests.reports.sample_posture import finding, posture_of, realistic


def test_every_witness_that_can_speak_has_a_row_and_its_layers_add_up():
    posture = realistic()
    (table,) = speakers(posture)
    rows = [row for row in posture.controls if not row.rolled_up]
    assert {row.witness for row in table.rows} == {witness for row in rows for witness, _ in row.witnesses}
    for row in table.rows:
        assert row.whole.could == sum(share.could for share in row.layers)
        assert row.whole.spoke == sum(share.spoke for share in row.layers) <= row.whole.could
    silent = {row.witness for row in table.rows if not row.whole.spoke}
    assert Witness.CLOUD_LIVE in silent
    assert Witness.PROTOCOL not in silent
    assert 0 < table.alone + table.together <= len(rows)


def test_each_environment_has_a_table_of_its_own():
    tables = speakers(posture_of(finding(), environments=("demo", "prod")))
    assert [table.environment for table in tables] == ["demo", "prod"]
    assert all(not row.whole.spoke for row in tables[1].rows)


def claimed(witness, outcome, check):
    return finding(check, outcome, witness=witness, claim="tls-minimum-version")


def test_witnesses_meet_where_both_answer_and_a_contradiction_comes_first():
    tls = claimed(Witness.TLS, Outcome.FAIL, "a")
    assert met(posture_of(tls)) == ()
    assert met(posture_of(tls, claimed(Witness.CLOUD_DECLARED, Outcome.INCONCLUSIVE, "b"))) == ()
    (agreed,) = met(posture_of(tls, claimed(Witness.CLOUD_DECLARED, Outcome.FAIL, "b")))
    assert agreed.agree
    (clash,) = met(posture_of(tls, claimed(Witness.CLOUD_DECLARED, Outcome.PASS, "b")))
    assert not clash.agree
    assert clash.said == ((Witness.TLS, Outcome.FAIL), (Witness.CLOUD_DECLARED, Outcome.PASS))
