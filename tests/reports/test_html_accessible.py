"""The report under axe-core, Deque's engine for WCAG, in a real browser: whole, folded, narrow, dark, searched."""

from importlib.resources import files

import pytest

from reports.html import render_html
from tests.reports.browser import CHROMIUM, browser_page
from tests.reports.history import with_history
from tests.reports.sample_posture import posture_of, realistic

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is not opened in a browser"),
    pytest.mark.asyncio,
]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# Contrast takes axe most of its time; test_html_in_a_browser.py measures that of every text in both schemes.
VIOLATIONS = """
axe.run(document, {resultTypes: ['violations'], rules: {'color-contrast': {enabled: false}}})
  .then(found => found.violations.map(
    each => [each.impact, each.id, each.help, each.nodes.length, each.nodes[0].html.slice(0, 200)].join(' | ')))
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
OPEN_FILTER = "document.getElementById('more').click()"


async def violations(page) -> list[str]:
    found: list[str] = await page.value(VIOLATIONS)
    return found


async def test_axe_finds_what_is_wrong_so_that_its_silence_means_something(tmp_path):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(posture_of()).replace(b' lang="en"', b"").replace(b"<caption", b"<img><caption"))
    async with browser_page(tmp_path / "profile") as page:
        await page.open(file.as_uri())
        await page.value(AXE)
        found = await violations(page)
        assert any("html-has-lang" in each for each in found), found


@pytest.mark.parametrize("width, first", [(1440, OPEN_ALL), (390, OPEN_FILTER)], ids=["opened", "phone"])
async def test_axe_has_nothing_to_say(tmp_path, width, first):
    file = tmp_path / "report.html"
    file.write_bytes(render_html(with_history(realistic())))
    async with browser_page(tmp_path / "profile") as page:
        await page.resize(width)
        await page.open(file.as_uri())
        await page.value(first)
        await page.value(AXE)
        assert await violations(page) == []
