"""Hub client info, and a deployment that is a hub: several parties behind one token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.service.deployment.folder import Folder, prepare
from tests.infra.service.spoken import DIALECTS, client, cpo, emsp
from tests.targets.reference_service import RunningService, running_service

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
