"""Which EVSE is meant by a name: the only one that the platform's locations show under it, or none."""

from typing import cast

import pytest

from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.intent import IdentityCredential
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.callbacks.named_evse import MOST_PAGES, NamedEvse, find
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.reply import NoReply, read_reply
from tests.scanner.ocpi.exchanges import answered

LOCATIONS = Interface(
    version="2.2.1",
    module="locations",
    side=Side.SENDER,
    url="https://h/cdrs",
    place=UrlPlace.IN_SCOPE,
    subject=InterfaceSubject(environment="test", endpoint="main", module="locations"),
    credential=IdentityCredential(identity="emsp-a"),
)


def location(identifier, uid, party="TNM", **evse):
    listed = [{"uid": uid, "connectors": [{"id": "1"}], **evse}]
    return {"country_code": "NL", "party_id": party, "id": identifier, "evses": listed}


class Pages:
    """A client that is given one page after the other."""

    def __init__(self, *pages):
        self.pages = list(pages)

    async def get(self, url, wanted, credential):
        del url, wanted, credential
        page = self.pages.pop(0)
        headers = (("Link", '<https://h/cdrs?offset=1>; rel="next"'),) if self.pages else ()
        return read_reply(answered(page, headers=headers))


async def found_on(uid, *pages):
    return await find(cast("OcpiClient", Pages(*pages)), LOCATIONS, frozenset(uid.split()))


@pytest.mark.asyncio
async def test_one_that_stands_in_one_location_is_found_on_whatever_page_and_however_often_it_is_shown():
    there = location("LOC2", "E1")
    found = await found_on("E1", [location("LOC1", "E2")], [there], [there])
    assert isinstance(found, NamedEvse)
    assert (found.location_id, found.evse_uid) == ("LOC2", "E1")
    assert await found_on("E1", [location("LOC1", "E1", status="REMOVED")]) is None


@pytest.mark.asyncio
@pytest.mark.parametrize("other", [location("LOC2", "1"), location("LOC1", "1", "ABC")])
async def test_one_of_a_name_that_several_have_is_not_moved_though_the_other_comes_later(other):
    found = await found_on("1", [location("LOC1", "1")], [other])
    assert isinstance(found, NoReply)
    assert "2 locations" in found.detail


@pytest.mark.asyncio
async def test_one_may_have_a_namesake_on_a_page_that_is_not_read():
    found = await found_on("E1", [location("LOC1", "E1")], *([] for _ in range(MOST_PAGES)))
    assert isinstance(found, NoReply)
    assert f"more than {MOST_PAGES} pages" in found.detail


@pytest.mark.asyncio
@pytest.mark.parametrize("status", ["CHARGING", "BLOCKED", "RESERVED"])
async def test_a_driver_who_charges_keeps_the_connector_and_another_that_is_named_is_taken(status):
    busy = location("LOC1", "E1", status=status)
    found = await found_on("E1", [busy])
    assert isinstance(found, NoReply)
    assert f"E1 is {status}" in found.detail
    faulty, free = location("LOC2", "E2", status="OUTOFORDER"), location("LOC3", "E3", status="AVAILABLE")
    for pages, uid in (([busy, faulty, free], "E3"), ([busy, faulty], "E2")):
        found = await found_on("E1 E2 E3", pages)
        assert isinstance(found, NamedEvse)
        assert found.evse_uid == uid
