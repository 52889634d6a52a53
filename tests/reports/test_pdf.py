"""The PDF as its readers get it."""

import hashlib
import io
import re

import pytest
from pypdf import PdfReader

from checks.checklist.loader import checklist
from checks.model.control import Checklist
from checks.model.verdict import Outcome
from reports.json_document import render_json
from reports.pdf import pages, render_pdf
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import evidence, finding, posture_of, realistic

ONE_LAYER = Checklist(
    layers=checklist().layers[:1],
    controls=tuple(one for one in checklist().controls if one.layer == checklist().layers[0].id),
)


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(scope="module")
def realistic_pdf() -> bytes:
    return render_pdf(realistic())


@pytest.fixture(scope="module")
def realistic_text(realistic_pdf) -> str:
    return text_of(realistic_pdf)


def test_it_has_cover_summary_controls_findings_evidence_and_signatures(realistic_text):
    text = realistic_text
    wanted = ("OCPI security posture", "Summary", "Controls", "What fails", "Evidence", "Signatures", "Accepted by")
    positions = [text.find(one) for one in wanted]
    assert -1 not in positions
    assert positions == sorted(positions)


def test_it_names_the_record_and_each_artefact_by_hash(realistic_text):
    posture = realistic()
    digits = re.sub(r"\s", "", realistic_text)
    hashes = {ref.sha256 for one in posture.findings for ref in one.evidence}
    assert hashlib.sha256(render_json(posture)).hexdigest() in digits
    assert all(one in digits for one in hashes)


def test_every_fail_and_every_exception_is_in_it(realistic_text):
    text = realistic_text
    unsettled = [one for one in realistic().findings if one.outcome in {Outcome.FAIL, Outcome.WAIVED}]
    assert all(one.fingerprint in text for one in unsettled if one.controls)
    assert all(one.check in text for one in unsettled if not one.controls)
    assert len({bool(one.controls) for one in unsettled}) == 2


def test_no_page_begins_with_the_proof_of_what_stands_on_the_page_before():
    fails = (finding("c", Outcome.FAIL, field_path=str(n), message="what was seen " * (n % 7 + 1)) for n in range(40))
    document = PdfReader(io.BytesIO(render_pdf(posture_of(*fails, rows=ONE_LAYER))))
    told = [page.extract_text() for page in document.pages]
    assert sum("what was seen" in page for page in told) > 1
    assert not [page for page in told if re.match(r"\s*[0-9a-f]{16}\b", page)]


def test_the_document_says_what_it_is(realistic_pdf):
    reader = PdfReader(io.BytesIO(realistic_pdf))
    assert reader.metadata is not None
    assert "OCPI security posture" in str(reader.metadata.title)
    assert "/StructTreeRoot" in str(reader.trailer["/Root"])  # tagged, for screen readers


def test_the_same_posture_gives_the_same_bytes():
    small = posture_of(finding("c", Outcome.FAIL), rows=ONE_LAYER)
    assert render_pdf(small) == render_pdf(small)


def test_hostile_text_is_text_and_fetches_nothing():
    findings = [finding(f"c{number}", Outcome.FAIL, message=text) for number, text in enumerate(STRINGS)]
    image = finding("img", Outcome.FAIL, message='<img src="file:///etc/passwd">')
    posture = posture_of(*findings, image, rows=ONE_LAYER)
    assert "<script" not in pages(posture)
    assert "<img" not in pages(posture)
    assert "root:" not in text_of(render_pdf(posture))


def test_however_many_findings_there_are_the_document_says_how_many_it_does_not_show():
    many = posture_of(*(finding(f"c{n % 8}", Outcome.FAIL, field_path=str(n)) for n in range(1_000)), rows=ONE_LAYER)
    document = pages(many)
    assert document.count('class="proof"') == 8 * 40
    assert document.count("and 85 more subjects, all of them in posture.json") == 8
    proof = [evidence(str(n)) for n in range(1_600)]
    heavy = posture_of(finding("c", Outcome.FAIL, evidence=tuple(proof)), rows=ONE_LAYER)
    assert "100 more are in posture.json" in pages(heavy)


def test_what_one_cause_keeps_open_is_one_entry_with_every_check_and_what_stands_alone_has_its_own():
    why = "the host never answered within 30 seconds"
    same = [finding(f"tls-{name}", Outcome.INCONCLUSIVE, "OCPI-TLS-02", message=f"{name}: {why}") for name in "abc"]
    alone = finding("tls-alone", Outcome.INCONCLUSIVE, "OCPI-TLS-02", message="the answer was cut off")
    text = pages(posture_of(*same, alone))
    first, open_ = text.split("What could not be decided")
    assert "What to look at first" in first
    assert first.count(why) == 1
    assert open_.count(why) == 1
    assert "one cause for 3 findings of 3 checks" in text
    assert all(one.check in text and one.fingerprint in text for one in (*same, alone))
    assert "the answer was cut off" in text
