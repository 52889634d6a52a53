"""Templates are compiled once, and anew whenever that cannot be relied upon."""

import os
import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from reports import html
from reports.compiled_templates import CompiledTemplates
from reports.jinja_environment import TEMPLATES, jinja_environment


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.html.j2").write_text("<p>{{ word }}</p>", encoding="utf-8")
    return tmp_path


def rendered(folder: Path, *, compiled: list[str] | None = None, autoescape: bool = True) -> str:
    class Watched(Environment):
        def _compile(self, source, filename):
            (compiled if compiled is not None else []).append(filename)
            return super()._compile(source, filename)

    cache = CompiledTemplates(folder)
    environment = Watched(loader=FileSystemLoader(folder), autoescape=autoescape, bytecode_cache=cache)
    return environment.get_template("page.html.j2").render(word="a < b")


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


def test_the_second_process_finds_what_the_first_compiled(folder):
    first: list[str] = []
    second: list[str] = []
    assert rendered(folder, compiled=first) == rendered(folder, compiled=second) == "<p>a &lt; b</p>"
    assert (len(first), len(second)) == (1, 0)
    assert [one.suffix for one in kept(folder)] == [".pyc"]


def test_a_template_that_was_edited_is_compiled_anew(folder):
    rendered(folder)
    (folder / "page.html.j2").write_text("<b>{{ word }}</b>", encoding="utf-8")
    assert rendered(folder) == "<b>a &lt; b</b>"


@pytest.mark.parametrize("length", [0, 3, 20, -5])
def test_a_damaged_one_counts_as_not_there(folder, length):
    rendered(folder)
    (one,) = kept(folder)
    one.write_bytes(one.read_bytes()[:length])
    compiled: list[str] = []
    assert rendered(folder, compiled=compiled) == "<p>a &lt; b</p>"
    assert len(compiled) == 1


def test_no_byte_of_a_file_that_is_not_whole_is_read_as_code(folder):
    rendered(folder)
    (one,) = kept(folder)
    whole = one.read_bytes()
    for place in range(0, len(whole), 7):
        one.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        assert rendered(folder) == "<p>a &lt; b</p>"


def test_what_was_compiled_without_escaping_is_not_used_where_it_is_asked_for(folder):
    assert rendered(folder, autoescape=False) == "<p>a < b</p>"
    assert rendered(folder) == "<p>a &lt; b</p>"


def test_where_nothing_can_be_written_the_page_is_made_all_the_same(folder):
    (folder / "__pycache__").write_text("a file where the folder would be", encoding="utf-8")
    assert rendered(folder) == "<p>a &lt; b</p>"


def test_nobody_else_may_write_what_is_run(folder):
    before = os.umask(0)
    try:
        rendered(folder)
    finally:
        os.umask(before)
    assert [one for one in (folder / "__pycache__", *kept(folder)) if one.stat().st_mode & 0o022] == []


@pytest.mark.parametrize("name, value", [("dont_write_bytecode", True), ("pycache_prefix", "/elsewhere")])
def test_nothing_is_kept_where_python_keeps_nothing(folder, monkeypatch, name, value):
    monkeypatch.setattr(sys, name, value)
    assert rendered(folder) == "<p>a &lt; b</p>"
    assert kept(folder) == []


def test_nothing_that_the_code_decides_is_worked_out_while_a_template_is_compiled():
    calls: list[object] = []
    names = ("claim", "command", "digest", "evidence_link", "framework", "hops", "who")
    environment = jinja_environment(calls.append, dict.fromkeys(names, calls.append))
    for template in TEMPLATES.glob("*.html.j2"):
        environment.compile(template.read_text(encoding="utf-8"))
    assert len(list(TEMPLATES.glob("*.html.j2"))) >= len(html.PARTS)
    environment.compile('{{ "a"|word|claim }} {{ "b" }}')
    assert calls == []
