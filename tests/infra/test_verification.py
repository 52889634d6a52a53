"""A verification against an engine that only notes its commands: their order, and that what came up goes down again."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from infra.engine_run import EngineRun, StepError, stack_config, with_setting
from infra.verification import Refused, Verification, refuse_config

ENGINE = """#!/bin/sh
echo "$@" >> {log}
case "$*" in {failing}) echo "error: no luck" >&2; exit 1;; esac
case "$*" in
  *"stack export"*) if grep -q "^destroy" {log}; then echo '{{"deployment": {{}}}}'
    else echo '{{"deployment": {{"resources": [{{"type": "aws:kms/key:Key"}}, {{"type": "pulumi:x"}}]}}}}'; fi;;
  "config --json"*) echo '{{"ocpi-posture:accountId": {{"value": "123456789012"}}, "ocpi-posture:kind":
    {{"value": "test"}}}}';;
esac
"""
CONFIG = "# comment\nconfig:\n  ocpi-posture:kind: test\nencryptionsalt: v1\n"


@pytest.fixture
def engine(tmp_path, monkeypatch) -> Callable[[str], EngineRun]:
    """A run whose engine fails at the commands of that pattern."""

    def make(failing: str = "nothing") -> EngineRun:
        program = tmp_path / "bin" / "pulumi"
        program.parent.mkdir()
        program.write_text(ENGINE.format(log=tmp_path / "commands", failing=failing))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        (tmp_path / "Pulumi.box.yaml").write_text(CONFIG)
        said: list[str] = []
        return EngineRun(project=tmp_path, stack="box", logs=tmp_path / "logs", say=said.append)

    return make


def commands(run: EngineRun) -> Sequence[str]:
    return [line.split(" --stack")[0] for line in (run.project / "commands").read_text().splitlines()]


def test_what_comes_up_is_looked_at_again_let_go_of_and_destroyed(engine):
    run = engine()
    assert Verification(run=run, account="123456789012", keep=False).go()
    released = f"--config-file {run.project / 'logs' / 'release.yaml'}"
    assert commands(run) == [
        "up --yes --skip-preview", "preview --expect-no-changes", "stack export",
        f"up --yes --skip-preview {released}", f"destroy --yes {released}", "stack export",
    ]  # fmt: skip


@pytest.mark.parametrize("failing", ['"up --yes --skip-preview --stack"*', "*expect-no-changes*"])
def test_what_fails_half_way_is_destroyed_all_the_same_and_is_no_success(engine, failing):
    run = engine(failing)
    assert not Verification(run=run, account="123456789012", keep=False).go()
    assert any(command.startswith("destroy") for command in commands(run))


def test_a_stack_that_does_not_go_down_is_no_success(engine):
    assert not Verification(run=engine("destroy*"), account="123456789012", keep=False).go()


def test_a_kept_stack_is_not_touched_again(engine):
    run = engine()
    assert Verification(run=run, account="123456789012", keep=True).go()
    assert not any(command.startswith("destroy") for command in commands(run))


def test_another_account_than_the_config_names_is_refused(engine):
    run = engine()
    refuse_config(stack_config(run), "123456789012")
    with pytest.raises(Refused, match="accountId is 123456789012, and --account is 999999999999"):
        refuse_config(stack_config(run), "999999999999")
    with pytest.raises(Refused, match="about to be taken down"):
        refuse_config({"kind": "test", "accountId": "1", "release": "1"}, "1")


@pytest.mark.parametrize("kind", ["org", "audit", None])
def test_a_stack_that_keeps_its_evidence_is_not_put_up_for_a_try(kind):
    with pytest.raises(Refused, match=f"kind is {kind}, and what such a stack holds cannot be taken down"):
        refuse_config({"kind": kind, "accountId": "1"}, "1")


def test_the_setting_is_added_to_a_copy_and_the_rest_stays_as_it_is(engine):
    run = engine()
    run.logs.mkdir()
    copy = with_setting(run, "release", "123456789012").read_text()
    assert copy == CONFIG.replace("config:\n", 'config:\n  ocpi-posture:release: "123456789012"\n')
    assert (run.project / "Pulumi.box.yaml").read_text() == CONFIG


def test_a_failed_step_says_what_the_engine_said_and_where_all_of_it_is(engine):
    with pytest.raises(StepError, match=r"export failed: error: no luck \(all of it: .*export\.log\)"):
        engine("*export*").step("export", "stack", "export")


def test_without_an_engine_it_says_where_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    run = EngineRun(project=Path(tmp_path), stack="box", logs=tmp_path / "logs", say=print)
    with pytest.raises(StepError, match="no `pulumi` on PATH"):
        run.step("up", "up")
