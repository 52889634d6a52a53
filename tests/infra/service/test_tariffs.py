from __future__ import annotations

from typing import Any

import pytest

from infra.service.v2_2_1.objects.tariff import Tariff
from tests.infra.service.examples import T1, T2, tariff
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a, emsp_b
from tests.targets.reference_service import RunningService

URL = f"{EMSP}/tariffs/BE/GRN/T-NEW"


def test_the_list_holds_valid_tariffs(service: RunningService):
    served = emsp_a(service).get(f"{CPO}/tariffs").data
    assert [Tariff.model_validate(t).to_json() for t in served] == served
    assert len(served) == 3
    assert emsp_b(service).get(f"{CPO}/tariffs").data == served


def test_a_pushed_tariff_is_created_replaced_and_deleted(fresh: RunningService):
    client = cpo_c(fresh)
    assert client.put(URL, tariff()).status == 201
    assert client.put(URL, tariff(currency="CHF", last_updated=T2)).status == 200
    assert client.get(URL).data["currency"] == "CHF"
    assert client.put(URL, tariff(last_updated=T1)).code == 2001
    assert client.delete(URL).code == 1000
    assert client.get(URL).status == 404
    assert client.delete(URL).status == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"elements": []},
        {"elements": [{"price_components": []}]},
        {"elements": [{"price_components": [{"type": "POWER", "price": 1, "step_size": 1}]}]},
        {"elements": [{"price_components": [{"type": "TIME", "price": True, "step_size": 1}]}]},
        {"elements": [{"price_components": [{"type": "TIME", "price": "1", "step_size": 1}]}]},
        {"elements": [tariff()["elements"][0] | {"restrictions": {"start_time": "25:00"}}]},
        {"type": "NIGHT"},
        {"tariff_alt_url": "not a url"},
        {"currency": "EURO"},
        {"id": "T-OTHER"},
        {"id": ""},
        {"min_price": {}},
    ],
)  # fmt: skip
def test_an_invalid_tariff_is_refused(service: RunningService, changes: dict[str, Any]):
    assert cpo_c(service).put(URL, tariff(**changes)).code == 2001
    assert cpo_c(service).get(URL).status == 404


def test_nobody_deletes_a_tariff_of_another_party(fresh: RunningService):
    assert cpo_c(fresh).delete(f"{EMSP}/tariffs/NL/RFC/AC-REGULAR").status == 404
    assert emsp_a(fresh).delete(f"{EMSP}/tariffs/BE/GRN/AC-REGULAR").status == 403
    assert len(emsp_a(fresh).get(f"{CPO}/tariffs").data) == 3
    assert cpo_c(fresh).get(f"{EMSP}/tariffs/BE/GRN/AC-REGULAR").status == 200
