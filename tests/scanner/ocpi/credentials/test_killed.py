"""A kill -9 in the middle of a registration: the sink holds a token that works, and cleanup knows what was left."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.run.cleanup import clean_up
from scanner.run.leftovers import left_behind
from tests.infra.service.exchange_client import Client
from tests.scanner.gate_fixtures import open_gate
from tests.scanner.ocpi.credentials.killed_child import target_at
from tests.targets.registering import registering_service

ROOT = Path(__file__).parents[4]


def killed(service, folder, step):
    chain, key = service.folder.server
    arguments = [str(folder), service.versions_url, str(service.ca_path), str(chain), str(key), step]
    return subprocess.run(
        [sys.executable, "-m", "tests.scanner.ocpi.credentials.killed_child", *arguments],
        cwd=ROOT,
        input=service.tokens["newcomer"],
        text=True,
        timeout=60,
        check=False,
    ).returncode


def opens_versions(service, token):
    return Client(service=service, authorization=f"Token {token}").get("/ocpi/2.1.1").status == 200


@pytest.mark.parametrize("step", ["registered", "renewed"])
def test_the_sink_holds_a_working_token_and_cleanup_ends_the_registration(tmp_path, step):
    with registering_service() as service:
        assert killed(service, tmp_path, step) == -signal.SIGKILL
        token = (tmp_path / "sinks" / "newcomer").read_text().strip()
        assert token != service.tokens["newcomer"]
        assert opens_versions(service, token)
        assert not opens_versions(service, service.tokens["newcomer"])

        entries = list(read_journal(tmp_path / FILE_NAME))
        (left,) = left_behind(entries)
        assert left.leftover.what.startswith("the registration of AT-ALP")
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
