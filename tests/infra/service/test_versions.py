from __future__ import annotations

import pytest

from infra.service.modules.version_documents import VersionDetails, VersionInfo
from tests.infra.service.exchange_client import CPO, DETAILS, Client, emsp_a
from tests.targets.reference_service import RunningService


def test_versions_lists_three_versions_on_the_public_origin(service: RunningService):
    listed = [VersionInfo.model_validate(v) for v in emsp_a(service).get("/ocpi/versions").data]
    assert [v.version for v in listed] == ["2.1.1", "2.2.1", "2.3.0"]
    assert [v.url for v in listed] == [f"{service.origin}/ocpi/{v.version}" for v in listed]


@pytest.mark.parametrize("partner", ["emsp-a", "emsp-b", "cpo-c", "newcomer"])
def test_details_offer_the_modules_of_the_contract_and_no_others(service: RunningService, partner: str):
    details = VersionDetails.model_validate(Client(service=service, partner=partner).get(DETAILS).data)
    offered = {(e.identifier, e.role) for e in details.endpoints} - {("credentials", "SENDER")}
    contract = next(p for p in service.folder.document().partners if p.id == partner)
    assert offered == {(s.module, s.side.value) for s in contract.scopes}
    assert len(details.endpoints) == len(contract.scopes) + 1
    assert all(e.url.startswith(service.origin + "/ocpi/") for e in details.endpoints)


def test_every_offered_list_answers(service: RunningService):
    for partner in ("emsp-a", "cpo-c"):
        client = Client(service=service, partner=partner)
        for endpoint in client.get(DETAILS).data["endpoints"]:
            if endpoint["role"] == "SENDER" and endpoint["identifier"] not in ("commands", "chargingprofiles"):
                reply = client.get(endpoint["url"].removeprefix(service.origin))
                assert (reply.status, reply.code) == (200, 1000)


def test_a_module_outside_the_contract_is_forbidden(service: RunningService):
    reply = emsp_a(service).get("/ocpi/emsp/2.2.1/tokens")
    assert (reply.status, reply.code) == (403, 2000)
    assert "data" not in reply.json


def test_an_unknown_path_is_404(service: RunningService):
    for path in ("/", "/ocpi", "/ocpi/2.0", f"{CPO}/commands", f"{CPO}/locations/a/b/c/d", "/ocpi//versions"):
        reply = emsp_a(service).get(path)
        assert (reply.status, reply.code) == (404, 2000), path


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("POST", "/ocpi/versions", "GET"),
        ("DELETE", DETAILS, "GET"),
        ("PATCH", f"{DETAILS}/credentials", "DELETE, GET, POST, PUT"),
        ("PUT", f"{CPO}/locations", "GET"),
        ("POST", f"{CPO}/cdrs", "GET"),
        ("DELETE", f"{CPO}/tokens/DE/VLT/1", "GET, PATCH, PUT"),
        ("PATCH", f"{CPO}/cdrs/CDR-A-00001", "GET"),
        ("OPTIONS", f"{CPO}/locations", "GET"),
        ("TRACE", f"{CPO}/locations", "GET"),
        ("HEAD", f"{CPO}/locations", "GET"),
    ],
)
def test_a_method_that_is_not_defined_is_405(service: RunningService, method: str, path: str, allowed: str):
    reply = emsp_a(service)(method, path)
    assert reply.status == 405
    assert reply.headers["Allow"] == allowed


def test_one_trailing_slash_makes_no_difference(service: RunningService):
    assert emsp_a(service).get(f"{CPO}/locations/?limit=1").data == emsp_a(service).get(f"{CPO}/locations?limit=1").data
    assert emsp_a(service).get(f"{CPO}/locations//").status == 404
