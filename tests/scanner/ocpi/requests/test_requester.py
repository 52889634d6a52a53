"""What one answer, or one result, says of a step: a platform that did not look at it has not refused it."""

import asyncio
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.facts.ocpi.callbacks import ResultCame
from scanner.model.facts.ocpi.transitions import Became
from scanner.model.intent import IdentityCredential
from scanner.model.ocpi.machines.catalog import machine
from scanner.ocpi.requests.requester import Request, Requester
from tests.scanner.ocpi.exchanges import answered


def stub(**fields: object) -> Any:
    return SimpleNamespace(**fields)


def became(exchange, *results, before=0):
    """`before`: how many of the results had come to the same URL when the request was sent again."""
    came = tuple(ResultCame(after_s=0.1, with_our_token=True, result=result) for result in results)
    reads = iter([came[:before], came] if before else [came])
    platform = stub(
        fresh_url=lambda: ("/results/1", "https://us/results/1"),
        wait_for=lambda _path, _within_s, _beyond: asyncio.sleep(0),
        came_to=lambda _path, _since: next(reads),
    )
    context = stub(
        gate=stub(http=lambda _intent: asyncio.sleep(0, exchange)),
        evidence=stub(store_document=lambda *_: None),
        record=stub(witness=None),
    )
    requester = Requester(
        context=context,
        platform=platform,
        machine=machine("2.2.1", "remote-sessions"),
        probe="p",
        ids=Random("ids"),
        patience_s=1.0,
    )
    interface = stub(
        name="commands",
        subject=stub(environment="test"),
        credential=IdentityCredential(identity="a"),
        module="commands",
    )
    request = Request(
        edge="stop-ended",
        interface=interface,
        method="POST",
        url="https://h/commands/STOP_SESSION",
        body={},
        evse=None,
        owners=frozenset(),
        at=("/results/1", "https://us/results/1") if before else None,
    )
    seen = asyncio.run(requester.ask(request))
    assert [step.became for step in requester.steps] == [seen]
    return seen


@pytest.mark.parametrize(
    "status, expected",
    [
        (401, Became.REFUSED_UNREAD),
        (429, Became.REFUSED_UNREAD),
        (403, Became.REFUSED),
        (405, Became.REFUSED),
        (500, Became.CRASHED),
    ],
)
def test_a_request_that_was_turned_away_before_it_was_read_is_not_refused(status, expected):
    assert became(answered(None, status=status)) is expected


@pytest.mark.parametrize(
    "said, expected", [("REJECTED", Became.REFUSED), ("UNKNOWN_SESSION", Became.REFUSED), ("TIMEOUT", Became.UNREAD)]
)
def test_an_answer_that_tells_of_a_silent_charge_point_is_no_refusal(said, expected):
    assert became(answered({"result": said})) is expected


@pytest.mark.parametrize(
    "results, expected",
    [
        (("ACCEPTED",), Became.DONE),
        (("REJECTED",), Became.REFUSED),
        (("EVSE_OCCUPIED",), Became.REFUSED),
        (("TIMEOUT",), Became.UNREAD),
        (("FAILED",), Became.UNREAD),
        ((), Became.UNREAD),
    ],
)
def test_a_result_that_tells_of_the_charge_point_alone_is_no_refusal(results, expected):
    assert became(answered({"result": "ACCEPTED"}), *results) is expected


@pytest.mark.parametrize(
    "results, expected",
    [(["ACCEPTED"], Became.UNREAD), (["ACCEPTED", "EVSE_OCCUPIED"], Became.REFUSED), (["ACCEPTED"] * 2, Became.DONE)],
)
def test_the_result_of_the_first_is_not_taken_for_that_of_a_command_that_is_repeated(results, expected):
    assert became(answered({"result": "ACCEPTED", "timeout": 1}), *results, before=1) is expected
