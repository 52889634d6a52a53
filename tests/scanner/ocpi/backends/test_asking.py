"""What an answer says of the objects that did not come."""

import pytest

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import IdentityCredential
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.backends.asking import heard
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
