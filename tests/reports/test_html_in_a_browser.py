from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports.html import render_html
from tests.reports.browser import CHROMIUM, browser_page
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import evidence, finding, interface, posture_of, realistic

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is not opened in a browser"),
    pytest.mark.asyncio,
]

# Text whose colour is too close to what is behind it (WCAG 2.2, 1.4.3: 4.5, or 3 for large text).
LOW_CONTRAST = """
(() => {
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [.2126, .7152, .0722][n], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(rgb(style.color)), light(behind(element))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.push([ratio.toFixed(2), element.className, walker.currentNode.data].join(' '));
  }
  return [...new Set(bad)].slice(0, 10);
})()
"""
OPEN_ALL = "document.querySelectorAll('details').forEach(each => each.open = true)"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def hostile_posture():
    return posture_of(
        *(
            finding(
                f"k-{n}", Outcome.FAIL, "OCPI-TLS-01", subject=interface(text), message=text, title=text,
                remediation=text, source=text, reproduce=text, evidence=(evidence(text, text),),
            )
            for n, text in enumerate(STRINGS)
        ),
        id=STRINGS[0],
    )  # fmt: skip


def stored(posture, folder: Path) -> str:
    file = folder / "report.html"
    file.write_bytes(render_html(posture))
    return file.as_uri()


async def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(tmp_path):
    url = stored(realistic(), tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        await page.value(OPEN_ALL)
        assert page.requests == [url]
        assert page.complaints == []


async def test_hostile_text_does_not_script_the_page(tmp_path):
    url = stored(hostile_posture(), tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        await page.value(OPEN_ALL)
        assert await page.value("document.title") != "scripted"
        assert await page.value("document.querySelectorAll('script, img, [onerror], [onload]').length") == 1
        assert page.requests == [url]
        assert page.complaints == []


@pytest.mark.parametrize("posture", [realistic(), hostile_posture()], ids=["realistic", "hostile"])
async def test_the_page_never_scrolls_sideways(tmp_path, posture):
    url = stored(posture, tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        await page.value(OPEN_ALL)
        for width in (360, 390, 820, 1440, 1600):
            await page.resize(width)
            assert await page.value(SIDEWAYS) <= 0, width


@pytest.mark.parametrize("scheme, media", [("light", "screen"), ("dark", "screen"), ("dark", "print")])
async def test_every_text_stands_out_from_what_is_behind_it(tmp_path, scheme, media):
    url = stored(realistic(), tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.resize(1440, scheme=scheme, media=media)
        await page.open(url)
        await page.value(OPEN_ALL)
        assert await page.value(LOW_CONTRAST) == []


async def test_the_first_screen_answers_and_says_what_to_do_first(tmp_path):
    url = stored(realistic(), tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        for width, height in ((1440, 900), (390, 844)):
            await page.resize(width, height)
            below = "[...document.querySelectorAll('h1, .first h2, .first li:first-child a')]"
            assert await page.value(f"Math.max(...{below}.map(e => e.getBoundingClientRect().bottom))") <= height


async def test_controls_are_filtered_without_script(tmp_path):
    url = stored(realistic(), tmp_path)
    shown = "[...document.querySelectorAll('.layer[open] .row')].filter(e => e.checkVisibility()).length"
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        everything = await page.value(shown)
        await page.value("document.getElementById('show-pass').checked = true")
        passing = await page.value(shown)
        assert 0 < passing < everything
        assert passing == await page.value("document.querySelectorAll('.layer[open] .row.r-pass').length")


async def test_print_shows_what_is_folded_on_the_screen(tmp_path):
    url = stored(realistic(), tmp_path)
    folded = "document.querySelector('#holds .problem:not([open]) .finding').checkVisibility()"
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        assert await page.value(folded) is False
        await page.resize(800, media="print")
        assert await page.value("document.querySelector('#holds .finding').getBoundingClientRect().height") > 0
        assert await page.value("getComputedStyle(document.querySelector('.pinned')).display") == "none"


async def test_nothing_is_wider_than_a_printed_page(tmp_path):
    """A browser shrinks the whole print until its widest table fits, which made all of it hard to read."""
    url = stored(realistic(), tmp_path)
    async with browser_page(tmp_path / "profile") as page:
        await page.open(url)
        await page.resize(688, media="print")  # A4 and its margins; US Letter is wider
        assert await page.value(SIDEWAYS) <= 0
