import json

import pytest

from checks.catalog import CATALOG
from checks.checklist.loader import controls
from checks.coverage import Cover, coverage
from checks.mappings.loader import rule_table
from scanner.cli.entry import run
from scanner.cli.rule_titles import title_of


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
    assert last == "126 rows: {} covered, {} partly, {} attestation only, {} not yet.".format(*counts)


def test_a_policy_of_checkov_is_shown_with_its_own_title_its_rows_and_what_to_do(posture):
    said = " ".join(posture("checks", "show", "ckv_aws_2").stdout.split())
    for words in ("Ensure ALB protocol is HTTPS", "critical", "OCPI-TLS-01", "a policy of checkov", "remediation:"):
        assert words in said
    document = json.loads(posture("checks", "show", "CKV_OCPI_4", "--format", "json").stdout)
    assert (document["id"], document["controls"]) == ("CKV_OCPI_4", ["OCPI-VUL-07"])
    assert document["source"].startswith("a policy of ours")


def test_every_mapped_policy_says_what_it_asks_and_what_to_do():
    assert all(rule.about and rule.remediation.endswith(".") for rule in rule_table().values())


@pytest.mark.parametrize("rule", ["CKV2_AWS_20", "CKV2_OCPI_1", "CKV_AWS_76", "CKV_OCPI_5"])
def test_a_title_is_read_from_python_yaml_and_json_policies(rule):
    assert (title_of(rule) or "").startswith("Ensure")


def test_a_policy_that_touches_no_row_is_told_apart_from_a_typing_error(posture):
    ended = posture("checks", "show", "CKV_AWS_99999")
    assert (ended.code, "general cloud hygiene" in ended.stderr) == (2, True)
    assert title_of("CKV_AWS_99999") is None


@pytest.mark.parametrize("width", [40, 80, 100])
def test_lists_fit_the_terminal(width, monkeypatch, capsys):
    monkeypatch.setattr("scanner.cli.checks.is_terminal", lambda _stream: True)
    monkeypatch.setattr("scanner.cli.checks.columns", lambda: width)
    for arguments in (("checks", "list"), ("checks", "coverage"), ("checks", "show", "OCPI-NET-02")):
        assert run(arguments) == 0
        words = [line for line in capsys.readouterr().out.splitlines() if len(line) > max(width, 40 + 24)]
        assert words == [], arguments
