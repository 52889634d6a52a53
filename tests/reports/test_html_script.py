"""What the one script of the report does, in a browser: search, filter, links that open what they lead to."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from checks.model.verdict import Outcome
from reports.html import render_html
from tests.reports.browser import CHROMIUM, browser_page
from tests.reports.sample_posture import finding, posture_of, realistic
from tests.reports.test_html_in_a_browser import hostile_posture

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: the page is not opened in a browser"),
    pytest.mark.asyncio,
]

SHOWN = "[...document.querySelectorAll('[data-f]:not(.row)')].filter(e => !e.closest('[hidden]'))"
SAID = "document.getElementById('sifted').textContent"


@asynccontextmanager
async def opened(posture, folder, fragment=""):
    file = folder / "report.html"
    file.write_bytes(render_html(posture))
    async with browser_page(folder / "profile") as page:
        await page.resize(1440)
        await page.open(file.as_uri() + fragment)
        yield page


async def search(page, words: str) -> None:
    """Type into the search box, and wait until the page has answered."""
    await page.value("document.getElementById('q').focus(); document.getElementById('q').select()")
    await page.send("Input.insertText", text=words)
    await page.value("new Promise(done => setTimeout(done, 150))")


async def choose(page, facet: str, value: str) -> None:
    select = f"document.getElementById('by-{facet}')"
    await page.value(f"{select}.value = '{value}'; {select}.dispatchEvent(new Event('change'))")


async def go(page, fragment: str) -> None:
    await page.value(f"location.hash = {fragment!r}; new Promise(done => setTimeout(done, 50))")


async def test_search_and_filters_narrow_what_is_shown_and_say_so(tmp_path):
    async with opened(realistic(), tmp_path) as page:
        everything = await page.value(f"{SHOWN}.length")
        assert await page.value(SAID) == ""

        await search(page, "MADE-UP tariffs")
        assert await page.value(f"{SHOWN}.map(e => e.querySelector('.title').textContent)") == [
            "A made-up token opens nothing"
        ]
        assert await page.value(f"{SHOWN}[0].open")
        assert (
            await page.value("[...document.querySelectorAll('.finding')].filter(e => e.checkVisibility()).length") == 1
        )
        assert (await page.value(SAID)).startswith(f"Narrowed to “MADE-UP tariffs”: 1 of {everything}")

        await search(page, "")
        await choose(page, "severity", "critical")
        await choose(page, "witness", "protocol")
        assert await page.value(f"{SHOWN}.every(e => / critical /.test(' ' + e.dataset.f + ' '))")
        narrowed = await page.value(f"{SHOWN}.length")
        assert 0 < narrowed < everything
        assert f"Narrowed to protocol, critical: {narrowed} of {everything}" in await page.value(SAID)
        rows = "[...document.querySelectorAll('.row')].filter(e => !e.hidden).map(e => e.dataset.f)"
        assert all({"protocol", "critical"} <= set(marks.split()) for marks in await page.value(rows))

        assert await page.value("document.getElementById('unseen').checkVisibility()")
        assert await page.value("document.querySelectorAll('#unseen [hidden], #answer [hidden]').length") == 0
        link = await page.value("location.hash")
        await page.value("document.getElementById('sift').reset()")
        assert await page.value(f"{SHOWN}.length") == everything
        assert await page.value(SAID) == ""

        await go(page, link)
        assert await page.value(f"{SHOWN}.length") == narrowed
        assert page.complaints == []


async def test_a_link_opens_what_it_leads_to_whatever_was_folded_or_filtered(tmp_path):
    posture = realistic()
    passed = next(f for f in posture.findings if f.outcome is Outcome.PASS and f.controls)
    place = f"document.getElementById('f-{passed.fingerprint}')"
    async with opened(posture, tmp_path, f"#f-{passed.fingerprint}") as page:
        assert await page.value(f"{place}.checkVisibility()")
        assert await page.value(f"document.activeElement === {place}")
        assert await page.value(f"getComputedStyle({place}).boxShadow") != "none"
        await page.value("document.documentElement.style.scrollBehavior = 'auto'")
        await go(page, "#run")
        await choose(page, "status", "s-fail")
        assert not await page.value(f"{place}.checkVisibility()")
        await go(page, f"#f-{passed.fingerprint}")
        assert await page.value(f"{place}.checkVisibility()")
        top = await page.value(f"{place}.getBoundingClientRect().top")
        assert await page.value("document.querySelector('.pinned').getBoundingClientRect().bottom") <= top < 300
        await go(page, "#f-0123456789abcdef")
        assert await page.value(SAID) == "Finding 0123456789abcdef is not on this page: it is in posture.json."


async def test_nothing_typed_or_linked_scripts_the_page(tmp_path):
    evil = "<img src=x onerror=document.title='scripted'>"
    found = "#find:q=%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D%27scripted%27%3E&severity=%22%3E%3Cscript%3E&x=1"
    async with opened(hostile_posture(), tmp_path, found) as page:
        before = await page.value("document.querySelectorAll('*').length")
        assert await page.value("document.getElementById('q').value") == evil
        assert await page.value("document.getElementById('by-severity').value") == ""
        assert evil in await page.value(SAID)
        await search(page, f"{evil} </style><script>alert(1)</script> javascript:alert(1) .* ( [ \\\\")
        for fragment in (
            "#" + evil,
            "#javascript:alert(1)",
            "#f-<script>",
            "#%E0%A4%A",
            "#find:%E0%A4%A&&=&q",
            "#__proto__",
        ):
            await go(page, fragment)
        assert await page.value("document.querySelectorAll('*').length") == before
        assert await page.value("document.title") != "scripted"
        assert len(page.requests) == 1
        assert page.complaints == []
        refused = "try { document.body.innerHTML = '<b>x</b>'; 'written' } catch (error) { error.name }"
        assert await page.value(refused) == "TypeError"


async def test_without_script_the_page_is_whole_and_offers_no_dead_controls(tmp_path):
    posture = realistic()
    file = tmp_path / "report.html"
    file.write_bytes(render_html(posture))
    async with browser_page(tmp_path / "profile") as page:
        await page.send("Emulation.setScriptExecutionDisabled", value=True)
        await page.open(file.as_uri())
        assert not await page.value("document.getElementById('sift').checkVisibility()")
        assert await page.value("document.querySelectorAll('main [hidden]').length") == 0
        listed = [f for f in posture.findings if f.controls and f.outcome is not Outcome.NOT_TESTED]
        ids = set(await page.value("[...document.querySelectorAll('[id^=f-]')].map(e => e.id)"))
        assert {f"f-{f.fingerprint}" for f in listed} <= ids


async def test_the_keyboard_reaches_the_answer_the_search_and_each_entry(tmp_path):
    async with opened(posture_of(finding(outcome=Outcome.FAIL)), tmp_path) as page:

        async def press(key: str, code: int, text: str = "") -> None:
            for kind in ("keyDown", "keyUp"):
                await page.send(
                    "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, text=text
                )

        reached = []
        for _ in range(60):
            await press("Tab", 9)
            reached.append(
                await page.value(
                    "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
                )
            )
            if await page.value("document.activeElement.closest('.problem') !== null"):
                break
        assert reached[0] == "skip"
        assert "q" in reached
        open_now = await page.value("document.activeElement.parentElement.open")
        await press("Enter", 13, "\r")
        for _ in range(400):
            if await page.value("document.activeElement.parentElement.open") is not open_now:
                break
            await asyncio.sleep(0.05)
        assert await page.value("document.activeElement.parentElement.open") is not open_now
