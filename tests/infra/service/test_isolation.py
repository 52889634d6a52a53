"""A partner sees the sessions and CDRs of its own drivers: in lists, counts, filters, pages and by id."""

from __future__ import annotations

import pytest

from tests.infra.service.examples import seeded
from tests.infra.service.exchange_client import CPO, Client
from tests.infra.service.test_pagination import follow
from tests.targets.reference_service import RunningService

EMSPS = {"emsp-a": ("DE", "VLT"), "emsp-b": ("FR", "RLN")}


def own_ids(collection: str, party: tuple[str, str]) -> list[str]:
    return [
        o["id"]
        for o in seeded(collection)
        if o["party_id"] == "RFC" and (o["cdr_token"]["country_code"], o["cdr_token"]["party_id"]) == party
    ]


@pytest.mark.parametrize("collection", ["sessions", "cdrs"])
@pytest.mark.parametrize("partner", EMSPS)
def test_lists_and_counts_hold_the_partners_own_objects(service: RunningService, collection: str, partner: str):
    replies = follow(Client(service=service, partner=partner), f"{CPO}/{collection}?limit=9")
    expected = own_ids(collection, EMSPS[partner])
    assert len(expected) > 20
    assert [o["id"] for reply in replies for o in reply.data] == expected
    assert {reply.headers["X-Total-Count"] for reply in replies} == {str(len(expected))}


@pytest.mark.parametrize("collection", ["sessions", "cdrs"])
@pytest.mark.parametrize(
    "query", ["offset=23", "date_from=2020-01-01T00:00:00Z", "date_to=2030-01-01T00:00:00", "offset=900"]
)
def test_no_filter_or_page_shows_more(service: RunningService, collection: str, query: str):
    reply = Client(service=service, partner="emsp-a").get(f"{CPO}/{collection}?{query}")
    own = own_ids(collection, EMSPS["emsp-a"])
    assert {o["id"] for o in reply.data} <= set(own)
    assert reply.headers["X-Total-Count"] == str(len(own))


@pytest.mark.parametrize("collection", ["sessions", "cdrs"])
def test_by_id_only_the_own_ones_exist(service: RunningService, collection: str):
    own, foreign = own_ids(collection, EMSPS["emsp-a"])[0], own_ids(collection, EMSPS["emsp-b"])[0]
    client = Client(service=service, partner="emsp-a")
    assert client.get(f"{CPO}/{collection}/{own}").data["id"] == own
    refused, absent = client.get(f"{CPO}/{collection}/{foreign}"), client.get(f"{CPO}/{collection}/NONE")
    assert refused.status == 404
    assert {k: v for k, v in refused.json.items() if k != "timestamp"} == {
        k: v for k, v in absent.json.items() if k != "timestamp"
    }


def test_a_cpo_does_not_see_our_own_drivers_sessions_at_other_cpos_lists(service: RunningService):
    client = Client(service=service, partner="cpo-c")
    for path in ("sessions", "cdrs", "locations", "tariffs"):
        assert client.get(f"{CPO}/{path}").status == 403
