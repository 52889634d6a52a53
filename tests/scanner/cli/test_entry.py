import errno
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scanner.cli.entry import run
from scanner.cli.root import _COMMANDS, root
from scanner.cli.talk import Talk
from scanner.errors import PostureError, UsageError
from scanner.model.secret import Secret

CANARY = "c4n4ry-t0ken"


@pytest.fixture
def command(monkeypatch):
    """Add a command that does what a test wants."""

    def command(body):
        monkeypatch.setitem(root.commands, "try-it", click.Command("try-it", callback=body))

    return command


def test_every_command_explains_itself_with_an_example(posture):
    for name in root.commands:
        ended = posture(name, "--help")
        assert ended.code == 0, name
        assert "Example: ocpi-posture" in re.sub(r"\s+", " ", ended.stdout), name


def test_the_list_of_commands_says_of_each_what_its_own_help_says():
    told = {name: command.help or "" for name, command in root.commands.items()}
    first = {name: " ".join(inspect.cleandoc(text).partition("\n\n")[0].split()) for name, text in told.items()}
    assert first == _COMMANDS


def test_the_list_of_commands_loads_none_of_them():
    code = "import sys; from scanner.cli.entry import run; run(['--help']); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    listing, _, loaded = told.rpartition("╯")
    assert all(name in listing for name in _COMMANDS)
    assert not {f"scanner.cli.{name}" for name in _COMMANDS} & set(loaded.split())


def test_every_command_takes_the_options_about_talking():
    def leaves(command):
        inner = command.commands.values() if isinstance(command, click.Group) else ()
        return [command, *(leaf for sub in inner for leaf in leaves(sub))]

    for leaf in leaves(root):
        given = {option for parameter in leaf.params for option in parameter.opts}
        assert {"--log-format", "-v", "-q"} <= given, leaf.name


def test_the_version_is_data(posture):
    ended = posture("--version")
    assert (ended.code, ended.stderr) == (0, "")
    assert ended.stdout.startswith("ocpi-posture")


def test_an_unknown_command_names_the_nearest(posture):
    ended = posture("innit")
    assert (ended.code, ended.stdout) == (2, "")
    assert "init" in ended.stderr.splitlines()[-2]


def test_no_command_shows_the_help_and_is_wrong_usage(posture):
    ended = posture()
    assert ended.code == 2
    assert "Commands" in ended.stdout + ended.stderr


@pytest.mark.parametrize("error,code", [(UsageError("No.", "Do."), 2), (PostureError("Ours."), 4)])
def test_an_error_of_ours_ends_with_its_paragraph_and_its_code(posture, command, error, code):
    def body():
        raise error

    command(body)
    ended = posture("try-it")
    assert (ended.code, ended.stderr) == (code, f"{error.diagnostics()}\n")


def test_what_nobody_expected_is_one_sentence_and_a_file_without_secrets(posture, command, monkeypatch, tmp_path):
    @click.pass_context
    def body(context):
        context.ensure_object(Talk).redactor.learn(Secret(CANARY))
        raise RuntimeError(f"no way: {CANARY}")

    command(body)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = posture("try-it")
    assert ended.code == 4
    (file,) = tmp_path.glob("ocpi-posture-bug-*.txt")
    assert str(file) in ended.stderr
    assert ended.stderr.count("\n") == 1
    text = file.read_text()
    assert "RuntimeError: no way: [redacted]" in text
    assert CANARY not in text + ended.stderr
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "error,sentence",
    [
        (PermissionError(errno.EACCES, "Permission denied", "/a/run"), "/a/run cannot be used: permission denied."),
        (OSError(errno.ENAMETOOLONG, "File name too long", "n"), "n cannot be used: file name too long."),
        (OSError(errno.ENOSPC, "No space left on device"), "This machine cannot be used: no space left on device."),
    ],
)
def test_what_the_machine_refuses_is_no_bug_of_ours(posture, command, error, sentence):
    def body():
        raise error

    command(body)
    ended = posture("try-it")
    assert (ended.code, ended.stderr) == (2, f"{sentence}\n")


def test_a_file_that_is_missing_where_nobody_named_it_is_a_bug_of_ours(posture, command, monkeypatch, tmp_path):
    def body():
        Path("nowhere").read_text(encoding="utf-8")

    command(body)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert posture("try-it").code == 4


def test_a_traceback_that_cannot_be_written_is_said(posture, command, monkeypatch):
    def body():
        raise RuntimeError

    def full(**_options):
        raise OSError(28, "No space left on device")

    command(body)
    monkeypatch.setattr("tempfile.mkstemp", full)
    assert "could not be written" in posture("try-it").stderr


def test_an_interrupt_ends_as_shells_expect(posture, command):
    def body():
        raise KeyboardInterrupt

    command(body)
    ended = posture("try-it")
    assert ended.code == 130
    assert "Interrupted." in ended.stderr


def test_a_reader_that_has_seen_enough_is_no_bug(command):
    def body():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    command(body)
    assert run(["try-it"]) == 0


def test_a_command_says_its_own_exit_code(posture, command):
    command(lambda: 3)
    assert posture("try-it").code == 3


def test_errors_are_json_lines_where_the_log_is(posture):
    ended = posture("--log-format", "json", "init")
    assert ended.code == 2
    line = json.loads(ended.stderr)
    assert line["level"] == "error"
    assert line["event"].startswith("--versions-url is missing")


def test_the_module_runs_as_a_program():
    root_folder = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-m", "scanner", "--version"], cwd=root_folder, capture_output=True, check=True
    )
    assert done.stdout.startswith(b"ocpi-posture")


def test_a_command_is_loaded_when_it_is_asked_for_and_the_past_is_read_without_schemas():
    dear = {"scanner.cli.scan", "reports.html", "reports.wire", "pydantic"}
    asked = f"import sys, scanner.cli, scanner.cli.history, scanner.cli.diff; print([*{dear} & {{*sys.modules}}])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_keys_of_no_session_are_written_down():
    look = (
        "import os\n"
        "from scanner.cli import entry\n"
        "entry.run = lambda arguments: 'SSLKEYLOGFILE' in os.environ\n"
        "entry.main()\n"
    )
    subprocess.run([sys.executable, "-c", look], env={**os.environ, "SSLKEYLOGFILE": "/nowhere/keys"}, check=True)


def test_a_process_that_ends_does_not_look_through_all_it_holds_once_more():
    look = (
        "import gc\n"
        "from scanner.cli import entry\n"
        "kept = []\n"
        "entry.run = lambda arguments: kept.extend([] for _ in range(50_000)) or 0\n"
        "try:\n"
        "    entry.main()\n"
        "except SystemExit as ended:\n"
        "    print(ended.code, len(kept), len(gc.get_objects()) < len(kept))\n"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout == "0 50000 True\n"
