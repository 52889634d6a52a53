"""Raw connections, processes, listeners, names and AWS: the same gate, the same bounds."""

import asyncio
import gc
import math
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from scanner.gate.aws import AwsAnswer
from scanner.gate.aws_reads import ALLOWED, is_read
from scanner.gate.journal import FILE_NAME, Journal, JournalBroken, read_journal
from scanner.gate.listener import Listener
from scanner.gate.process import ProcessResult
from scanner.gate.raw import ConnectionEnded, RawConnection
from scanner.gate.redaction import Redactor
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, FailureKind, RefusalKind, Refused
from scanner.model.intent import AwsIntent, DnsIntent, ListenIntent, ProcessIntent, RawIntent
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok, self_signed

COMMON: dict[str, Any] = {"effect": Effect.READ, "environment": "test", "probe": "p", "purpose": "test"}
TOKEN = "q7Zk2-canary-Pw91xYtR"


def target(**changes):
    return loopback_target("https://localhost:9/versions", **changes)


@pytest.mark.asyncio
async def test_a_raw_connection_sends_and_receives_bytes(tmp_path):
    async with (
        byte_server(ok(b"raw")) as server,
        open_gate(target(), tmp_path) as opened,
        opened.gate.raw(RawIntent(**COMMON, host="localhost", port=server.port)) as connection,
    ):
        assert isinstance(connection, RawConnection)
        await connection.send(b"GET / HTTP/1.0\r\n\r\n")
        assert (await connection.receive()).endswith(b"raw")


@pytest.mark.asyncio
@pytest.mark.parametrize("data", [b"DELETE /ocpi/2.2.1/credentials HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\nPOST /x"])
async def test_a_raw_read_is_a_read(tmp_path, data):
    async with (
        byte_server(ok()) as server,
        open_gate(target(), tmp_path) as opened,
        opened.gate.raw(RawIntent(**COMMON, host="localhost", port=server.port)) as connection,
    ):
        assert isinstance(connection, RawConnection)
        with pytest.raises(PermissionError):
            await connection.send(data)
    assert server.requests == []


@pytest.mark.asyncio
async def test_a_closed_port_is_a_value(tmp_path):
    async with byte_server(ok()) as server:
        port = server.port
    async with (
        open_gate(target(), tmp_path) as opened,
        opened.gate.raw(RawIntent(**COMMON, host="localhost", port=port)) as connection,
    ):
        assert isinstance(connection, Failed)
        assert connection.kind is FailureKind.REFUSED


@pytest.mark.asyncio
async def test_a_silent_peer_ends_a_raw_connection_in_time(tmp_path):
    async def silent(_reader, _writer):
        await asyncio.sleep(30)

    async with byte_server(silent) as server, open_gate(target(), tmp_path) as opened:
        intent = RawIntent(**COMMON, host="localhost", port=server.port, timeout_s=0.2)
        async with opened.gate.raw(intent) as connection:
            assert isinstance(connection, RawConnection)
            await connection.send(b"GET / HTTP/1.0\r\n\r\n")
            with pytest.raises(ConnectionEnded) as ended:
                await connection.receive()
            assert ended.value.failure.kind is FailureKind.TIMEOUT


def test_a_peer_that_says_no_goodbye_keeps_no_raw_connection_open_beyond_the_run(tmp_path):
    tls, ca = self_signed(tmp_path)
    over = threading.Event()

    def stay(listening):
        with tls.wrap_socket(listening.accept()[0], server_side=True):
            over.wait(60)

    async def run(port):
        intent = RawIntent(**COMMON, host="127.0.0.1", port=port, tls=True)
        silent = loopback_target(f"https://127.0.0.1:{port}/versions", ca_file=ca)
        async with open_gate(silent, tmp_path) as opened, opened.gate.raw(intent) as connection:
            assert isinstance(connection, RawConnection)

    with socket.create_server(("127.0.0.1", 0)) as listening, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        server = threading.Thread(target=stay, args=(listening,))
        server.start()
        asyncio.run(run(listening.getsockname()[1]))
        gc.collect()
        over.set()
        server.join()
    assert [str(one.message) for one in told if "unclosed" in str(one.message)] == []


@pytest.mark.asyncio
async def test_a_process_sees_nothing_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-for-children")
    async with open_gate(target(), tmp_path) as opened:
        result = await opened.gate.run_process(ProcessIntent(**COMMON, argv=("env",)))
        assert isinstance(result, ProcessResult)
        assert result.exit_code == 0
        assert b"AWS_SECRET" not in result.stdout
        assert b"HOME=" + str(tmp_path).encode() in result.stdout


@pytest.mark.asyncio
async def test_a_process_that_hangs_is_killed_with_its_children(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        script = "echo $$ > pid; sleep 60 & echo $! > child; wait"
        intent = ProcessIntent(**COMMON, argv=("sh", "-c", script), timeout_s=2.0, working_directory=str(tmp_path))
        result = await opened.gate.run_process(intent)
        assert isinstance(result, ProcessResult)
        assert result.timed_out
        assert result.exit_code is None
        for name in ("pid", "child"):
            assert not _alive(int((tmp_path / name).read_text()))


def _alive(pid: int) -> bool:
    for _ in range(3000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return False
        except FileNotFoundError:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.asyncio
async def test_a_process_that_floods_us_is_cut_off(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        intent = ProcessIntent(**COMMON, argv=("yes",), max_output_bytes=100_000, timeout_s=60)
        result = await opened.gate.run_process(intent)
        assert isinstance(result, ProcessResult)
        assert result.truncated
        assert len(result.stdout) == 100_000


@pytest.mark.asyncio
async def test_a_process_cannot_take_more_memory_than_its_limit(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        argv = (sys.executable, "-c", "x = bytearray(1_500_000_000)")
        result = await opened.gate.run_process(ProcessIntent(**COMMON, argv=argv, memory_bytes=500_000_000))
        assert isinstance(result, ProcessResult)
        assert result.exit_code == 1
        assert b"MemoryError" in result.stderr


BOUNDED = """
import asyncio, resource, sys
from pathlib import Path
from scanner.gate.process import run_process
from scanner.model.effect import Effect
from scanner.model.intent import ProcessIntent
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
tell = "import resource; print(resource.getrlimit(resource.RLIMIT_AS))"
asked = ProcessIntent(
    effect=Effect.READ, environment="test", probe="a", purpose="a", argv=(sys.executable, "-c", tell),
    memory_bytes=int(sys.argv[1]),
)
print(asyncio.run(run_process(asked, Path("/"))).stdout.decode())
"""


@pytest.mark.parametrize("asked,given", [(2_000_000_000, 1_500_000_000), (1_000_000_000, 1_000_000_000)])
def test_a_process_of_a_bounded_caller_gets_no_more_than_it_has(asked, given):
    done = subprocess.run([sys.executable, "-c", BOUNDED, str(asked)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str((given, given))


@pytest.mark.asyncio
async def test_a_secret_never_stands_in_the_words_of_a_process(tmp_path):
    async with open_gate(target(), tmp_path, {"emsp-one": TOKEN}) as opened:
        for intent in (
            ProcessIntent(**COMMON, argv=("echo", TOKEN)),
            ProcessIntent(**COMMON, argv=("env",), environment_variables={"X": TOKEN}),
        ):
            result = await opened.gate.run_process(intent)
            assert isinstance(result, Refused)
            assert result.kind is RefusalKind.CREDENTIAL


@pytest.mark.asyncio
async def test_what_a_process_will_connect_to_is_taken_from_the_budget_first(tmp_path):
    small = target(limits=replace(FAST, max_requests=10))
    async with open_gate(small, tmp_path) as opened:
        fits = ProcessIntent(**COMMON, argv=("true",), reserves={"localhost": 8})
        assert isinstance(await opened.gate.run_process(fits), ProcessResult)
        assert opened.gate.requests_sent == 0
        refused = await opened.gate.run_process(fits)
        assert isinstance(refused, Refused)
        assert refused.kind is RefusalKind.BUDGET


@pytest.mark.asyncio
async def test_a_listener_knows_the_call_that_it_waited_for(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        intent = ListenIntent(**COMMON, host="127.0.0.1", port=0, nonce="n0nce", deadline_s=60)
        async with opened.gate.listen(intent) as listener:
            assert isinstance(listener, Listener)
            await _call(listener.port, "/somebody-else")
            await _call(listener.port, "/callback/n0nce")
            event = await listener.wait()
            assert event is not None
            assert event.path == "/callback/n0nce"
            assert event.peer == "127.0.0.1"
            assert len(listener.events) == 2


@pytest.mark.asyncio
async def test_a_listener_that_nobody_calls_gives_up_at_its_deadline(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        intent = ListenIntent(**COMMON, host="127.0.0.1", port=0, nonce="n0nce", deadline_s=0.2)
        async with opened.gate.listen(intent) as listener:
            assert isinstance(listener, Listener)
            assert await listener.wait() is None


async def _call(port: int, path: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    await reader.read()
    writer.close()
    await writer.wait_closed()


@pytest.mark.asyncio
async def test_a_name_that_does_not_exist_is_said_so(tmp_path):
    nowhere = loopback_target("https://does-not-exist.invalid/versions")
    async with open_gate(nowhere, tmp_path) as opened:
        outcome = await opened.gate.resolve(DnsIntent(**COMMON, name="does-not-exist.invalid"))
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.DNS


@pytest.mark.asyncio
async def test_aws_answers_reads_and_refuses_everything_else(tmp_path, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("dynamodb", region_name="eu-central-1").create_table(
            TableName="cdrs",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        async with open_gate(target(), tmp_path) as opened:
            client = opened.gate.aws(AwsIntent(**COMMON, service="dynamodb", region="eu-central-1"))
            assert not isinstance(client, Refused)
            answer = await client.call("ListTables")
            assert isinstance(answer, AwsAnswer)
            assert answer.members["TableNames"] == ["cdrs"]
            with pytest.raises(PermissionError):
                await client.call("DeleteTable", TableName="cdrs")
    assert any(entry.get("aws") == "dynamodb:ListTables" for entry in read_journal(tmp_path / FILE_NAME))


@pytest.mark.parametrize(
    "service, operation",
    [
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParameterHistory"),
        ("sso", "GetRoleCredentials"),
        ("ec2", "GetPasswordData"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "DeleteTable"),
        ("sts", "AssumeRole"),
        ("logs", "GetLogEvents"),
    ],
)
def test_operations_that_change_or_hand_out_contents_are_not_reads(service, operation):
    assert not is_read(service, operation)


@pytest.mark.parametrize("service", sorted(ALLOWED))
def test_every_operation_on_the_list_is_one_of_the_service(service):
    operations = boto3.client(service, region_name="eu-central-1").meta.service_model.operation_names
    assert ALLOWED[service] <= set(operations)


def test_a_torn_last_line_of_a_journal_is_dropped_and_writing_goes_on(tmp_path):
    path = tmp_path / FILE_NAME
    journal = Journal(path, Redactor())
    journal.write("run", {"run_id": "a"})
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"kind":"intent","numb')
    assert [entry["kind"] for entry in read_journal(path)] == ["run"]
    journal = Journal(path, Redactor())
    journal.write("run", {"run_id": "b"})
    journal.close()
    assert [entry["run_id"] for entry in read_journal(path)] == ["a", "b"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["intent", "probe", "checkpoint"])
@pytest.mark.parametrize(
    "value", ["caf\N{LATIN SMALL LETTER E WITH ACUTE} \u2028", "half a pair: \ud800", 2**70, -0.0, [None, {"a": 1.5}]]
)
def test_a_journal_gives_back_what_was_written(tmp_path, kind, value):
    journal = Journal(tmp_path / FILE_NAME, Redactor())
    journal.write(kind, {"value": value})
    journal.write(kind, {"value": "next"})
    journal.close()
    assert [entry["value"] for entry in read_journal(tmp_path / FILE_NAME)] == [value, "next"]


def test_a_number_that_is_none_survives_in_the_words_of_a_target(tmp_path):
    journal = Journal(tmp_path / FILE_NAME, Redactor())
    journal.write("checkpoint", {"value": float("nan")})
    journal.close()
    (entry,) = read_journal(tmp_path / FILE_NAME)
    assert math.isnan(entry["value"])


def test_a_journal_of_an_earlier_version_is_read(tmp_path):
    path = tmp_path / FILE_NAME
    path.write_text('{"kind":"probe","value":["\\u00e9 \\ud800",NaN,1e999]}\n', encoding="ascii")
    (entry,) = read_journal(path)
    assert entry["value"][0] == "\u00e9 \ud800"
    assert math.isnan(entry["value"][1])
    assert entry["value"][2] == math.inf


def test_a_full_disk_leaves_the_journal_whole(tmp_path, monkeypatch):
    path = tmp_path / FILE_NAME
    journal = Journal(path, Redactor())
    journal.write("run", {"run_id": "a"})
    real_write = os.write

    def write(file, data):
        if len(data) > 10:
            return real_write(file, data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", write)
        with pytest.raises(OSError, match="No space"):
            journal.write("intent", {"number": 1, "url": "https://x/" + "y" * 50})
    journal.write("run", {"run_id": "b"})
    journal.close()
    assert [entry["run_id"] for entry in read_journal(path)] == ["a", "b"]


@pytest.mark.parametrize("line", ["null", "[]", "7", "{}", '{"number":1}'])
def test_a_line_that_is_no_entry_is_named_as_well(tmp_path, line):
    path = tmp_path / "journal.jsonl"
    path.write_text(f'{{"kind":"run"}}\n{line}\n')
    with pytest.raises(JournalBroken, match="line 2"):
        list(read_journal(path))


def test_a_damaged_line_inside_a_journal_is_named(tmp_path):
    path = tmp_path / FILE_NAME
    path.write_bytes(b'{"kind":"run"}\nrubbish\n{"kind":"run"}\n')
    with pytest.raises(JournalBroken, match="line 2"):
        list(read_journal(path))
