"""A `pulumi` of our own stands for the engine: what it is asked, what it is given, and every way in which it fails."""

import asyncio
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from scanner.cloud.declared import Declared, NotDeclared
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.place import Place
from scanner.model.cloud_input import EngineInput
from scanner.model.observation import Reason
from scanner.model.resource import HIDDEN
from scanner.model.subject import StackSubject
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from tests.scanner.cloud.engine_made import SAMPLES, preview, state, step
from tests.scanner.gate_fixtures import open_gate

_NOTE = """
import json, os, sys
from pathlib import Path
Path(sys.argv[1]).write_text(json.dumps([sys.argv[2:], dict(os.environ), os.getcwd()]))
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """Puts a `pulumi` on PATH that notes how it was called, and then does what the test says."""
    folder: Path = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "stack").mkdir()

    def put(*lines: str) -> None:
        note = shlex.quote(str(tmp_path / "called.json"))
        called = f'{shlex.quote(sys.executable)} -c {shlex.quote(_NOTE)} {note} "$@"'
        file = folder / "pulumi"
        file.write_text("\n".join(("#!/bin/sh", called, *lines)) + "\n")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


def one(folder: Path, *variables: str, timeout_s: float = 20.0) -> EngineInput:
    directory = folder / "stack"
    return EngineInput(name="edge", directory=directory, stack="test", variables=variables, timeout_s=timeout_s)


def load(given: EngineInput, folder: Path) -> Declared:
    async def run() -> Declared:
        target = EnvironmentTarget(name="test", inputs=(given,))
        async with open_gate(target, folder) as opened:
            subject = StackSubject(environment="test", stack="edge/test")
            place = Place(context=opened.context(Witness.CLOUD_DECLARED), name="edge", subject=subject)
            declared = await loader_of(given).load(given, place)
            assert isinstance(declared, Declared)
            return declared

    return asyncio.run(run())


def called(folder: Path) -> Any:
    return json.loads((folder / "called.json").read_text())


def failure(given: EngineInput, folder: Path) -> NotDeclared:
    with pytest.raises(NotDeclared) as caught:
        load(given, folder)
    return caught.value


def test_the_engine_previews_and_does_nothing_else(engine, tmp_path):
    engine(f"cat {SAMPLES / 'preview-create.json'}")
    declared = load(one(tmp_path), tmp_path)
    arguments, _, where = called(tmp_path)
    assert arguments == ["preview", "--json", "--show-sames", "--non-interactive", "--stack", "test"]
    assert where == str(tmp_path / "stack")
    assert (len(declared.resources), declared.missing) == (19, ())
    assert {resource.stack for resource in declared.resources} == {"edge/test"}


def test_the_engine_gets_the_named_variables_and_no_other(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "CANARY-passphrase")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "CANARY-other")
    engine(f"cat {SAMPLES / 'preview-create.json'}")
    load(one(tmp_path, "PULUMI_CONFIG_PASSPHRASE"), tmp_path)
    _, environment, _ = called(tmp_path)
    assert environment["PULUMI_CONFIG_PASSPHRASE"] == "CANARY-passphrase"
    assert "AWS_SECRET_ACCESS_KEY" not in environment
    assert environment["HOME"] != os.environ["HOME"]


def test_a_secret_variable_that_the_program_copies_is_hidden(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("DEPLOY_TOKEN", "CANARY-0a1b2c3d")
    document = preview(step("create", new=state("a", {"tags": {"t": "with CANARY-0a1b2c3d"}})))
    (tmp_path / "p.json").write_text(json.dumps(document))
    engine(f"cat {tmp_path}/p.json")
    declared = load(one(tmp_path, "DEPLOY_TOKEN"), tmp_path)
    assert declared.resources[0].get("tags.t") is HIDDEN


def test_an_engine_that_says_a_secret_variable_is_not_quoted(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("PULUMI_ACCESS_TOKEN", "CANARY-0a1b2c3d")
    engine("echo error: login CANARY-0a1b2c3d refused >&2", "exit 255")
    said = str(failure(one(tmp_path, "PULUMI_ACCESS_TOKEN"), tmp_path))
    assert "CANARY" not in said


@pytest.mark.parametrize(
    "lines, sentence, reason",
    [
        (["echo error: no stack named test >&2", "exit 255"], "gave no preview: error: no stack named", "unparsable"),
        (['echo \'{"diagnostics":[{"severity":"error","message":"no region"}],"steps":[]}\'', "exit 1"], "gave up: no region", "unparsable"),  # noqa: E501
        (["echo half '{'"], "is not the JSON of an engine", "unparsable"),
        ([f"cat {SAMPLES / 'preview-create.json'}", "exit 1"], "ended with 1 and gave no preview", "unparsable"),
        (["exit 0"], "ended with 0 and gave no preview", "unparsable"),
    ],
)  # fmt: skip
def test_an_engine_that_fails_is_no_empty_stack(engine, tmp_path, lines, sentence, reason):
    engine(*lines)
    error = failure(one(tmp_path), tmp_path)
    assert sentence in str(error)
    assert error.reason == reason


def test_an_engine_that_does_not_end_is_ended(engine, tmp_path):
    engine("sleep 60")
    error = failure(one(tmp_path, timeout_s=0.5), tmp_path)
    assert (str(error), error.reason) == ("`pulumi preview` had to be ended after 0.5 s", Reason.TIMED_OUT)


def test_without_an_engine_or_a_variable_preflight_says_what_to_do(engine, tmp_path, monkeypatch):
    given = one(tmp_path, "NOT_SET_ANYWHERE", "HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotDeclared, match="no `pulumi` on PATH") as missing:
        loader_of(given).ready(given)
    assert missing.value.reason is Reason.MISSING_DEPENDENCY
    assert "Install the Pulumi CLI" in missing.value.deed
    assert failure(one(tmp_path), tmp_path).reason is Reason.MISSING_DEPENDENCY
    engine("true")
    for ask in (lambda: loader_of(given).ready(given), lambda: load(given, tmp_path)):
        with pytest.raises(NotDeclared, match="is to be given NOT_SET_ANYWHERE, and it is not set"):
            ask()
    given = one(tmp_path, "HOME")
    assert loader_of(given).ready(given) == f"{tmp_path}/bin/pulumi, stack test in {tmp_path}/stack"


def test_the_dry_run_shows_the_command_and_the_names_of_the_variables(tmp_path):
    given = one(tmp_path, "HOME", "AWS_PROFILE")
    assert loader_of(given).plan(given) == (
        "run `pulumi preview --json --show-sames --non-interactive --stack test` in "
        f"{tmp_path}/stack, with your HOME, AWS_PROFILE: it asks your backend and AWS"
    )
    assert "with none of your variables" in loader_of(given).plan(one(tmp_path))
