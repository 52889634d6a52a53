import json
from dataclasses import replace

import pytest

from checks.model.verdict import Outcome
from scanner.model.facts.ocpi.objects import ObjectsValidated
from scanner.model.facts.ocpi.pages import PageObserved
from scanner.model.facts.ocpi.tenancy import OwnersSeen
from tests.scanner.ocpi.seen import facts_of, reasons_of
from tests.targets.odd_platforms import TOKEN, Platform, running_platform
from tests.targets.protocol_runs import ODD_CONTRACT, findings_of, look

ABOUT_LISTS = {
    "ocpi-schema-objects-valid",
    "ocpi-tenancy-own-objects-only",
    "ocpi-pagination-page-size-capped",
    "ocpi-pagination-headers-present",
}


def refusing(http, ocpi):
    """Sessions and locations are refused with an empty list beside the refusal."""

    def change(request, response):
        if not request.path.endswith(("/sessions", "/locations")):
            return response
        document = json.loads(response.body) | {"status_code": ocpi, "data": []}
        return replace(response, status=http, body=json.dumps(document).encode())

    return Platform(change=change)


@pytest.mark.parametrize("http, ocpi", [(200, 2000), (403, 2000), (403, 1000)])
def test_an_empty_list_beside_a_refusal_is_no_empty_page(tmp_path, http, ocpi):
    with running_platform(refusing(http, ocpi)) as platform:
        store = look(platform.target(contracts=(ODD_CONTRACT,)), {"emsp-a": TOKEN}, tmp_path)
    assert facts_of(store, PageObserved) == []
    assert facts_of(store, OwnersSeen) == []
    assert facts_of(store, ObjectsValidated, module="sessions") == []
    assert len(reasons_of(store, PageObserved)) == 2
    assert len(reasons_of(store, OwnersSeen)) == 1
    found = {(f.check, f.outcome) for f in findings_of(store) if f.subject.coordinates().get("module") == "sessions"}
    assert {(check, outcome) for check, outcome in found if check in ABOUT_LISTS} == {
        (check, Outcome.INCONCLUSIVE) for check in ABOUT_LISTS
    }
