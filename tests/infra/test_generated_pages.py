"""Picture and costs in the documentation are those of the program as it is."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from tests.infra import cost_page
from tests.infra.architecture.__main__ import PICTURES
from tests.infra.architecture.drawing import draw
from tests.infra.architecture.layout import WIDTH
from tests.infra.architecture.program import components
from tests.infra.recorded_program import PROJECT, Recorded

GLYPH, INDENT = 7, 18  # pixels: a letter of the text, and where it begins
SVG = "{http://www.w3.org/2000/svg}"


EACH = pytest.mark.parametrize("name", PICTURES)


@EACH
def test_the_committed_picture_is_that_of_the_program(outcomes, name):
    file, layout = PICTURES[name]
    assert file.read_text(encoding="utf-8") == draw(outcomes[name], layout), (
        "draw it again: python -m tests.infra.architecture"
    )


@EACH
def test_the_picture_is_well_formed_names_every_part_and_loads_nothing(outcomes, name):
    text = draw(outcomes[name], PICTURES[name][1])
    root = ET.fromstring(text)
    words = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert all(box.title in words for box in PICTURES[name][1].boxes)
    assert not re.search(r"<(script|image|foreignObject)|href=|url\(http|@import", text)
    for box in PICTURES[name][1].boxes:
        assert all(len(fact) * GLYPH < box.at[2] - INDENT for fact in (box.facts(outcomes[name]) if box.facts else ()))
    shares = [int(e.text or "") for e in root.iter(f"{SVG}text") if e.get("text-anchor") == "end"]
    assert sum(shares) == sum(components(outcomes[name]).values())


@EACH
def test_an_arrow_is_drawn_only_when_the_program_has_what_makes_it(outcomes, name):
    def arrows(drawn: str) -> int:
        return drawn.count('class="arrow"')

    whole, layout = outcomes[name], PICTURES[name][1]
    fewer = Recorded(tuple(r for r in whole.registrations if "subscription" not in r["type"].lower()))
    assert arrows(draw(whole, layout)) == len(layout.arrows)
    assert arrows(draw(fewer, layout)) == len(layout.arrows) - 1


@EACH
def test_everything_stays_on_the_page_and_nothing_covers_another(name):
    layout = PICTURES[name][1]
    for x, y, width, height in (box.at for box in layout.boxes):
        assert 0 < x < x + width < WIDTH
        assert 0 < y < y + height < layout.height
    for one, other in combinations((box.at for box in layout.boxes), 2):
        apart = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
        assert apart or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1], (one, other)


def test_the_committed_costs_are_those_of_the_program(outcomes):
    recorded = {name: outcomes[f"cost {name}"] for name in cost_page.switches()}
    assert cost_page.FILE.read_text(encoding="utf-8") == cost_page.page(recorded), f"run: {cost_page.REGENERATE}"


def test_the_page_that_leads_through_a_deployment_counts_what_the_program_registers(outcomes):
    text = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
    registered = {kind: len(outcomes[kind].registrations) for kind in ("org", "test", "prod", "audit")}
    (told,) = re.findall(r"\(`org` (\d+),\s+`test`\s+(\d+),\s+`prod`\s+(\d+),\s+`audit`\s+(\d+)\s+resources", text)
    assert tuple(map(int, told)) == tuple(registered.values())
    ((created, held),) = re.findall(r"(\d+) create;.*?(\d+) resources are in the state", text, re.DOTALL)
    of_aws = [one for one in outcomes["test"].registrations if one["type"].startswith("aws:")]
    assert (int(created), int(held)) == (registered["test"], len(of_aws))
