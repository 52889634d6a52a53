"""The page of the catalogue is the catalogue: nothing on it is out of date, and every finding has a place on it."""

import re

from checks.catalog import CATALOG
from checks.catalogue_page import FILE, anchor, page
from checks.checklist.loader import controls
from checks.coverage import Cover, coverage
from checks.mappings.loader import rule_table
from scanner.model.witness import Witness

IDS = [*(row.id for row in controls()), *(check.id for check in CATALOG), *(rule for _, rule in rule_table())]


def test_the_committed_page_is_what_the_catalogue_says_today():
    assert FILE.read_text(encoding="utf-8") == page(), "write it again: python -m checks.catalogue_page"


def test_each_row_check_and_policy_has_exactly_one_anchor():
    headings = re.findall(r"(?m)^### (\S+)$", page())
    assert sorted(headings) == sorted(IDS)
    assert len({anchor(name) for name in headings}) == len(headings)


def test_every_link_of_the_page_leads_to_an_anchor_of_it():
    text = page()
    targets = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert targets
    assert targets <= {anchor(name) for name in IDS}


def test_what_people_alone_can_state_is_said_to_be_that():
    attested = {row.control.id for row in coverage() if row.cover is Cover.ATTESTED}
    assert "OCPI-OPS-02" in attested
    for row in coverage():
        others = [names for witness, names in row.by_witness if witness is not Witness.ATTESTATION]
        assert (row.cover is Cover.ATTESTED) == (
            dict(row.by_witness).get(Witness.ATTESTATION, ()) != () and not any(others)
        )


def test_a_row_with_a_known_gap_is_never_covered():
    gaps = [row for row in coverage() if row.open_part]
    assert gaps
    assert not [row for row in gaps if row.cover is Cover.COVERED]
