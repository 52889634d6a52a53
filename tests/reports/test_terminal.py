import re
from dataclasses import replace
from pathlib import Path

import pytest

from checks.model.verdict import Outcome
from reports.model.control_status import ControlStatus
from reports.terminal import render_terminal
from scanner.model.severity import Severity
from tests.reports.hostile import ENDLESS, STRINGS
from tests.reports.sample_posture import finding, posture_of, realistic

ESCAPE = "\x1b"
FILES = (Path("runs/one/posture.json"), Path("runs/one/report.html"))


@pytest.mark.parametrize("width", [60, 80, 100, 132, 200])
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(len, render_terminal(realistic(), width=width).splitlines())) <= width


@pytest.mark.parametrize("width", [1, 20, 5000])
def test_odd_widths_are_kept_within_bounds(width):
    assert max(map(len, render_terminal(realistic(), width=width).splitlines())) <= 200


def test_the_answer_comes_first_and_disagreements_before_fails():
    text = render_terminal(realistic(), files=FILES)
    assert text.startswith("No. 14 controls fail")
    order = [
        text.index(words) for words in ("Witnesses disagree", "Fails (", "Not decided (", "Not looked at", "This run")
    ]
    assert order == sorted(order)


def test_fails_stand_worst_first_with_what_to_do():
    text = render_terminal(realistic())
    fails = text[text.index("Fails (") : text.index("Not decided (")]
    ranks = [Severity(word.lower()).rank for word in re.findall(r"^  ([A-Z]+)  ", fails, re.MULTILINE)]
    assert ranks == sorted(ranks, reverse=True)
    assert len(ranks) == fails.count("do: ") == 7


def test_what_is_open_waived_unseen_and_left_behind_is_said():
    text = render_terminal(realistic())
    for words in ("unparsable: GET cdrs", "until 2026-05-31", "one identity only (by choice", "cannot be taken back"):
        assert words in " ".join(text.split())


@pytest.mark.parametrize("width", [60, 100])
def test_a_long_title_never_runs_on_below_its_mark(width):
    title = " ".join(f"word{number}" for number in range(20))
    text = render_terminal(posture_of(finding("k", Outcome.FAIL, title=title)), width=width)
    lines = [line for line in text.splitlines() if "word" in line]
    assert len(lines) > 1
    assert lines[0].startswith("  HIGH  word0 ")
    assert all(line.startswith(" " * 8 + "word") for line in lines[1:])


def test_where_the_files_are_is_never_broken_over_lines():
    deep = Path("/" + "very-long-folder-name/" * 12 + "posture.json")
    assert str(deep) in render_terminal(realistic(), width=60, files=[deep])


def test_without_colour_there_is_no_escape_and_with_colour_the_same_words():
    plain = render_terminal(realistic())
    coloured = render_terminal(realistic(), colour=True)
    assert ESCAPE not in plain
    assert ESCAPE in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_neither_terminal_nor_environment_changes_the_text(monkeypatch):
    before = render_terminal(realistic())
    for name, value in {"COLUMNS": "40", "FORCE_COLOR": "1", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert render_terminal(realistic()) == before


def test_hostile_text_neither_drives_the_terminal_nor_floods_it():
    fails = [finding(f"k-{n}", Outcome.FAIL, message=text, title=text) for n, text in enumerate(STRINGS)]
    text = render_terminal(posture_of(*fails, finding("long", Outcome.FAIL, message=ENDLESS)), colour=False)
    assert ESCAPE not in text
    assert "⟨U+001B⟩" in text
    assert "[bold red]markup[/]" in text
    assert len(text) < 20_000


def test_a_clean_run_says_how_far_it_looked():
    rows = posture_of(finding(outcome=Outcome.PASS), profile="nobody")
    assert render_terminal(rows).startswith("Yes. No control fails, as far as this run looked.")


def test_a_clean_run_that_leaves_required_rows_proven_in_part_says_so_far():
    clean = posture_of(finding(outcome=Outcome.PASS), profile="nobody")
    in_part = replace(clean.controls[0], status=ControlStatus.PARTIAL, required=("tls",))
    rows = replace(clean, controls=(in_part, *clean.controls[1:]))
    assert render_terminal(rows).startswith("So far, yes. No control fails, as far as this run looked.")
    held = replace(clean, controls=(replace(in_part, status=ControlStatus.PASS), *clean.controls[1:]))
    assert render_terminal(held).startswith("Yes. ")


def test_a_run_that_saw_nothing_is_not_called_clean():
    assert render_terminal(posture_of(profile="nobody")).startswith("Not proven.")
    assert render_terminal(posture_of(profile="endpoint")).startswith("Not proven. Nothing fails, but 25 required")
