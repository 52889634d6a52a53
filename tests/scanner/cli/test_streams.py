import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIST = "-m scanner checks list"
UNKNOWN = "-m scanner checks show nobody-knows-it"


def _ended(arguments: str, streams: str) -> "subprocess.CompletedProcess[bytes]":
    return _shown("sh", f"exec '{sys.executable}' {arguments} {streams}")


def _shown(shell: str, line: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([shell, "-c", line], cwd=ROOT, capture_output=True, check=False)


@pytest.mark.parametrize("streams", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments,code", [(LIST, 0), (UNKNOWN, 2)])
def test_a_command_decides_the_same_without_its_standard_streams(arguments, code, streams):
    ended = _ended(arguments, streams)
    assert ended.returncode == code
    assert b"Traceback" not in ended.stdout + ended.stderr


def test_no_file_of_a_run_becomes_a_standard_stream(tmp_path):
    journal = tmp_path / "journal"
    code = (
        "import os, subprocess, sys; from scanner.cli.streams import open_closed_streams; open_closed_streams();"
        f"handle = os.open({str(journal)!r}, os.O_WRONLY | os.O_CREAT);"
        "subprocess.run([sys.executable, '-c', 'print(1)'], check=True); sys.exit(handle)"
    )
    ended = _ended(f'-c "{code}"', "<&- >&- 2>&-")
    assert ended.returncode > 2
    assert journal.read_bytes() == b""


@pytest.mark.parametrize("arguments", [LIST, "-m scanner schedule cron"])
def test_data_that_nobody_can_keep_are_told_in_one_sentence(arguments):
    ended = _ended(arguments, ">/dev/full")
    assert ended.returncode == 2
    assert ended.stderr == b"Standard output cannot be written: no space left on device.\n"


@pytest.mark.parametrize("arguments,code", [(LIST, 0), (UNKNOWN, 2)])
def test_nobody_is_told_where_the_place_for_talk_is_full(arguments, code):
    assert _ended(arguments, "2>/dev/full").returncode == code


@pytest.mark.parametrize("arguments", [LIST, "-m scanner --help"])
def test_a_reader_that_has_seen_enough_changes_nothing(arguments):
    ended = _shown("bash", f"'{sys.executable}' {arguments} | true; exit ${{PIPESTATUS[0]}}")
    assert (ended.returncode, ended.stderr) == (0, b"")
