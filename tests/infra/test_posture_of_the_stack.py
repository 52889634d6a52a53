"""What a scan says of the shipped examples: rows that name declared clouds, and what of Checkov fails on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.infra.posture_of_the_stack import ENVIRONMENTS, posture_of_the_stack

CLOUD: Final = "cloud-declared"
# Rows of which a declared program can show a part only, and who has the rest.
PARTS: Final[Mapping[str, str]] = {
    "OCPI-AUT-04": "a token of test that is tried in production",
    "OCPI-AZ-01": "modules as a partner sees them",
    "OCPI-AZ-04": "functions that move hardware, as a partner sees them",
    "OCPI-BP-01": "rows that it folds: messages",
    "OCPI-BP-02": "rows that it folds: the life of a token",
    "OCPI-BP-05": "rows that it folds: handshakes",
    "OCPI-BP-06": "rows that it folds: backends that fail",
    "OCPI-BP-07": "measured times of detection",
    "OCPI-COM-06": "handshakes",
    "OCPI-EXT-01": "names that lead elsewhere the second time",
    "OCPI-EXT-26": "the scan's own report",
    "OCPI-LOG-02": "a labelled pattern that is noticed",
    "OCPI-OPS-04": "root and administrators of the live account",
    "OCPI-PIT-03": "a token of test that is tried in production",
    "OCPI-PIT-05": "a labelled failure that is found",
    "OCPI-TLS-01": "handshakes and plain HTTP",
    "OCPI-TLS-02": "handshakes",
    "OCPI-TST-21": "backends that fail",
    "OCPI-TST-22": "backends that come back",
    "OCPI-VUL-09": "partners' tokens in use",
    "OCPI-VUL-19": "handshakes",
    "OCPI-VUL-23": "backends in trouble",
}
# Rows that name declared clouds, and of which these two stacks have nothing.
NOTHING_THERE: Final[Mapping[str, str]] = {
    "OCPI-EXT-20": "not_tested",  # what is superseded or ended: versions of the platform, seen on the wire
    "OCPI-TLS-03": "not_applicable",  # partners show no client certificates
    "OCPI-TST-20": "not_tested",  # backends under load
}


def _rows(environment: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Rows that declared clouds may witness, with what they say of each."""
    for row in posture_of_the_stack()["controls"]:
        if row["environment"] == environment and CLOUD in row["witnesses"]:
            yield row, row["witnesses"][CLOUD]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_declared_clouds_pass_every_row_that_they_may_witness(environment):
    said = {row["id"]: outcome for row, outcome in _rows(environment)}
    assert len(said) > 40
    assert {row: outcome for row, outcome in said.items() if outcome != "pass"} == dict(NOTHING_THERE)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_rows_are_whole_but_for_what_no_program_can_show(environment):
    open_rows = [row for row, outcome in _rows(environment) if outcome == "pass" and row["status"] != "pass"]
    assert {row["id"] for row in open_rows} <= PARTS.keys()
    for row in open_rows:
        assert row["status"] == "partial"
        assert not [name for name in row["missing"] if name.startswith(("cloud-", "CKV"))], row["id"]
        assert "cloud-" not in row["note"], row["id"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_that_belongs_to_a_row_is_waived_or_fails(environment):
    findings = [one for one in posture_of_the_stack()["findings"] if one["environment"] == environment]
    assert len(findings) > 300
    assert [one["check"] for one in findings if one["outcome"] in {"fail", "waived"} and one["controls"]] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_policy_of_checkov_fails_without_a_reason_at_the_line(environment):
    found = [one for one in posture_of_the_stack()["findings"]
             if one["environment"] == environment and one["check"].startswith("CKV")]  # fmt: skip
    assert len({one["check"] for one in found}) > 100
    assert [(one["check"], one["subject"]["urn"]) for one in found if one["outcome"] == "fail"] == []
    accepted = [one["waiver"] for one in found if one["outcome"] == "waived"]
    assert accepted
    assert all(one["place"].startswith("infra/") and one["reason"] for one in accepted)


def test_every_written_reason_is_needed():
    said = [one for one in posture_of_the_stack()["findings"] if one["check"] == "waivers-in-order"]
    assert [one["outcome"] for one in said] == ["pass"], said
