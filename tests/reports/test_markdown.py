"""Markdown as GitHub renders it."""

import pytest
from markdown_it import MarkdownIt

from checks.model.verdict import Outcome
from reports.markdown import LIMIT, escaped, render_markdown
from scanner.model.tool_verdict import SourcePosition
from tests.reports.hostile import STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic, resource

COMMONMARK = MarkdownIt("commonmark").enable("table")


def shown(text: str) -> str:
    return str(COMMONMARK.render(text))


def test_the_first_line_is_the_answer():
    first = render_markdown(realistic()).decode().splitlines()[0]
    assert first.startswith("## OCPI posture: No.")


def test_a_fail_names_its_line_what_to_do_and_its_fingerprint():
    position = SourcePosition(file="stacks/ocpi.py", line=42)
    one = finding("c", Outcome.FAIL, subject=resource("aws:s3/bucket:Bucket", "b"), position=position)
    page = shown(render_markdown(posture_of(one)).decode())
    assert "stacks/ocpi.py:42" in page
    assert "Close the listener" in page
    assert one.fingerprint in page


MARKUP = ("@everyone #1 ![x](https://x/y.png) | cell", "https://evil.example", "a\n# b")


@pytest.mark.parametrize("text", [*STRINGS, *MARKUP])
def test_what_a_target_said_formats_nothing(text):
    page = shown(escaped(text))
    assert page.count("<") == page.count("<p>") + page.count("</p>")
    assert "@" not in escaped(text)


def test_a_long_run_is_cut_and_says_so():
    findings = [finding(f"check-{number}", Outcome.FAIL, message="m" * 250) for number in range(1000)]
    text = render_markdown(posture_of(*findings)).decode()
    assert len(text) < LIMIT + 300
    assert "Cut here" in text
    assert "run 20260304T050607Z" in text.replace("\\", "")


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.WAIVED])
def test_a_cut_within_what_is_folded_is_said_outside_of_it(outcome):
    findings = [finding(f"check-{number}", outcome, message="m" * 250) for number in range(1000)]
    text = render_markdown(posture_of(*findings)).decode()
    assert text.index("</details>") < text.index("Cut here")
    assert text.count("<details>") == text.count("</details>")


def test_what_is_waived_and_undecided_is_folded_not_hidden():
    text = render_markdown(posture_of(finding("a", Outcome.WAIVED), finding("b", Outcome.INCONCLUSIVE))).decode()
    assert "<summary>Waived (1 question)</summary>" in text
    assert "<summary>Could not be decided (1 question)</summary>" in text
    assert "Ada Lindgren" in shown(text)
