from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.service.__main__ import main
from infra.service.faults import FAULTS
from tests.infra.service.exchange_client import emsp_a
from tests.targets.busy_machine import seen_in_time
from tests.targets.reference_service import prepared_folder, running_service

MODULE = [sys.executable, "-m", "infra.service"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@contextlib.contextmanager
def serving(*arguments: str) -> Any:
    with subprocess.Popen(
        [*MODULE, "serve", str(prepared_folder().root), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        try:
            yield child
        finally:
            child.kill()


def test_prepare_writes_a_folder_once(tmp_path: Path):
    target = tmp_path / "deployment"
    done = run("prepare", str(target), "--host", "ocpi.example")
    assert (done.exit_code, done.stdout) == (0, "")
    assert json.loads((target / "service.json").read_text())["host"] == "ocpi.example"
    again = run("prepare", str(target))
    assert again.exit_code == 1
    assert "not empty" in again.stderr


def test_serve_prints_one_line_and_ends_cleanly_on_sigterm():
    with serving("--plaintext-port", "0") as child:
        ready = json.loads(child.stdout.readline())
        assert ready.keys() == {"versions_url", "host", "port", "plaintext_port", "ca", "pid"}
        assert ready["versions_url"] == f"https://localhost:{ready['port']}/ocpi/versions"
        assert ready["pid"] == child.pid
        assert ready["plaintext_port"] not in (None, 0, ready["port"])
        assert Path(ready["ca"]).is_file()
        child.send_signal(signal.SIGTERM)
        rest, errors = child.communicate(timeout=500)
        assert (child.returncode, rest, errors) == (0, "", "")


def test_serve_ends_when_its_parent_is_gone():
    with serving("--exit-on-stdin-eof") as child:
        child.stdout.readline()
        child.stdin.close()
        assert child.wait(30) == 0


@pytest.mark.parametrize("given", [Path(os.devnull), Path(__file__)])
def test_serve_ends_cleanly_where_its_input_is_no_pipe(given: Path):
    command = [*MODULE, "serve", str(prepared_folder().root), "--exit-on-stdin-eof"]
    with given.open("rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, timeout=500, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_serve_ends_at_once_although_a_connection_is_open():
    def ends_after(_attempt: int) -> float:
        with running_service(process=True) as service:
            assert emsp_a(service).get("/ocpi/versions").status == 200
            assert service.pid is not None
            os.kill(service.pid, 0)
            started = time.monotonic()
        return time.monotonic() - started

    took_s = seen_in_time(ends_after, lambda seconds: seconds < 14)
    assert took_s < 14  # under 1 s on a quiet machine; connections are kept for 15


def test_the_log_is_json_lines_in_the_named_file(tmp_path: Path):
    log = tmp_path / "log.jsonl"
    with serving("--log", str(log)) as child:
        ready = json.loads(child.stdout.readline())
        context = ssl.create_default_context(cafile=ready["ca"])
        connection = http.client.HTTPSConnection(ready["host"], ready["port"], context=context, timeout=60)
        connection.request("GET", "/ocpi/versions")
        assert connection.getresponse().status == 401
        connection.close()
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0
    assert [json.loads(line)["event"] for line in log.read_text().splitlines()] == ["authentication", "access"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--fault", "no-such-fault"], "no such fault"),
        (["--fault", "expired-certificate", "--fault", "weak-key-certificate"], "exclude each other"),
        (["--address", "192.0.2.1"], "assign"),
        (["--port", "x"], "not a valid integer"),
        (["--store", "paper"], "paper"),
    ],
)
def test_wrong_usage_is_one_clear_sentence(arguments: list[str], words: str):
    done = run("serve", str(prepared_folder().root), *arguments)
    assert done.exit_code in (1, 2)
    assert words in done.stderr
    assert done.stdout == ""


def test_a_folder_without_settings_is_named(tmp_path: Path):
    done = run("serve", str(tmp_path))
    assert done.exit_code == 1
    assert "prepare" in done.stderr


def test_faults_are_listed_with_a_sentence_each():
    lines = run("faults").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert all(len(line.split()) > 3 for line in lines)


def test_no_secret_is_in_the_process_list():
    with running_service(process=True) as service:
        command = Path(f"/proc/{service.pid}/cmdline").read_bytes() + Path(f"/proc/{service.pid}/environ").read_bytes()
        assert all(token.encode() not in command for token in service.tokens.values())
