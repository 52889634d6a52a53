from dataclasses import replace

import pytest

from reports.html import render_html
from reports.json_document import render_json
from reports.model.access import AccessEntry, AccessState
from reports.read import read_posture
from reports.terminal import render_terminal
from reports.view.access import access_tables
from tests.reports.browser import CHROMIUM, browser_page
from tests.reports.sample_posture import finding, posture_of


def entry(module="tokens", method="GET", identity="emsp-a", state=AccessState.WORKS, version="2.2.1", said="it works"):
    return AccessEntry(
        environment="demo",
        endpoint="main",
        version=version,
        module=module,
        side="sender",
        method=method,
        identity=identity,
        state=state,
        said=said,
    )


ENTRIES = (
    entry(),
    entry(identity="emsp-b", state=AccessState.OPEN, said="GET list worked (HTTP 200)"),
    entry(module="commands", method="POST", state=AccessState.UNSEEN, said="not permitted: mode observe"),
    entry(version="2.3.0", identity="emsp-b", state=AccessState.REFUSED),
)
POSTURE = replace(posture_of(finding()), access=ENTRIES)


def test_there_is_a_table_for_each_version_and_a_column_for_each_identity():
    first, second = access_tables(POSTURE)
    assert (first.version, first.identities) == ("2.2.1", ("emsp-a", "emsp-b"))
    assert [(row.module, row.method) for row in first.rows] == [("tokens", "GET"), ("commands", "POST")]
    assert first.rows[1].cells[1] is None
    assert first.why == (("not permitted: mode observe", 1),)
    assert [e.identity for e in first.alarms] == ["emsp-b"]
    assert second.alarms == ()


def test_the_document_brings_the_matrix_back():
    assert read_posture(render_json(POSTURE)).access == ENTRIES


def test_the_page_shows_each_cell_in_words():
    page = render_html(POSTURE).decode()
    assert "Who may do what" in page
    for words in ("open", "works", "not seen", "no URL known", "1 cell: not permitted: mode observe"):
        assert words in page


def test_a_page_without_a_matrix_has_no_such_section():
    assert "Who may do what" not in render_html(posture_of(finding())).decode()


def test_the_terminal_names_what_is_open_and_counts_the_rest():
    text = render_terminal(POSTURE)
    assert "1 open beyond the contract, 1 work as agreed, 1 not seen" in text
    assert "- OPEN tokens sender GET as emsp-b: GET list worked (HTTP 200)" in text


def test_text_of_a_target_stays_text():
    hostile = replace(
        POSTURE, access=(entry(said="<script>alert(1)</script>", identity="<b>x</b>", state=AccessState.OPEN),)
    )
    page = render_html(hostile).decode()
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.asyncio
async def test_the_matrix_fits_a_phone_and_a_desk(width, tmp_path):
    (tmp_path / "report.html").write_bytes(render_html(POSTURE))
    async with browser_page(tmp_path / "profile") as page:
        await page.resize(width)
        await page.open((tmp_path / "report.html").as_uri())
        assert await page.value("document.documentElement.scrollWidth") <= width
        assert page.complaints == []
