from __future__ import annotations

from typing import Any

import pytest

from infra.service.v2_2_1.objects.token import AuthorizationInfo, Token
from tests.infra.service.examples import T1, T2, seeded, token
from tests.infra.service.exchange_client import CPO, EMSP, cpo_c, emsp_a, emsp_b
from tests.targets.reference_service import RunningService

URL = f"{CPO}/tokens/DE/VLT/04AABBCCDD"
OURS = [t for t in seeded("tokens") if t["party_id"] == "RFM"]


def test_our_emsp_lists_its_own_tokens(service: RunningService):
    served = cpo_c(service).get(f"{EMSP}/tokens").data
    assert [Token.model_validate(t).to_json() for t in served] == OURS


def test_a_valid_token_is_allowed_and_a_blocked_one_is_not(service: RunningService):
    place = {"location_id": "LOC-1", "evse_uids": ["E1"]}
    for known in OURS:
        info = cpo_c(service).post(f"{EMSP}/tokens/{known['uid']}/authorize", place).data
        parsed = AuthorizationInfo.model_validate(info)
        assert parsed.allowed == ("ALLOWED" if known["valid"] else "BLOCKED")
        assert info["token"] == known
        assert info.get("location") == (place if known["valid"] else None)


def test_authorisation_needs_no_body_and_finds_lower_case_uids(service: RunningService):
    uid = OURS[0]["uid"].lower()
    assert cpo_c(service).post(f"{EMSP}/tokens/{uid}/authorize?type=RFID").data["allowed"] == "ALLOWED"


@pytest.mark.parametrize("query", ["", "?type=APP_USER"])
def test_an_unknown_token_is_404_with_2004(service: RunningService, query: str):
    uid = "04FFFFFFFF" if not query else OURS[0]["uid"]  # known as RFID only
    reply = cpo_c(service).post(f"{EMSP}/tokens/{uid}/authorize{query}")
    assert (reply.status, reply.code) == (404, 2004)


def test_tokens_of_other_emsps_are_not_ours_to_authorise(service: RunningService):
    foreign = next(t for t in seeded("tokens") if t["party_id"] == "VLT")
    assert cpo_c(service).post(f"{EMSP}/tokens/{foreign['uid']}/authorize").status == 404


@pytest.mark.parametrize("query", ["?type=CARD", "?type=RFID&type=OTHER", "?type="])
def test_a_bad_type_is_refused(service: RunningService, query: str):
    reply = cpo_c(service).post(f"{EMSP}/tokens/{OURS[0]['uid']}/authorize{query}")
    assert (reply.status, reply.code) == (400, 2001)


def test_a_pushed_token_is_created_patched_and_read_back(fresh: RunningService):
    client = emsp_a(fresh)
    assert client.put(URL, token()).status == 201
    assert client.patch(URL, {"valid": False, "last_updated": T2}).code == 1000
    assert client.get(URL).data == token(valid=False, last_updated=T2)
    assert client.put(URL, token(last_updated=T1)).code == 2001
    assert client.get(URL + "?type=RFID").status == 200
    assert client.get(URL + "?type=APP_USER").status == 404


def test_uid_and_type_together_are_the_identity(fresh: RunningService):
    client = emsp_a(fresh)
    assert client.put(URL, token()).status == 201
    assert client.put(URL + "?type=APP_USER", token(type="APP_USER")).status == 201
    assert client.put(URL, token(type="APP_USER")).code == 2001
    assert client.get(URL).data["type"] == "RFID"


@pytest.mark.parametrize(
    "path, changes, status, code",
    [
        ("FR/RLN/04AABBCCDD", {"country_code": "FR", "party_id": "RLN"}, 404, 2000),
        ("DE/VLT/04AABBCCDD", {"country_code": "FR", "party_id": "RLN"}, 200, 2001),
        ("DE/VLT/04AABBCCDE", {}, 200, 2001),
        ("DE/VLT/04AABBCCDD", {"whitelist": "SOMETIMES"}, 200, 2001),
        ("DE/VLT/04AABBCCDD", {"valid": None}, 200, 2001),
        ("DE/VLT/04AABBCCDD", {"language": "eng"}, 200, 2001),
    ],
)
def test_a_token_that_breaks_a_rule_is_refused(
    service: RunningService, path: str, changes: dict[str, Any], status: int, code: int
):
    reply = emsp_a(service).put(f"{CPO}/tokens/{path}", token(**changes))
    assert (reply.status, reply.code) == (status, code)


def test_one_emsp_cannot_read_or_change_the_tokens_of_another(fresh: RunningService):
    known = next(t for t in seeded("tokens") if t["party_id"] == "VLT")
    path = f"{CPO}/tokens/DE/VLT/{known['uid']}"
    assert emsp_b(fresh).get(path).status == 404
    assert emsp_b(fresh).put(path, known | {"valid": False, "last_updated": T2}).status == 404
    assert emsp_b(fresh).patch(path, {"valid": False, "last_updated": T2}).status == 404
    assert emsp_a(fresh).get(path).data == known
