"""A process that serves several environments, and a raw connection that is a handshake alone."""

import sys
from dataclasses import replace

import pytest

from scanner.gate.journal import FILE_NAME, read_journal
from scanner.gate.process import ProcessResult
from scanner.gate.raw import RawConnection
from scanner.model.effect import Effect
from scanner.model.exchange import RefusalKind, Refused
from scanner.model.intent import ProcessIntent, RawIntent
from scanner.model.target import Limits
from scanner.run.resume import journalled
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.byte_server import byte_server


def process(**changes):
    fields = {
        "effect": Effect.READ, "environment": "test", "probe": "tls", "purpose": "scan",
        "argv": (sys.executable, "-c", "print('done')"), "reserves": {"127.0.0.1": 10},
    }  # fmt: skip
    return ProcessIntent(**{**fields, **changes})


def raw(port, **changes):
    fields = {
        "effect": Effect.READ, "environment": "test", "probe": "tls", "purpose": "hello",
        "host": "127.0.0.1", "port": port,
    }  # fmt: skip
    return RawIntent(**{**fields, **changes})


def target(limits=FAST):
    return loopback_target("https://127.0.0.1:1/v", limits=limits)


def test_the_shares_of_a_host_add_up_over_environments():
    intent = process(elsewhere={"prod": {"127.0.0.1": 5, "127.0.0.2": 7}})
    assert intent.reserved() == {"127.0.0.1": 15, "127.0.0.2": 7}
    assert [(own.environment, own.reserves) for own in intent.by_environment()] == [
        ("test", {"127.0.0.1": 10}),
        ("prod", {"127.0.0.1": 5, "127.0.0.2": 7}),
    ]


@pytest.mark.asyncio
async def test_every_environment_must_be_in_the_run_and_have_the_host_in_scope(tmp_path):
    async with open_gate(target(), tmp_path) as opened:
        unknown = await opened.gate.run_process(process(elsewhere={"prod": {"127.0.0.1": 1}}))
        outside = await opened.gate.run_process(process(elsewhere={"test": {"192.0.2.1": 1}}))
    assert isinstance(unknown, Refused)
    assert "no environment 'prod'" in unknown.detail
    assert isinstance(outside, Refused)
    assert outside.kind is RefusalKind.OUT_OF_SCOPE


@pytest.mark.asyncio
async def test_all_shares_together_must_fit_and_are_on_record(tmp_path):
    async with open_gate(target(Limits(max_requests=20)), tmp_path) as opened:
        too_much = await opened.gate.run_process(process(elsewhere={"test": {"127.0.0.1": 11}}))
        fits = await opened.gate.run_process(process(elsewhere={"test": {"127.0.0.1": 10}}))
        nothing_left = await opened.gate.run_process(process(reserves={"127.0.0.1": 1}))
    assert isinstance(too_much, Refused)
    assert isinstance(fits, ProcessResult)
    assert isinstance(nothing_left, Refused)
    assert nothing_left.kind is RefusalKind.BUDGET
    assert journalled(read_journal(tmp_path / FILE_NAME)).spent["127.0.0.1"].reserved == 20


@pytest.mark.asyncio
@pytest.mark.parametrize("asks, refusals", [(True, 1), (False, 0)])
async def test_a_handshake_alone_is_no_request_without_a_token_also_after_a_resume(tmp_path, asks, refusals):
    async with byte_server(b"") as server, open_gate(target(), tmp_path) as opened:
        async with opened.gate.raw(raw(server.port, asks=asks)) as connection:
            assert not isinstance(connection, Refused)
        assert opened.gate.requests_sent == 1
    assert journalled(read_journal(tmp_path / FILE_NAME)).spent["127.0.0.1"].refusals == refusals


@pytest.mark.asyncio
async def test_a_handshake_may_still_be_made_where_requests_without_a_token_are_used_up(tmp_path):
    limits = replace(FAST, max_refusals=0)
    async with byte_server(b"") as server, open_gate(target(limits), tmp_path) as opened:
        async with opened.gate.raw(raw(server.port)) as asking:
            assert isinstance(asking, Refused)
        async with opened.gate.raw(raw(server.port, asks=False)) as handshake:
            assert not isinstance(handshake, Refused)


@pytest.mark.asyncio
async def test_only_an_address_that_the_name_was_pinned_to_is_connected_to(tmp_path):
    async with byte_server(b"") as server, open_gate(target(), tmp_path) as opened:
        async with opened.gate.raw(raw(server.port, address="127.0.0.2")) as elsewhere:
            assert isinstance(elsewhere, Refused)
            assert elsewhere.kind is RefusalKind.OUT_OF_SCOPE
        async with opened.gate.raw(raw(server.port, address="127.0.0.1")) as connection:
            assert isinstance(connection, RawConnection)
            assert connection.address == "127.0.0.1"
    assert server.connections == 1
