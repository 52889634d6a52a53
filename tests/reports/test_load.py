"""The page with the curves: every number, no script, no request, and text of a target as text."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from reports.load import render_load
from reports.model.recorded_load import RecordedLoad
from reports.view.load import HEIGHT, WIDTH, drawing
from scanner.model.evidence import EvidenceRef
from scanner.model.facts.ocpi.stress import IdleConnectionsHeld, Moment
from tests.checks.families.test_ocpi_stress import GOOD, QUIET, VOLUME, findings_on
from tests.reports.sample_posture import realistic

REF = EvidenceRef(id="ev-1", sha256="0" * 64, path="evidence/0/0.json", title="stress: a list")
CURVE = (
    Moment(at_s=-1.0, good=2, good_ms=10.0),
    Moment(at_s=0.0, load=40, load_throttled=10, load_failed=5, good=2, good_ms=80.0),
    Moment(at_s=1.0, load=20, good=2, good_lost=1, good_ms=40.0),
)
SEEN = replace(VOLUME, curve=CURVE, load=replace(QUIET, asked=60, answered=45, throttled=10, server_errors=5))


def load(seen=SEEN, **changes):
    fields = {"ref": REF, "environment": "test", "endpoint": "main", "seen": seen, "why": "", "findings": ()}
    return RecordedLoad(**{**fields, **changes})


def page(*loads):
    return render_load(realistic(), loads).decode()


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "line", "circle", "rect", "polyline"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in {"line", "circle", "rect", "polyline"}:
            assert self.open.pop() == tag


def test_every_phase_stands_in_a_table_with_its_numbers():
    text = page(load())
    for phase in ("good partner, before", "good partner, during", "good partner, after", "the load"):
        assert f'<th scope="row">{phase}</th>' in text
    assert "<td>60</td><td>45</td><td>10</td><td>0</td><td>5</td>" in text


def test_the_drawing_is_well_formed_and_stays_in_its_frame():
    (svg,) = re.findall(r"<svg.*?</svg>", page(load()), re.DOTALL)
    root = ET.fromstring(svg)
    bars = [e for e in root.iter() if e.tag == "rect"]
    assert [bar.get("class") for bar in bars] == ["served", "throttled", "failed", "served"]
    assert sum(float(bar.get("height", 0)) for bar in bars[:3]) == HEIGHT
    assert all(0 <= float(bar.get("x", -1)) <= WIDTH and float(bar.get("y", -1)) >= 0 for bar in bars)
    assert len([e for e in root.iter() if e.tag == "circle"]) == 1


def test_the_line_is_the_good_partner_s_time():
    drawn = drawing(CURVE)
    assert drawn is not None
    heights = [float(point.split(",")[1]) for point in drawn.line.split()]
    assert heights == [105.0, 0.0, 60.0]
    assert (drawn.most_load, drawn.most_ms) == (40, 80.0)
    assert drawing(()) is None


def test_one_moment_alone_can_be_drawn():
    drawn = drawing((Moment(at_s=0.0, load=1, good=1, good_ms=1.0),))
    assert drawn is not None
    assert len(drawn.bars) == 1


def test_the_page_is_closed_has_no_script_and_allows_its_own_style_only():
    text = page(load(), load(environment="prod"))
    tags = _Tags()
    tags.feed(text)
    assert tags.open == []
    assert not [tag for tag, attrs in tags.seen if tag in {"script", "link", "img", "iframe"} or "style" in attrs]
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [attrs["content"] for tag, attrs in tags.seen if attrs.get("http-equiv")]
    assert f"sha256-{digest}" in (policy or "")


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202egnihton"])
def test_text_is_text_whoever_wrote_it(hostile):
    findings = tuple(replace(f, message=hostile) for f in findings_on(VOLUME, REF))
    text = page(load(replace(SEEN, what=hostile, stopped=hostile), endpoint=hostile, findings=findings))
    assert hostile not in text
    assert not [tag for tag in re.findall(r"<(\w+)", text) if tag in {"script", "img"}]


def test_the_order_in_which_loads_are_given_does_not_matter():
    loads = (load(environment="a"), load(environment="b"))
    assert page(*loads) == page(*reversed(loads))


def test_held_connections_have_a_page_part_too_and_evidence_that_is_gone_a_sentence():
    held = IdleConnectionsHeld(
        opened=8, refused=0, ended=3, last_ended_s=1.0, held_s=65.0, good=GOOD, curve=CURVE[:1], curl="curl x"
    )
    text = page(load(held), load(None, why="The evidence x is not there."))
    assert "8 connections held for up to 65 s, 3 of them ended by the platform" in text
    ended = page(load(replace(held, ended=8)))
    assert "8 connections held for up to 1 s, 8 of them ended by the platform" in ended
    assert "The evidence x is not there." in text
    assert '<th scope="row">the load</th>' not in text


def test_connections_that_are_only_held_have_no_empty_panel_of_bars():
    held = IdleConnectionsHeld(
        opened=8, refused=0, ended=8, last_ended_s=1.0, held_s=65.0, good=GOOD, curve=(CURVE[0],), curl="curl x"
    )
    assert not CURVE[0].load
    for seen, panels in ((load(held), 1), (load(), 2)):
        (svg,) = re.findall(r"<svg.*?</svg>", page(seen), re.DOTALL)
        drawn = ET.fromstring(svg)
        assert len([e for e in drawn.iter() if e.get("class") == "axis"]) == panels
        assert panels * HEIGHT < float(drawn.get("viewBox", "").split()[3]) < (panels + 1) * HEIGHT


def test_a_run_without_load_says_so():
    assert "Nothing was put under load in this run." in page()
