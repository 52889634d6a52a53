"""Mappings to frameworks: texts, of rows that exist, and verified only where a publisher's list says so."""

import json

import pytest

from checks.checklist.loader import controls
from checks.mappings.frameworks import HeldDocument, frameworks, mapped_ids, verified_ids, written_rows
from checks.mappings.hold import FILE, READERS, hold

WITHOUT_A_LIST = {"iso27001", "iec62443", "pci4", "soc2", "cis_aws5", "sp800_52", "rfc9325", "nis2", "gdpr"}
HELD = {name: HeldDocument.model_validate(one) for name, one in json.loads(FILE.read_text()).items()}


def test_every_row_is_mapped_and_every_mapping_is_of_a_row_and_a_framework():
    assert set(written_rows()) == {control.id for control in controls()}
    known = {one.key for one in frameworks()}
    assert {key for ids in written_rows().values() for key in ids} == known
    assert all(len(set(ids)) == len(ids) for row in written_rows().values() for ids in row.values())


def test_a_framework_is_held_if_and_only_if_it_names_its_list():
    assert {one.key for one in frameworks() if one.list} == set(HELD) == set(READERS)
    assert {one.key for one in frameworks() if not one.list} == WITHOUT_A_LIST
    assert all(one.version and one.sha256 for one in frameworks() if one.list)


def test_nothing_is_called_verified_that_no_list_has():
    for row in written_rows():
        for one in mapped_ids(row):
            assert one.verified == (one.framework in HELD and one.id in HELD[one.framework].held)


def test_what_is_held_is_still_mapped():
    for name, one in HELD.items():
        mapped = {one for ids in written_rows().values() for one in ids.get(name, ())}
        assert set(one.held) <= mapped, "write it again: python -m checks.mappings.hold"


def test_reports_get_verified_ids_only():
    shown = verified_ids("OCPI-TLS-01")
    assert dict(shown)["cwe"] == ("CWE-319",)
    assert not {framework for framework, _ in shown} & WITHOUT_A_LIST


def test_ids_stay_texts():
    assert "1.10" not in {one.id for one in mapped_ids("OCPI-TLS-01")}
    assert all(isinstance(one, str) for ids in written_rows().values() for each in ids.values() for one in each)
    assert "3.10" in {one for ids in written_rows().values() for one in ids.get("rfc9325", ())}, "3.10 is no 3.1"


CATALOG = """<catalog xmlns="http://csrc.nist.gov/ns/oscal/1.0"><control id="PR.DS-02"/>
<control id="PR.AA-01"><prop name="status" value="withdrawn"/></control></catalog>"""


@pytest.mark.parametrize(
    "framework, name, text, stands, not_there",
    [
        ("csf2", "a.xml", CATALOG, "PR.DS-02", "PR.AA-01"),
        (
            "sp800_53",
            "a.json",
            '{"profile": {"imports": [{"include-controls": [{"with-ids": ["ac-2", "sc-8.1"]}]}]}}',
            "SC-8(1)",
            "SC-8",
        ),
        ("asvs5", "a.json", '{"requirements": [{"req_id": "V4.1.2"}]}', "4.1.2", "12.2.1"),
        ("owasp_api", "a.md", "| [API8:2023 - Misconfiguration][api8] | text |\n", "API8:2023", "API1:2023"),
        ("ocpi", "status_codes.asciidoc", "[[status_codes_x]]\n", "status_codes", "credentials#registration"),
        (
            "cwe",
            "a.xml",
            '<W><Weakness ID="319" Status="Stable"/><Weakness ID="613" Status="Deprecated"/></W>',
            "CWE-319",
            "CWE-613",
        ),
    ],
)
def test_each_list_is_read_as_its_publisher_writes_it(framework, name, text, stands, not_there):
    mapped = {one for ids in written_rows().values() for one in ids.get(framework, ())}
    assert {stands, not_there} <= mapped, "the case is about ids that we map"
    held = hold(framework, "1", {name: text.encode()})
    assert stands in held.held
    assert not_there not in held.held
    assert len(held.sha256) == 1
