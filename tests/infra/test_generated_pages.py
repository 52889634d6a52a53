"""Picture and costs in the documentation are those of the program as it is."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tests.infra import cost_page
from tests.infra.architecture.__main__ import FILE as PICTURE
from tests.infra.architecture.drawing import draw
from tests.infra.architecture.layout import ARROWS, BOXES, HEIGHT, WIDTH
from tests.infra.architecture.program import components
from tests.infra.recorded_program import Recorded

SVG = "{http://www.w3.org/2000/svg}"


def test_the_committed_picture_is_that_of_the_program(production: Recorded):
    assert PICTURE.read_text(encoding="utf-8") == draw(production), "draw it again: python -m tests.infra.architecture"


def test_the_picture_is_well_formed_names_every_part_and_loads_nothing(production: Recorded):
    text = draw(production)
    root = ET.fromstring(text)
    words = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert all(box.title in words for box in BOXES)
    assert not re.search(r"<(script|image|foreignObject)|href=|url\(http|@import", text)
    shares = [int(e.text or "") for e in root.iter(f"{SVG}text") if e.get("text-anchor") == "end"]
    assert sum(shares) == sum(components(production).values())


def test_an_arrow_is_drawn_only_when_the_program_has_what_makes_it(production: Recorded, stack: Recorded):
    def arrows(drawn: str) -> int:
        return drawn.count('class="arrow"')

    assert arrows(draw(production)) == len(ARROWS)
    assert (
        arrows(draw(Recorded(tuple(r for r in production.registrations if "subscription" not in r["type"].lower()))))
        == len(ARROWS) - 1
    )


def test_everything_stays_on_the_page():
    for x, y, width, height in (box.at for box in BOXES):
        assert 0 < x < x + width < WIDTH
        assert 0 < y < y + height < HEIGHT


def test_the_committed_costs_are_those_of_the_program(outcomes):
    recorded = {name: outcomes[f"cost {name}"] for name in cost_page.switches()}
    assert cost_page.FILE.read_text(encoding="utf-8") == cost_page.page(recorded), f"run: {cost_page.REGENERATE}"
