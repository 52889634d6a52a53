"""Hub client info, and a deployment that is a hub: several parties behind one token."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.service.deployment.folder import Folder, prepare
from tests.infra.service.partner_stub import PartnerStub, ocpi, partner_stub, well_behaved
from tests.infra.service.spoken import DIALECTS, client, cpo, emsp
from tests.targets.reference_service import RunningService, prepared_folder, running_service

NEW = ("2.2.1", "2.3.0")
T1, T2 = "2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z"


@pytest.fixture(scope="module")
def hub_folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    root: Path = tmp_path_factory.mktemp("hub") / "deployment"
    return prepare(root, is_hub=True)


@pytest.fixture(scope="module")
def hub(hub_folder: Folder) -> Iterator[RunningService]:
    with running_service(folder=hub_folder) as running:
        yield running


def info(**changes: str) -> dict[str, str]:
    known = {"country_code": "SE", "party_id": "NRD", "role": "CPO", "status": "SUSPENDED", "last_updated": T1}
    return known | changes


@pytest.mark.parametrize("version", NEW)
def test_a_hub_pushes_who_is_connected(fresh: RunningService, version: str):
    speaker, url = client(fresh, "hub-d", version), f"{cpo(version, 'hubclientinfo')}/SE/NRD"
    assert speaker.get(url).data["status"] == "CONNECTED"
    assert speaker.put(url, info()).code == 1000
    assert speaker.get(url).data == info()
    assert speaker.put(url, info(status="OFFLINE", last_updated="2020-01-01T00:00:00Z")).code == 2001
    assert speaker.put(url, info(party_id="XXX")).code == 2001
    assert speaker.put(url, info(status="GONE")).code == 2001
    assert speaker.get(f"{cpo(version, 'hubclientinfo')}/SE/XXX").status == 404


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize("partner", ["emsp-a", "cpo-c", "emsp-e"])
def test_nobody_else_does(service: RunningService, version: str, partner: str):
    url = f"{cpo(version, 'hubclientinfo')}/SE/NRD"
    assert client(service, partner, version).put(url, info()).status == 403
    assert client(service, partner, version).get(url).status == 403


def test_2_1_1_and_the_role_hub_of_2_3_0_do_not_exist(fresh: RunningService):
    assert client(fresh, "hub-d", "2.1.1").get(f"{cpo('2.1.1', 'hubclientinfo')}/SE/NRD").status == 404
    url = f"{cpo('2.3.0', 'hubclientinfo')}/SE/NRD"
    assert client(fresh, "hub-d", "2.3.0").put(url, info(role="HUB")).code == 2001


@pytest.mark.parametrize("version", NEW)
def test_a_hub_lists_the_parties_behind_it(hub: RunningService, version: str):
    model = DIALECTS[version].client_info
    assert model is not None
    served = client(hub, "emsp-a", version).get(emsp(version, "hubclientinfo")).data
    assert [model.model_validate(c).to_json() for c in served] == served
    statuses = {(c["country_code"], c["party_id"]): c["status"] for c in served}
    assert statuses[("CH", "CHR")] == "CONNECTED"
    assert statuses[("AT", "ALP")] == "PLANNED"
    assert ("SE", "NRD") not in statuses  # what another hub told us is not ours to tell


def test_its_credentials_name_it_as_a_hub(hub: RunningService):
    old = client(hub, "emsp-a", "2.2.1").get("/ocpi/2.2.1/credentials").data
    assert ("RFH", "HUB") in {(r["party_id"], r["role"]) for r in old["roles"]}
    new = client(hub, "emsp-a", "2.3.0").get("/ocpi/2.3.0/credentials").data
    assert new["hub_party_id"] == "NLRFH"
    assert {r["role"] for r in new["roles"]} == {"CPO", "EMSP"}


@pytest.mark.parametrize("version", NEW)
@pytest.mark.parametrize(
    "sender, status",
    [(("CH", "AAR"), 200), (("CH", "BRN"), 200), (("ch", "chr"), 200), (("DE", "VLT"), 403), (("CH", "XXX"), 403)],
)
def test_a_sender_must_be_one_of_the_tokens_parties(
    hub: RunningService, version: str, sender: tuple[str, str], status: int
):
    headers = {"OCPI-from-country-code": sender[0], "OCPI-from-party-id": sender[1]}
    reply = client(hub, "group-f", version).get(cpo(version, "locations"), headers=headers)
    assert reply.status == status


@pytest.mark.parametrize("version", NEW)
def test_one_party_of_a_token_does_not_write_as_the_other(hub: RunningService, version: str):
    document = {
        "country_code": "CH", "party_id": "AAR", "uid": "04A1", "type": "RFID", "contract_id": "CH-AAR-C1",
        "issuer": "Aare", "valid": True, "whitelist": "NEVER", "last_updated": T2,
    }  # fmt: skip
    url = f"{cpo(version, 'tokens')}/CH/AAR/04A1"
    as_other = {"OCPI-from-country-code": "CH", "OCPI-from-party-id": "BRN"}
    as_itself = {"OCPI-from-country-code": "CH", "OCPI-from-party-id": "AAR"}
    speaker = client(hub, "group-f", version)
    assert speaker.put(url, document, headers=as_other).status == 403
    assert speaker.put(url, document, headers=as_itself).status == 201
    assert speaker.get(url, headers=as_other).status == 404
    assert speaker.put(url, document | {"party_id": "BRN"}, headers=as_itself).code == 2001
    assert speaker.put(url.replace("AAR", "CHR"), document).status == 404  # a CPO has no tokens


HEADERS = {
    "OCPI-from-country-code": "CH", "OCPI-from-party-id": "AAR",
    "OCPI-to-country-code": "BE", "OCPI-to-party-id": "GRN",
}  # fmt: skip
TOKEN_B = "token-B-of-the-cpo-0123456789"
CPO_ROLE = {"role": "CPO", "country_code": "BE", "party_id": "GRN", "business_details": {"name": "Groene Laadpalen"}}
FAR = cpo("2.2.1", "locations")


@pytest.fixture
def connected(tmp_path: Path) -> Iterator[tuple[RunningService, PartnerStub]]:
    """A hub where cpo-c has registered, with a locations module of its own."""
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder = prepare(tmp_path / "deployment", outbound=outbound, is_hub=True)
    with partner_stub(prepared_folder()) as stub, running_service(folder=folder) as service:
        well_behaved(stub)
        endpoints = [{"identifier": name, "role": "SENDER", "url": f"{stub.origin}/2.2.1/{name}"}
                     for name in ("credentials", "locations")]  # fmt: skip
        endpoints.append({"identifier": "tariffs", "role": "SENDER", "url": "https://elsewhere.example/tariffs"})
        stub.answers["/2.2.1"] = lambda: ocpi({"version": "2.2.1", "endpoints": endpoints})
        document = {"token": TOKEN_B, "url": f"{stub.origin}/versions", "roles": [CPO_ROLE]}
        assert client(service, "cpo-c", "2.2.1").put("/ocpi/2.2.1/credentials", document).code == 1000
        yield service, stub


def test_a_request_to_another_party_is_passed_on_and_answered(connected: tuple[RunningService, PartnerStub]):
    service, stub = connected
    link = f'<{stub.origin}/2.2.1/locations?offset=1&limit=1>; rel="next"'
    status, headers, body = ocpi([{"id": "FAR-1"}])
    stub.answers["/2.2.1/locations?limit=1"] = lambda: (status, headers | {"Link": link, "X-Total-Count": "2"}, body)
    reply = client(service, "group-f", "2.2.1").get(f"{FAR}?limit=1", headers=HEADERS)
    assert (reply.status, reply.code, reply.data) == (200, 1000, [{"id": "FAR-1"}])
    assert reply.headers["Link"] == f'<{service.origin}{FAR}?offset=1&limit=1>; rel="next"'
    assert reply.headers["X-Total-Count"] == "2"
    assert (reply.headers["OCPI-from-party-id"], reply.headers["OCPI-to-party-id"]) == ("GRN", "AAR")
    expected = "Token " + base64.b64encode(TOKEN_B.encode()).decode()
    assert stub.seen[-1] == ("/2.2.1/locations?limit=1", expected)
    said = {name.lower(): value for name, value in stub.headers[-1].items()}
    assert {name: said[name.lower()] for name in HEADERS} == HEADERS
    assert said["x-correlation-id"] == reply.headers["X-Correlation-ID"]
    assert said["x-request-id"] != reply.headers["X-Request-ID"]


def test_an_error_of_the_receiver_comes_back_as_it_is(connected: tuple[RunningService, PartnerStub]):
    service, stub = connected
    stub.answers["/2.2.1/locations/NONE"] = lambda: (404, *ocpi(None, 2003)[1:])
    reply = client(service, "group-f", "2.2.1").get(f"{FAR}/NONE", headers=HEADERS)
    assert (reply.status, reply.code) == (404, 2003)


def test_an_answer_that_is_no_unicode_is_not_passed_on(connected: tuple[RunningService, PartnerStub]):
    service, stub = connected
    stub.answers["/2.2.1/locations/HALF"] = lambda: ocpi({"id": "\ud800"})
    reply = client(service, "group-f", "2.2.1").get(f"{FAR}/HALF", headers=HEADERS)
    assert (reply.status, reply.code) == (500, 3000)
    assert "data" not in reply.json
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.headers["X-Request-ID"]


@pytest.mark.parametrize(
    "path, changes, code",
    [
        (FAR, {"OCPI-to-party-id": "XXX"}, 4001),
        (FAR, {"OCPI-to-country-code": "FR", "OCPI-to-party-id": "RLN"}, 4003),  # never registered
        (cpo("2.3.0", "locations"), {}, 4003),  # registered for another version
        (cpo("2.2.1", "cdrs"), {}, 4003),  # has no such endpoint
        (cpo("2.2.1", "tariffs"), {}, 4003),  # on another origin: no token goes there
        (f"{FAR}/SILENT", {}, 4003),
    ],
)
def test_what_cannot_be_passed_on_has_a_code_of_the_hub(
    connected: tuple[RunningService, PartnerStub], path: str, changes: dict[str, str], code: int
):
    service, stub = connected
    seen = len(stub.seen)
    reply = client(service, "group-f", "2.2.1").get(path, headers=HEADERS | changes)
    assert (reply.status, reply.code) == (200, code)
    assert len(stub.seen) == seen + path.endswith("SILENT")


def test_nobody_passes_through_as_somebody_else_or_beyond_its_contract(connected: tuple[RunningService, PartnerStub]):
    service, stub = connected
    seen = len(stub.seen)
    speaker = client(service, "group-f", "2.2.1")
    assert (
        speaker.get(FAR, headers=HEADERS | {"OCPI-from-country-code": "DE", "OCPI-from-party-id": "VLT"}).status == 403
    )
    assert speaker.put(f"{emsp('2.2.1', 'locations')}/CH/AAR/1", {}, headers=HEADERS).status == 403
    nameless = {name: value for name, value in HEADERS.items() if "-to-" in name}
    assert speaker.get(FAR, headers=nameless).code == 4000
    assert len(stub.seen) == seen


def test_a_platform_that_is_no_hub_passes_nothing_on(service: RunningService):
    to = {name: value for name, value in HEADERS.items() if "-to-" in name}
    assert client(service, "emsp-a", "2.2.1").get(FAR, headers=to).status == 404
