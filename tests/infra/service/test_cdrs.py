from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.service.v2_2_1.objects.cdr import Cdr
from tests.infra.service.examples import T2, cdr
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a
from tests.targets.reference_service import RunningService

URL = f"{EMSP}/cdrs"


def test_the_list_holds_valid_cdrs(service: RunningService):
    served = emsp_a(service).get(f"{CPO}/cdrs").data
    assert [Cdr.model_validate(c).to_json() for c in served] == served


def test_a_posted_cdr_is_created_once_and_found_at_its_location(fresh: RunningService):
    client = cpo_c(fresh)
    created = client.post(URL, cdr())
    assert (created.status, created.code) == (201, 1000)
    place = created.headers["Location"]
    assert place.startswith(fresh.origin)
    assert client.get(place.removeprefix(fresh.origin)).data == cdr()
    again = client.post(URL, cdr())
    assert (again.status, again.code, again.headers["Location"]) == (200, 1000, place)


@pytest.mark.parametrize("cdr_id", ["2026/02/01 #7", "50%", "a?b&c=d", "..", "%2F"])
def test_an_id_may_hold_what_urls_must_encode(fresh: RunningService, cdr_id: str):
    place = cpo_c(fresh).post(URL, cdr(id=cdr_id)).headers["Location"].removeprefix(fresh.origin)
    assert cpo_c(fresh).get(place).data["id"] == cdr_id


@pytest.mark.parametrize("changes", [{"remark": "cheaper"}, {"last_updated": T2}, {"id": "cdr-new", "total_time": 1.0}])
def test_a_cdr_never_changes(fresh: RunningService, changes: dict[str, Any]):
    client = cpo_c(fresh)
    client.post(URL, cdr())
    reply = client.post(URL, cdr(**changes))
    assert (reply.status, reply.code) == (200, 2001)
    assert client.get(f"{URL}/BE/GRN/CDR-NEW").data == cdr()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_cdr_cannot_be_replaced_or_removed(fresh: RunningService, method: str):
    client = cpo_c(fresh)
    client.post(URL, cdr())
    assert client(method, f"{URL}/BE/GRN/CDR-NEW", cdr()).status == 405
    assert client.get(f"{URL}/BE/GRN/CDR-NEW").data == cdr()


def test_of_many_at_the_same_time_one_creates(fresh: RunningService):
    client = cpo_c(fresh)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: client.post(URL, cdr(remark=str(n))), range(8)))
    assert sorted(r.code for r in replies) == [1000] + [2001] * 7


@pytest.mark.parametrize(
    "changes",
    [
        {"charging_periods": []},
        {"total_cost": None},
        {"total_energy": "1"},
        {"credit": True},
        {"id": "x" * 37},
        {"id": "x" * 40, "credit": True, "credit_reference_id": "CDR-C-00001"},
        {"cdr_token": cdr()["cdr_token"] | {"country_code": "DE", "party_id": "VLT"}},
        {"country_code": "NL", "party_id": "RFC"},
        {"signed_data": {"encoding_method": "OCMF", "signed_values": []}},
        {"tariffs": [{}]},
    ],
)
def test_a_cdr_that_breaks_a_rule_is_refused(service: RunningService, changes: dict[str, Any]):
    reply = cpo_c(service).post(URL, cdr(**changes))
    assert (reply.status, reply.code) == (200, 2001)
    assert reply.headers["Location"] is None


def test_a_credit_cdr_may_have_a_longer_id(fresh: RunningService):
    credit = cdr(id="x" * 39, credit=True, credit_reference_id="CDR-C-00001", total_cost={"excl_vat": -3.0})
    assert cpo_c(fresh).post(URL, credit).status == 201


def test_the_sender_header_must_match_the_cdr(service: RunningService):
    headers = {"OCPI-from-country-code": "DE", "OCPI-from-party-id": "VLT"}
    assert cpo_c(service).post(URL, cdr(), headers=headers).status == 403
    assert emsp_a(service).post(URL, cdr()).status == 403
