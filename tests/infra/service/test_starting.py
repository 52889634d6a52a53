"""Registrations that an operator has the service start: what gets through, and what is told where it does not."""

from __future__ import annotations

import asyncio
import base64
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from infra.service.commanding.sender import CommandSender
from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.folder import prepare
from infra.service.starting.door import ask, operators_door
from infra.service.starting.starter import Starter
from tests.infra.service.exchange_client import Client
from tests.infra.service.partner_stub import PartnerStub, Response, ocpi, partner_stub, well_behaved
from tests.targets.reference_service import RunningService, prepared_folder, running_service

TOKEN_A = "token-A-of-the-partner-0123456789"
TOKEN_C = "token-C-of-the-partner-0123456789"
THEM = {"role": "EMSP", "country_code": "DE", "party_id": "VLT", "business_details": {"name": "Voltfahrt"}}


@pytest.fixture
def control() -> Iterator[Path]:
    with TemporaryDirectory() as folder:  # a short path: that of a Unix socket has about a hundred bytes
        yield Path(folder) / "control"


@pytest.fixture
def service(tmp_path: Path, control: Path) -> Iterator[RunningService]:
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder = prepare(tmp_path / "deployment", outbound=outbound)
    with running_service(folder=folder, versions=["2.2.1"], control=control) as running:
        yield running


@pytest.fixture
def stub() -> Iterator[PartnerStub]:
    with partner_stub(prepared_folder()) as running:
        well_behaved(running)
        yield running


def start(control: Path, url: str, partner: str = "emsp-a", token: str = TOKEN_A) -> dict[str, str]:
    return asyncio.run(ask(control, partner, url, token))


def answering(stub: PartnerStub, **changes: Any) -> None:
    """The partner takes our credentials, and answers with its own."""
    theirs = {"token": TOKEN_C, "url": f"{stub.origin}/versions", "roles": [THEM], **changes}
    stub.answers["/2.2.1/credentials"] = lambda: ocpi(theirs)


def with_token(service: RunningService, token: str) -> Client:
    return Client(service=service, authorization="Token " + base64.b64encode(token.encode()).decode())


def opens(service: RunningService, token: str) -> int:
    return with_token(service, token).get("/ocpi/versions").status


def test_a_registration_that_is_started_replaces_both_tokens(
    service: RunningService, control: Path, stub: PartnerStub
) -> None:
    answering(stub)
    assert start(control, f"{stub.origin}/versions") == {"outcome": "registered", "version": "2.2.1"}
    ((path, _, ours),) = stub.posted
    assert path == "/2.2.1/credentials"
    assert ours["url"] == service.versions_url
    assert opens(service, ours["token"]) == 200
    assert opens(service, service.tokens["emsp-a"]) == 401
    shown = [value for _, value in stub.seen]
    agreed, answered = ("Token " + base64.b64encode(t.encode()).decode() for t in (TOKEN_A, TOKEN_C))
    assert shown == [agreed, agreed, answered]  # versions, details, and once more to see that it works


def test_an_offered_token_opens_versions_and_credentials_alone_and_only_until_the_answer(
    service: RunningService, control: Path, stub: PartnerStub
) -> None:
    asked: list[int] = []

    def refusing() -> Response:
        offered = stub.posted[-1][2]["token"]
        paths = ("/ocpi/versions", "/ocpi/2.2.1/credentials", "/ocpi/cpo/2.2.1/locations")
        asked.extend(with_token(service, offered).get(path).status for path in paths)
        return ocpi(None, 3000)

    stub.answers["/2.2.1/credentials"] = refusing
    assert start(control, f"{stub.origin}/versions")["outcome"] == "failed"
    assert asked == [200, 200, 401]
    assert opens(service, stub.posted[-1][2]["token"]) == 401
    assert opens(service, service.tokens["emsp-a"]) == 200


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"url": "https://elsewhere.example.com/versions"}, "other_origin"),
        ({"url": "http://localhost/versions"}, "other_origin"),
        ({"token": ""}, "Invalid or missing: token"),
        ({"roles": [{**THEM, "party_id": "OTH"}]}, "not those of your contract"),
    ],
)
def test_an_answer_that_is_not_the_partners_changes_nothing(
    service: RunningService, control: Path, stub: PartnerStub, changes: dict[str, Any], reason: str
) -> None:
    answering(stub, **changes)
    said = start(control, f"{stub.origin}/versions")
    assert said["outcome"] == "failed"
    assert reason in said["reason"]
    assert opens(service, service.tokens["emsp-a"]) == 200
    assert opens(service, stub.posted[-1][2]["token"]) == 401


@pytest.mark.parametrize(
    "asked, reason",
    [
        ({"partner": "nobody"}, "no such partner"),
        ({"versions_url": "http://localhost/versions"}, "https"),
        ({"token": "two words"}, "not an object with"),
        ({"token": 5}, "not an object with"),
    ],
)
def test_what_cannot_be_started_is_said(
    service: RunningService, control: Path, asked: dict[str, Any], reason: str
) -> None:
    whole = {"partner": "emsp-a", "versions_url": "https://localhost/versions", "token": TOKEN_A, **asked}
    said = asyncio.run(ask(control, **whole))
    assert said["outcome"] == "failed"
    assert reason in said["reason"]
    assert opens(service, service.tokens["emsp-a"]) == 200


def test_the_operators_door_is_for_the_user_of_the_service_alone_and_is_gone_with_it(control: Path) -> None:
    with running_service(versions=["2.2.1"], control=control):
        assert stat.S_IMODE(control.stat().st_mode) == 0o600
    assert not control.exists()


def test_a_start_that_is_under_way_when_the_service_ends_is_interrupted_and_has_ended_with_it(control: Path) -> None:
    begun, ended = asyncio.Event(), []

    class Slow(Starter):
        async def start(self, partner_id: str, versions_url: str, agreed: CredentialsToken) -> str:
            del versions_url, agreed
            begun.set()
            try:
                return await asyncio.Future()
            finally:
                for _ in range(20):  # as a connection that takes some turns of the loop to close
                    await asyncio.sleep(0)
                ended.append(partner_id)

    async def run() -> None:
        async with operators_door(control, Slow(()), CommandSender(())):
            asking = asyncio.create_task(ask(control, "emsp-a", "https://localhost/versions", TOKEN_A))
            await begun.wait()
        assert ended == ["emsp-a"]
        with pytest.raises(ValueError, match="Expecting value"):
            await asking

    asyncio.run(run())


def test_a_line_that_is_no_json_or_too_long_is_refused_and_the_next_one_is_heard(control: Path) -> None:
    async def said(line: bytes) -> dict[str, str]:
        reader, writer = await asyncio.open_unix_connection(control)
        writer.write(line)
        writer.write_eof()
        answer: dict[str, str] = json.loads(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return answer

    with running_service(versions=["2.2.1"], control=control):
        for line in (b"", b"{\n", b"[" * 5000 + b"\n", b"1\n"):
            assert asyncio.run(said(line))["outcome"] == "failed"


def test_the_command_reads_the_token_from_standard_input_and_says_what_came_of_it(
    service: RunningService, control: Path, stub: PartnerStub
) -> None:
    answering(stub)
    command = [sys.executable, "-m", "infra.service", "register", str(control), "emsp-a", f"{stub.origin}/versions"]
    done = subprocess.run(command, input=TOKEN_A + "\n", capture_output=True, text=True, check=False, timeout=500)
    assert (done.returncode, done.stdout) == (0, "Registered with emsp-a in 2.2.1\n"), done.stderr
    assert TOKEN_A not in done.stdout + done.stderr
    assert opens(service, service.tokens["emsp-a"]) == 401
