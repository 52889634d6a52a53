import json
import sys
from pathlib import Path

import pytest

from scanner.cloud.gaps import unread_config
from scanner.cloud.project import ProjectUnusable, read_project
from scanner.model.cloud_input import ProgramInput
from tests.scanner.cloud.running import PYTHON


def project_in(folder: Path, text: str, stack: str = "", python: Path | None = PYTHON, **config: str):
    (folder / "Pulumi.yaml").write_text(text, encoding="utf-8")
    if stack:
        (folder / "Pulumi.test.yaml").write_text(stack, encoding="utf-8")
    given = ProgramInput(name="p", directory=folder, stack="test", config=config, python=python)
    return read_project(given)


def test_config_has_full_keys_and_text_values(tmp_path):
    project = project_in(
        tmp_path,
        "name: edge\nruntime: python\nmain: src/\nconfig:\n  a: {default: x}\n  b: {type: integer, default: 3}\n",
        "config:\n  edge:a: y\n  edge:list: [1, two]\n  aws:region: eu-west-3\n  edge:secret: {secure: v1:abc}\n",
        b="4",
    )
    assert project.config == {
        "edge:a": "y",
        "edge:b": "4",
        "edge:list": '[1, "two"]',
        "aws:region": "eu-west-3",
        "edge:secret": "[secret]",
    }
    assert project.secret_keys == ("edge:secret",)
    assert (project.region, project.main) == ("eu-west-3", tmp_path / "src")


def test_dates_without_quotes_are_handed_over_as_the_engine_does(tmp_path):
    stack = 'config:\n  edge:contract: {starts: 2026-01-01, ends: "2027-12-31", signed: 2026-01-01T09:30:00Z}\n'
    project = project_in(tmp_path, "name: edge\nruntime: python\n", stack)
    assert json.loads(project.config["edge:contract"]) == {
        "starts": "2026-01-01 00:00:00 +0000 UTC",
        "ends": "2027-12-31",
        "signed": "2026-01-01 09:30:00 +0000 UTC",
    }


def test_a_secret_that_the_scan_itself_configures_is_no_placeholder(tmp_path):
    stack = "config:\n  edge:secret: {secure: v1:abc}\n"
    project = project_in(tmp_path, "name: edge\nruntime: python\n", stack, secret="made up")
    assert (project.config["edge:secret"], project.secret_keys) == ("made up", ())


def test_an_account_that_the_config_names_is_the_one_the_program_sees(tmp_path):
    stack = 'config:\n  edge:accountId: "210987654321"\n'
    assert project_in(tmp_path, "name: edge\nruntime: python\n", stack).account == "210987654321"


@pytest.mark.parametrize(
    "text, message",
    [
        ("name: x\nruntime: nodejs\n", "runtime nodejs; only Python programs run here"),
        ("- not a mapping\n", "is not a YAML mapping"),
        ("name: [\n", "cannot be read"),
    ],
)
def test_a_project_that_cannot_run_here_is_said_to_be_so(tmp_path, text, message):
    with pytest.raises(ProjectUnusable, match=message):
        project_in(tmp_path, text)


def test_a_folder_without_a_project_is_named(tmp_path):
    given = ProgramInput(name="p", directory=tmp_path, stack="test", python=PYTHON)
    with pytest.raises(ProjectUnusable, match=r"Pulumi\.yaml does not exist"):
        read_project(given)


def test_the_virtual_environment_of_the_project_comes_before_this_interpreter(tmp_path):
    own = tmp_path / "venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.symlink_to(sys.executable)
    text = "name: x\nruntime: {name: python, options: {virtualenv: venv}}\n"
    assert project_in(tmp_path, text, python=None).python == own


def test_without_any_pulumi_the_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("scanner.cloud.interpreter.find_spec", lambda _name: None)
    text = "name: x\nruntime: {name: python, options: {virtualenv: venv}}\n"
    with pytest.raises(ProjectUnusable, match=r"venv does not exist.*pip install ocpi-posture\[infra\]"):
        project_in(tmp_path, text, python=None)


def test_a_configured_interpreter_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(ProjectUnusable, match="the configured interpreter /nowhere/python does not exist"):
        project_in(tmp_path, "name: x\nruntime: python\n", python=Path("/nowhere/python"))


def test_an_interpreter_that_this_machine_does_not_let_us_use_is_named(tmp_path):
    with pytest.raises(ProjectUnusable, match="cannot be used: file name too long"):
        project_in(tmp_path, "name: x\nruntime: python\n", python=tmp_path / ("n" * 300))


def test_a_value_with_an_encrypted_part_is_secret_as_a_whole_and_keeps_its_shape(tmp_path):
    stack = "config:\n  edge:partners: [{id: a, token: {secure: v1:abc}}]\n  edge:days: {secure: v1:def}\n"
    text = "name: edge\nruntime: python\nconfig:\n  days: {type: integer}\n  pin: {secret: true, default: x}\n"
    project = project_in(tmp_path, text, stack)
    assert project.config == {
        "edge:days": "0",
        "edge:partners": '[{"id": "a", "token": "[secret]"}]',
        "edge:pin": "x",
    }
    assert project.secret_keys == ("edge:days", "edge:partners", "edge:pin")


@pytest.mark.parametrize(
    "stack, said",
    [
        ("environment: [team/edge]\n", "(team/edge)"),
        ("environment: {imports: [base], values: {a: b}}\n", "(base)"),
        ("environment: {values: {a: b}}\n", "(written in its own file)"),
    ],
)
def test_config_that_an_environment_would_bring_is_said_to_be_missing(tmp_path, stack, said):
    (sentence,) = unread_config(project_in(tmp_path, "name: x\nruntime: python\n", stack))
    assert said in sentence
    assert unread_config(project_in(tmp_path, "name: x\nruntime: python\n", "config: {}\n")) == ()


@pytest.mark.parametrize("toolchain, file", [("uv", "uv.lock"), ("poetry", "pyproject.toml")])
def test_a_toolchain_names_the_environment_beside_its_own_file(tmp_path, toolchain, file):
    (tmp_path / file).touch()
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.symlink_to(sys.executable)
    inside = tmp_path / "infra"
    inside.mkdir()
    text = f"name: x\nruntime: {{name: python, options: {{toolchain: {toolchain}}}}}\n"
    assert project_in(inside, text, python=None).python == own


@pytest.mark.parametrize(
    "toolchain, said", [("uv", "beside a uv.lock"), ("poetry", "poetry env info --executable"), ("pip", "pip install")]
)
def test_a_toolchain_without_an_environment_is_told_what_to_do(tmp_path, monkeypatch, toolchain, said):
    monkeypatch.setattr("scanner.cloud.interpreter.find_spec", lambda _name: None)
    text = f"name: x\nruntime: {{name: python, options: {{toolchain: {toolchain}}}}}\n"
    with pytest.raises(ProjectUnusable, match=said):
        project_in(tmp_path, text, python=None)
