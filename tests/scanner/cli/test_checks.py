import json

from checks.catalog import CATALOG
from checks.checklist.loader import controls
from checks.mappings.loader import rule_table
from scanner.cli.coverage import Cover, coverage


def test_every_check_is_listed_once_in_the_order_of_the_catalogue(posture):
    ended = posture("checks", "list")
    assert ended.code == 0
    assert [line.split()[0] for line in ended.stdout.splitlines()] == [check.id for check in CATALOG]
    documents = json.loads(posture("checks", "list", "--format", "json").stdout)
    assert [document["id"] for document in documents] == [check.id for check in CATALOG]
    assert all(document["controls"] and document["remediation"] and document["source"] for document in documents)


def test_every_check_and_every_row_can_be_shown(posture):
    for name in (CATALOG[0].id, CATALOG[-1].id, controls()[0].id, controls()[-1].id, "ocpi-tls-01"):
        assert posture("checks", "show", name).code == 0, name
        assert json.loads(posture("checks", "show", name, "--format", "json").stdout)["id"].lower() == name.lower()


def test_a_row_names_the_checks_that_answer_it(posture):
    check = next(check for check in CATALOG if check.witness == "tls")
    assert check.id in posture("checks", "show", check.controls[0]).stdout


def test_an_unknown_name_gets_the_nearest(posture):
    ended = posture("checks", "show", "tls-hst")
    assert ended.code == 2
    assert "did you mean 'tls-hsts'?" in ended.stderr


def test_coverage_has_every_row_and_is_true_to_the_catalogue(posture):
    documents = json.loads(posture("checks", "coverage", "--format", "json").stdout)
    assert [document["id"] for document in documents] == [control.id for control in controls()]
    assert len(documents) == 126
    names = {name for document in documents for said in document["witnesses"].values() for name in said}
    assert names <= {check.id for check in CATALOG} | {rule for _, rule in rule_table()}
    rows = {control.id: control for control in controls()}
    for document in documents:
        parts = {document["id"], *rows[document["id"]].folds}
        for check in CATALOG:
            expected = bool(parts & set(check.controls)) and check.witness in document["witnesses"]
            assert (check.id in document["witnesses"].get(check.witness, ())) == expected


def test_covered_means_that_every_witness_of_the_row_can_speak():
    for row in coverage():
        silent = [witness for witness, names in row.by_witness if not names]
        if row.cover is Cover.COVERED:
            assert silent == []
        if row.cover is Cover.NOT_YET:
            assert len(silent) == len(row.by_witness)


def test_the_last_line_counts_the_rows(posture):
    last = posture("checks", "coverage").stdout.splitlines()[-1]
    counts = [sum(row.cover is cover for row in coverage()) for cover in Cover]
    assert sum(counts) == 126
    assert last == "126 rows: {} covered, {} partly, {} not yet.".format(*counts)
