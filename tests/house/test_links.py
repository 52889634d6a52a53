"""The check of links finds what leads nowhere."""

from pathlib import Path

import pytest

from tests.house.conftest import Judge

SCRIPT = "check_links.py"
PAGE = """# One page

## A heading, with `code` (and more)

## Twice
## Twice

```
[not a link](in/fenced/code.md)
```
"""

DEAD = {
    "a missing page": ("[there](docs/missing.md)", "'docs/missing.md' leads nowhere"),
    "a missing picture": ("![report](docs/report.png)", "'docs/report.png' leads nowhere"),
    "a missing HTML picture": ('<img alt="r" src="docs/report.png">', "'docs/report.png' leads nowhere"),
    "a missing reference": ("[there]: missing.md", "'missing.md' leads nowhere"),
    "a missing anchor": ("[there](page.md#no-heading)", "no heading of page.md makes that anchor"),
    "an anchor counted too far": ("[there](page.md#twice-2)", "no heading of page.md makes that anchor"),
    "a missing path in code": ("in `checks/families/none.py`", "`checks/families/none.py` does not exist"),
}


@pytest.mark.parametrize("dead", DEAD.values(), ids=DEAD.keys())
def test_a_dead_link_is_found_with_its_place(tree: Path, judge: Judge, dead: tuple[str, str]) -> None:
    text, sentence = dead
    (tree / "page.md").write_text(PAGE)
    (tree / "README.md").write_text(f"# Title\n\n{text}\n")

    code, _, complaints = judge(SCRIPT, tree)

    assert code == 1
    assert complaints == f"README.md:3: {complaints.split(': ', 1)[1]}"
    assert sentence in complaints


def test_living_links_and_other_hosts_are_left_alone(tree: Path, judge: Judge) -> None:
    (tree / "checks").mkdir()
    (tree / "checks" / "catalog.py").write_text("")
    (tree / "page.md").write_text(PAGE)
    (tree / "README.md").write_text(
        "# Title\n[a](page.md) [b](page.md#a-heading-with-code-and-more) [c](#title) [d](page.md#twice-1)\n"
        "[e](https://example.com/x) <mailto:a@b.example> `checks/*.py` `checks/` `scanner demo` `[no](link.md)`\n"
    )

    assert judge(SCRIPT, tree) == (0, "pages without dead links: looked at 2, 0 to mend\n", "")


def test_a_tree_without_pages_is_no_pass(tree: Path, judge: Judge) -> None:
    assert judge(SCRIPT, tree)[0] == 2
