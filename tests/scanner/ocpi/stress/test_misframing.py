"""Messages of doubtful length, sent to servers that read them carelessly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from checks.model.verdict import Outcome
from scanner.model.effect import Mode
from scanner.model.facts.ocpi.stress import MisframedTreated
from scanner.model.observation import Reason
from scanner.model.target import Authorisation
from scanner.model.witness import Witness
from scanner.ocpi.reply import NoReply
from scanner.ocpi.stress.misframing import MESSAGES, misframe
from tests.checks.families.test_ocpi_stress import BY_MESSAGE, judged
from tests.scanner.gate_fixtures import loopback_target, open_gate
from tests.targets.byte_server import byte_server, ok

REFUSED = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def treated_by(answer, folder):
    async with byte_server(answer) as server:
        plain, now = loopback_target(f"http://127.0.0.1:{server.port}/ocpi/versions"), datetime.now(UTC)
        agreed = Authorisation(host="127.0.0.1", who="Ada", starts=now, ends=now + timedelta(hours=1))
        target = replace(plain, mode=Mode.STRESS, authorisations=(agreed,))
        async with open_gate(target, folder) as opened:
            treated = await misframe(opened.context(Witness.PROTOCOL), target.endpoints[0], 0.3)
            return treated, server


@pytest.mark.asyncio
async def test_a_server_that_takes_the_first_length_and_goes_on_is_found(tmp_path):
    treated, server = await treated_by(ok(), tmp_path)
    assert isinstance(treated, MisframedTreated)
    told = {message.what: message for message in treated.messages}
    assert told["two Content-Lengths"].statuses == (200, 200)  # the second one is the hidden request
    assert not told["Content-Length and Transfer-Encoding"].ended
    assert judged(treated)[BY_MESSAGE] is Outcome.FAIL
    assert server.connections == len(MESSAGES) + 1


@pytest.mark.asyncio
async def test_a_server_that_refuses_and_closes_passes(tmp_path):
    async def refuses(_reader, writer):
        writer.write(REFUSED)
        await writer.drain()

    treated, _ = await treated_by(refuses, tmp_path)
    assert isinstance(treated, MisframedTreated)
    assert all(message.statuses == (400,) and message.ended for message in treated.messages)
    assert judged(treated)[BY_MESSAGE] is Outcome.PASS


@pytest.mark.asyncio
async def test_where_an_ordinary_request_is_not_answered_nothing_is_told(tmp_path):
    async def silent(_reader, _writer):
        return

    treated, server = await treated_by(silent, tmp_path)
    assert isinstance(treated, NoReply)
    assert treated.reason is Reason.CONTROL_FAILED
    assert server.connections == 1
