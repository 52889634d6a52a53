"""Commands that an operator has the service send: to whom, at what URL, and from when to when a result is taken."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from infra.service.deployment.folder import prepare
from infra.service.starting.door import ask, command
from tests.infra.service.exchange_client import Client
from tests.infra.service.partner_stub import PartnerStub, ocpi, partner_stub
from tests.infra.service.test_starting import TOKEN_A, TOKEN_C, with_token
from tests.targets.reference_service import RunningService, prepared_folder, running_service

CPO = {"role": "CPO", "country_code": "BE", "party_id": "GRN", "business_details": {"name": "Groene Laadpalen"}}
BODY = {"reservation_id": "R-NONE"}
COMMANDED = "/2.2.1/commands/CANCEL_RESERVATION"


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
def stub(service: RunningService, control: Path) -> Iterator[PartnerStub]:
    """The platform of `cpo-c`, with which the service registers first."""
    with partner_stub(prepared_folder()) as running:
        modules = [("credentials", "SENDER"), ("commands", "RECEIVER")]
        endpoints = [{"identifier": m, "role": r, "url": f"{running.origin}/2.2.1/{m}"} for m, r in modules]
        details = {"version": "2.2.1", "endpoints": endpoints}
        theirs = {"token": TOKEN_C, "url": f"{running.origin}/versions", "roles": [CPO]}
        running.answers["/versions"] = lambda: ocpi([{"version": "2.2.1", "url": f"{running.origin}/2.2.1"}])
        running.answers["/2.2.1"] = lambda: ocpi(details)
        running.answers["/2.2.1/credentials"] = lambda: ocpi(theirs)
        running.answers[COMMANDED] = lambda: ocpi({"result": "ACCEPTED", "timeout": 60})
        assert asyncio.run(ask(control, "cpo-c", f"{running.origin}/versions", TOKEN_A))["outcome"] == "registered"
        yield running


def send(control: Path, partner: str = "cpo-c", name: str = "CANCEL_RESERVATION", body: Any = None) -> dict[str, str]:
    return asyncio.run(command(control, partner, name, BODY if body is None else body))


def commanded(service: RunningService, stub: PartnerStub) -> Client:
    """With the token that the service handed out when it registered."""
    return with_token(service, stub.posted[0][2]["token"])


def posted(client: Client, service: RunningService, url: str, result: str = "ACCEPTED") -> int | None:
    return client.post(url.removeprefix(service.origin), {"result": result}).code


def test_a_command_names_a_url_of_its_own_and_its_result_is_taken_once(
    service: RunningService, control: Path, stub: PartnerStub
) -> None:
    said = send(control), send(control)
    first, second = (one["response_url"] for one in said)
    assert first != second
    assert [(path, document) for path, _, document in stub.posted[1:]] == [
        (COMMANDED, {**BODY, "response_url": first}),
        (COMMANDED, {**BODY, "response_url": second}),
    ]
    client = commanded(service, stub)
    assert [posted(client, service, first, result) for result in ("ACCEPTED", "ACCEPTED", "FAILED")] == [
        1000,
        1000,
        2001,
    ]
    assert posted(client, service, second) == 1000


def test_a_result_is_refused_when_its_time_is_over(service: RunningService, control: Path, stub: PartnerStub) -> None:
    stub.answers[COMMANDED] = lambda: ocpi({"result": "ACCEPTED", "timeout": 0})
    assert posted(commanded(service, stub), service, send(control)["response_url"]) == 2001


@pytest.mark.parametrize(
    "answer",
    [
        ocpi({"result": "REJECTED", "timeout": 60}),
        ocpi({"result": "ACCEPTED", "timeout": 60}, 2000),
        ocpi({"result": "ACCEPTED", "timeout": -1}),
        ocpi({"result": "ACCEPTED", "timeout": True}),
        ocpi({"result": "ACCEPTED"}),
        ocpi([]),
        (500, {}, b""),
    ],
)
def test_the_result_of_a_command_that_was_not_taken_is_refused(
    service: RunningService, control: Path, stub: PartnerStub, answer: Any
) -> None:
    stub.answers[COMMANDED] = lambda: answer
    assert send(control)["outcome"] == "failed"
    url = stub.posted[-1][2]["response_url"]
    assert posted(commanded(service, stub), service, url) not in {None, 1000}


@pytest.mark.parametrize(
    "asked, reason",
    [
        ({"partner": "nobody"}, "no such partner"),
        ({"partner": "emsp-a"}, "no registration in a version"),
        ({"name": "OPEN_SESAME"}, "no such command"),
        ({"name": "UNLOCK_CONNECTOR"}, "Invalid or missing"),
        ({"body": []}, "not an object with"),
        ({"name": 7}, "not an object with"),
    ],
)
def test_what_cannot_be_sent_is_said(control: Path, stub: PartnerStub, asked: dict[str, Any], reason: str) -> None:
    said = send(control, **asked)
    assert said["outcome"] == "failed"
    assert reason in said["reason"]
    assert len(stub.posted) == 1  # the credentials


def test_the_command_reads_the_body_from_standard_input_and_says_where_the_result_may_come(
    control: Path, stub: PartnerStub
) -> None:
    line = [sys.executable, "-m", "infra.service", "command", str(control), "cpo-c", "CANCEL_RESERVATION"]
    done = subprocess.run(line, input=json.dumps(BODY), capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    assert f"its result may come to {stub.posted[-1][2]['response_url']}" in done.stdout
