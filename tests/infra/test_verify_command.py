"""`python -m infra.verify`, typed in: what it costs comes before anything is created, and refusals create nothing."""

from __future__ import annotations

import io
import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from infra import verify

KEYS: Final = [{"newState": {"type": "aws:kms/key:Key", "inputs": {}}}] * 730  # one dollar a month each: one an hour
PREVIEW: Final = {"changeSummary": {"create": 730}, "steps": KEYS}
ACCOUNT: Final = "123456789012"
ENGINE: Final = """#!/bin/sh
echo "$@" >> {log}
case "$*" in
  "config --json"*) echo '{{"ocpi-posture:accountId": {{"value": "123456789012"}}, "ocpi-posture:kind":
    {{"value": "test"}}}}';;
  *"--show-sames"*) cat {preview};;
  *"stack export"*) if grep -q "^destroy" {log}; then echo '{{"deployment": {{}}}}'
    else echo '{{"deployment": {{"resources": [{{"type": "aws:kms/key:Key"}}]}}}}'; fi;;
esac
"""
Typed = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def typed(tmp_path, monkeypatch, capsys) -> Typed:
    """The exit code, the commands that the engine got, and what was said."""

    def run(*words: str, preview: Any = PREVIEW, person: str | None = None) -> tuple[int, list[str], str]:
        log, document = tmp_path / "commands", tmp_path / "preview.json"
        document.write_text(json.dumps(preview))
        program = tmp_path / "bin" / "pulumi"
        program.parent.mkdir(exist_ok=True)
        program.write_text(ENGINE.format(log=log, preview=document))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        (tmp_path / "Pulumi.box.yaml").write_text("config:\n  ocpi-posture:kind: test\n")
        terminal = io.StringIO(f"{person}\n")
        monkeypatch.setattr(terminal, "isatty", lambda: person is not None)
        monkeypatch.setattr(sys, "stdin", terminal)
        places = ["--project", str(tmp_path), "--logs", str(tmp_path / "logs")]
        monkeypatch.setattr(sys, "argv", ["verify", "box", "--account", ACCOUNT, *words, *places])
        code = verify.main()
        return code, _commands(log), capsys.readouterr().err

    return run


def _commands(log: Path) -> list[str]:
    return [line.split(" --stack ")[0] for line in log.read_text().splitlines()]


BEFORE: Final = ["config --json", "install", "preview --json --show-sames"]  # none of them creates anything


def test_the_cost_is_said_and_with_a_budget_for_it_the_stack_comes_up_and_goes(typed):
    code, commands, said = typed("--budget", "2", "--yes")
    assert code == 0
    assert "730 create; 1.00 USD an hour while it is up, 2.00 USD for 2 hours" in said
    assert "List prices of eu-central-1, from memory, see infra/prices.json: KMS key\n" in said
    assert commands[:3] == BEFORE
    assert [command.split()[0] for command in commands[3:]] == ["up", "preview", "stack", "up", "destroy", "stack"]


@pytest.mark.parametrize(
    "words, preview, person, sentence",
    [
        (("--budget", "1.99", "--yes"), PREVIEW, None, "more than --budget 1.99"),
        (("--budget", "2", "--hours", "3", "--yes"), PREVIEW, None, "3.00 USD for 3 hours"),
        (("--budget", "2"), PREVIEW, None, "nobody is there to ask; say --yes"),
        (("--budget", "2"), PREVIEW, "999999999999", "nothing was created"),
        (
            ("--budget", "2", "--yes"),
            {"steps": [{"newState": {"type": "aws:unheard/of:It", "inputs": {}}}]},
            None,
            "no price for aws:unheard/of:It",
        ),
    ],
)
def test_what_is_too_dear_without_a_price_or_not_agreed_to_creates_nothing(typed, words, preview, person, sentence):
    code, commands, said = typed(*words, preview=preview, person=person)
    assert code == 2
    assert sentence in said
    assert commands == BEFORE


def test_who_types_the_account_has_agreed(typed):
    code, commands, _ = typed("--budget", "2", person=ACCOUNT)
    assert code == 0
    assert "up --yes --skip-preview" in commands


def test_another_account_is_refused_before_the_engine_is_asked_for_a_preview(typed):
    code, commands, said = typed("--budget", "2", "--yes", "--account", "999999999999")
    assert code == 2
    assert commands == ["config --json"]
    assert "--account is 999999999999: not this one" in said


@pytest.mark.parametrize("words", [("--budget", "nan"), ("--budget", "2", "--hours", "0"), ("--budget", "-1")])
def test_a_limit_that_holds_nothing_is_refused(typed, words, capsys):
    with pytest.raises(SystemExit) as ended:
        typed(*words, "--yes")
    assert ended.value.code == 2
    assert "is no number above 0" in capsys.readouterr().err
