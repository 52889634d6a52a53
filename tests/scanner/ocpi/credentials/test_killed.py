"""A kill -9 at each step of a registration: the sink holds a token that works, and cleanup knows what was left."""

import asyncio
import base64
import signal

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from tests.infra.service.exchange_client import Client
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.credentials.killed_child import target_at
from tests.targets.killed_scanners import scanners
from tests.targets.registering import registering_service

BEFORE_A_TOKEN = ("handed out 1", "asked PUT 1", "answered PUT 1", "handed out 2", "asked POST 1")
WITH_A_TOKEN = ("kept 1", "registered", "handed out 6", "asked PUT 2", "kept 2", "renewed", "doubted")
FURTHER = ("claimed", "restored")  # and "failed half-way", below
UNKNOWN = ("answered POST 1", "answered PUT 2")  # the platform has answered, and nobody has read it


@pytest.fixture(scope="module")
def scanner():
    """Runs a scanner of its own for each call, until the step at which it is killed."""
    with scanners("tests.scanner.ocpi.credentials.killed_child") as run:

        def killed(service, folder, step):
            chain, key = service.folder.server
            paths = {"ca": service.ca_path, "chain": chain, "key": key, "folder": folder}
            asked = {name: str(path) for name, path in paths.items()}
            return run({**asked, "url": service.versions_url, "step": step, "token": service.tokens["newcomer"]})

        yield killed


@pytest.fixture
def service():
    with registering_service((), ("2.2.1",)) as running:
        yield running


def opens_versions(service, token):
    shown = base64.b64encode(token.encode()).decode()
    return Client(service=service, authorization=f"Token {shown}").get("/ocpi/versions").status == 200


def present_token(service, folder):
    """What the next run speaks with: the sink's token, or the configured one where there is none yet."""
    sink = folder / "sinks" / "newcomer"
    return sink.read_text().strip() if sink.exists() else service.tokens["newcomer"]


@pytest.mark.parametrize("step", [*BEFORE_A_TOKEN, *WITH_A_TOKEN, *FURTHER])
def test_the_token_that_the_next_run_speaks_with_works(scanner, service, tmp_path, step):
    assert scanner(service, tmp_path, step) == -signal.SIGKILL
    token = present_token(service, tmp_path)
    assert opens_versions(service, token)
    assert (token == service.tokens["newcomer"]) is (step in BEFORE_A_TOKEN)


@pytest.mark.parametrize("step", UNKNOWN)
def test_an_answer_that_nobody_read_is_named_as_unknown(scanner, service, tmp_path, step):
    """The one moment that OCPI leaves no way round: the platform has changed tokens, and no disk knows the new one."""
    assert scanner(service, tmp_path, step) == -signal.SIGKILL
    assert not opens_versions(service, present_token(service, tmp_path))
    (left,) = left_behind(read_journal(tmp_path / FILE_NAME))
    assert left.status is None
    assert left.leftover.what.startswith("the registration of AT-ALP")


def test_after_the_end_nothing_is_left_and_nothing_opens(scanner, service, tmp_path):
    assert scanner(service, tmp_path, "ended") == -signal.SIGKILL
    assert left_behind(read_journal(tmp_path / FILE_NAME)) == ()
    assert not opens_versions(service, present_token(service, tmp_path))


@pytest.mark.parametrize("step", ["registered", "failed half-way"])
def test_cleanup_ends_the_registration_with_the_token_in_the_sink(scanner, service, tmp_path, step):
    assert scanner(service, tmp_path, step) == -signal.SIGKILL
    token = present_token(service, tmp_path)
    assert opens_versions(service, token)
    entries = list(read_journal(tmp_path / FILE_NAME))
    (left,) = left_behind(entries)
    chain, key = service.folder.server

    async def clean():
        target = target_at(service.versions_url, service.ca_path, chain, key)
        async with open_gate(target, tmp_path, tokens={"newcomer": token}) as opened:
            return await clean_up(entries, opened.gate)

    done = asyncio.run(clean())
    assert done.removed == (left.leftover,)
    assert not done.remaining
    assert not opens_versions(service, token)
    assert left_behind(read_journal(tmp_path / FILE_NAME)) == ()
