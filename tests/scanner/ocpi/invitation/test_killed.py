"""A kill -9 at each step of a registration that the platform starts: a token that works remains, and is put back."""

import asyncio
import base64
import secrets
import signal
import threading

import pytest

from infra.service.starting.door import ask
from scanner.gate.journal import FILE_NAME, read_journal
from scanner.model.witness import Witness
from scanner.ocpi.invitation.standing import settle_standing
from scanner.run.leftovers import left_behind
from tests.infra.service.exchange_client import Client
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.invitation.killed_child import target_at
from tests.targets.inviting import free_port, inviting_service
from tests.targets.killed_scanners import scanners

NAME = "emsp-e"
SETTLED = ("settled 1", "settled 2")
STANDING = ("offered 1", "settling 1", "offered 2", "handed out 1", "answered 1", "set aside 1", "kept 1")


@pytest.fixture(scope="module")
def scanner():
    with scanners("tests.scanner.ocpi.invitation.killed_child") as run:
        yield run


@pytest.fixture
def inviting():
    with inviting_service() as running:
        yield running


def killed(scanner, inviting, folder, step):
    """What the scanner was asked, which is dead now; nobody of the platform is still under way."""
    service = inviting.service
    chain, key = service.folder.server
    asked = {"url": service.versions_url, "ca": service.ca_path, "chain": chain, "key": key, "folder": folder}
    asked |= {"path": secrets.token_urlsafe(16), "port": free_port(), "agreed": secrets.token_urlsafe(32)}
    asked = {name: str(value) for name, value in {**asked, "step": step, "token": service.tokens[NAME]}.items()}
    ended = threading.Event()
    operator = threading.Thread(target=lambda: asyncio.run(operate(inviting, asked, ended)))
    operator.start()
    try:
        assert scanner(asked) == -signal.SIGKILL
    finally:
        ended.set()
        operator.join()
    return asked


async def operate(inviting, asked, ended):
    """Starts registrations until the scanner is dead; each is waited for to its end."""
    url = f"https://localhost:{asked['port']}/{asked['path']}/versions"
    while not ended.is_set():
        await ask(inviting.control, NAME, url, asked["agreed"])
        await asyncio.sleep(0.05)


def opens_versions(service, token):
    shown = base64.b64encode(token.encode()).decode()
    return Client(service=service, authorization=f"Token {shown}").get("/ocpi/versions").status == 200


def kept(asked, folder):
    """Every token that a disk still holds: the configured one, and those in the sink and beside it."""
    return {asked["token"], *(path.read_text().strip() for path in (folder / "sinks").iterdir())}


def settled(asked, folder):
    """What cleanup says, and the token that the next run speaks with."""
    sink = folder / "sinks" / NAME
    token = sink.read_text().strip() if sink.exists() else asked["token"]

    async def run():
        async with open_gate(target_at(asked), folder, tokens={NAME: token}) as opened:
            said = await settle_standing(opened.context(Witness.PROTOCOL), NAME)
            standing = await opened.gate.standing_offers.recall("test", NAME)
            assert standing is None
            return said

    said = asyncio.run(run())
    return said, sink.read_text().strip() if sink.exists() else asked["token"]


@pytest.mark.parametrize("step", STANDING)
def test_a_token_that_works_is_kept_and_cleanup_finds_out_which_one(scanner, inviting, tmp_path, step):
    asked = killed(scanner, inviting, tmp_path, step)
    assert any(opens_versions(inviting.service, token) for token in kept(asked, tmp_path))
    said, token = settled(asked, tmp_path)
    assert said is not None
    assert said.is_done, said.said
    assert opens_versions(inviting.service, token)
    assert kept(asked, tmp_path) - {asked["token"], token} <= handed_out(tmp_path)
    begun = token != asked["token"]
    assert bool(left_behind(read_journal(tmp_path / FILE_NAME))) is begun


def handed_out(folder):
    path = folder / "sinks" / f"{NAME}.for-partner"
    return {path.read_text().strip()} if path.exists() else set()


@pytest.mark.parametrize("step", SETTLED)
def test_what_is_settled_needs_no_way_back(scanner, inviting, tmp_path, step):
    asked = killed(scanner, inviting, tmp_path, step)
    said, token = settled(asked, tmp_path)
    assert said is None
    assert opens_versions(inviting.service, token)
    assert (token == asked["token"]) is (step == "settled 1")
