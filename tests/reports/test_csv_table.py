"""CSV as a spreadsheet opens it."""

import csv
import io

import pytest

from checks.model.verdict import Outcome
from reports.csv_table import COLUMNS, neutral, render_csv
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic


def rows_of(posture):
    return list(csv.DictReader(io.StringIO(render_csv(posture).decode("utf-8-sig"), newline="")))


def test_one_line_a_finding_with_every_column():
    posture = realistic()
    rows = rows_of(posture)
    assert [row["fingerprint"] for row in rows] == [one.fingerprint for one in posture.findings]
    assert all(set(row) == set(COLUMNS) and None not in row.values() for row in rows)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "%0A=1", "|calc", '=HYPERLINK("https://x","y")']
)
def test_no_cell_is_calculated(cell):
    shown = neutral(cell)
    assert shown[0] not in "=+-@\t\r|%"


@pytest.mark.parametrize("cell", ["a;=1+1", 'a;"=1', "a; \t@SUM(A1)", "a;;+1", "＝1+1", "a;＠SUM(A1)"])  # noqa: RUF001
def test_no_cell_is_calculated_where_a_semicolon_ends_one(cell):
    for part in neutral(cell).replace('"', "").split(";"):
        assert part.strip()[:1] not in {*"=+-@＝＋－＠"} or not part, part  # noqa: RUF001


def test_text_with_semicolons_stays_as_it_is():
    assert neutral("max-age=1; includeSubDomains; a=-1") == "max-age=1; includeSubDomains; a=-1"


def test_what_a_target_said_is_neutral_in_the_table():
    (row,) = rows_of(posture_of(finding("c", Outcome.FAIL, message="=cmd|'/c calc'!A1")))
    assert row["message"] == "'=cmd|'/c calc'!A1"


def test_hostile_text_keeps_to_its_cell():
    findings = [finding(f"c{number}", Outcome.FAIL, message=text) for number, text in enumerate(STRINGS)]
    assert len(rows_of(posture_of(*findings))) == len(STRINGS)


def test_a_waiver_stands_in_its_columns():
    (row,) = rows_of(posture_of(finding("c", Outcome.WAIVED)))
    who = (row["waived_until"], row["waiver_owner"], row["waiver_kind"])
    assert who == ("2026-05-31", "Ada Lindgren, platform security", "accepted")
