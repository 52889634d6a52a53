"""What an answer says of the objects that did not come."""

from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.exchange import Failed, FailureKind
from scanner.model.facts.ocpi.backends import Asked
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import IdentityCredential
from scanner.model.subject import InterfaceSubject, Side
from scanner.model.witness import Witness
from scanner.ocpi.backends.asking import Asking, heard
from scanner.ocpi.interfaces import Interface
from tests.scanner.ocpi.exchanges import answered

CDRS = Interface(
    version="2.2.1",
    module="cdrs",
    side=Side.SENDER,
    url="https://h/cdrs",
    place=UrlPlace.IN_SCOPE,
    subject=InterfaceSubject(environment="test", endpoint="main", module="cdrs"),
    credential=IdentityCredential(identity="emsp-a"),
)
NEXT = ("Link", '<https://h/cdrs?offset=40>; rel="next"')
TOTAL, LIMIT = ("X-Total-Count", "50"), ("X-Limit", "100")


@pytest.mark.parametrize(
    "headers, left_out",
    [
        ((TOTAL,), 10),
        ((TOTAL, LIMIT), 10),
        ((TOTAL, LIMIT, NEXT), 0),  # X-Limit is a bound, and the rest may be on the next page
        ((LIMIT,), 0),
        ((), 0),
        ((("X-Total-Count", "lots"),), 0),
    ],
)
def test_only_a_list_of_one_page_that_is_counted_tells_that_objects_were_left_out(headers, left_out):
    assert heard(CDRS, answered([{}] * 40, headers=headers)).left_out == left_out


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "kind, ended",
    [(FailureKind.TIMEOUT, None), (FailureKind.RESET, "connection closed by the target")],
)
async def test_a_dropped_connection_is_told_from_an_answer_that_did_not_come_in_time(kind, ended):
    async def http(intent):
        return Failed(kind=kind, detail="d", method=intent.method, url=intent.url)

    context: Any = SimpleNamespace(
        seed=7,
        target=SimpleNamespace(name="test", limits=SimpleNamespace(timeout_s=4.0)),
        gate=SimpleNamespace(http=http),
        record=SimpleNamespace(witness=Witness.PROTOCOL),
        evidence=SimpleNamespace(store_document=lambda *_: None),
    )
    seen = await Asking(context, 4.0).ask(CDRS, "why")
    assert isinstance(seen, Asked)
    assert (seen.http_status, seen.ended) == (None, ended)
