from __future__ import annotations

import base64
import http.client
import json
from dataclasses import replace
from pathlib import Path

import pytest

from infra.service.credentials_token import CredentialsToken
from infra.service.deployment.folder import Folder, prepare
from tests.infra.service.exchange_client import CPO, Client, emsp_a, newcomer, nobody
from tests.targets.reference_service import RunningService, running_service

PATHS = ("/ocpi/versions", "/ocpi/2.2.1", "/ocpi/2.2.1/credentials", f"{CPO}/locations", "/ocpi/no-such-thing", "/")


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_every_path_answers_the_same(service: RunningService, path: str):
    reply = nobody(service).get(path)
    assert reply.status == 401
    document = reply.json
    del document["timestamp"]
    assert document == {"status_code": 2000, "status_message": "Unauthorized"}
    assert reply.headers["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND"])
def test_without_a_token_every_method_is_unauthorized(service: RunningService, method: str):
    assert nobody(service)(method, f"{CPO}/locations").status == 401


def test_the_token_is_accepted_in_base64(service: RunningService):
    assert emsp_a(service).get(f"{CPO}/locations").code == 1000


def spellings(token: str) -> dict[str, str]:
    return {
        "raw": f"Token {token}",
        "other token": f"Token {encoded(token[::-1])}",
        "trailing newline": f"Token {encoded(token + chr(10))}",
        "empty": "Token",
        "empty value": "Token ",
        "lower-case scheme": f"token {encoded(token)}",
        "bearer": f"Bearer {encoded(token)}",
        "basic": f"Basic {encoded(token)}",
        "no scheme": encoded(token),
        "two spaces": f"Token  {encoded(token)}",
        "something behind": f"Token {encoded(token)} x",
        "not base64": "Token ***",
        "url-safe base64 of other bytes": "Token -_-_",
        "stray low bits": "Token " + encoded(token)[:-2] + chr(ord(encoded(token)[-2]) + 1) + "=",
        "twice encoded": f"Token {encoded(encoded(token))}",
        "very long": "Token " + "A" * 4000,
        "not ascii": "Token \xe4\xf6\xfc",
    }


@pytest.mark.parametrize("name", spellings("x" * 43))
def test_any_other_spelling_of_the_token_is_refused(service: RunningService, name: str):
    header = spellings(service.tokens["emsp-a"])[name]
    reply = Client(service=service, authorization=header).get(f"{CPO}/locations")
    assert reply.status == 401


def test_two_authorization_headers_are_refused(service: RunningService):
    connection = http.client.HTTPSConnection(service.host, service.port, context=service.client_context())
    connection.putrequest("GET", "/ocpi/versions")
    connection.putheader("Authorization", service.authorization("emsp-a"))
    connection.putheader("Authorization", service.authorization("emsp-a"))
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize("name", ["token", "access_token", "authorization", "Authorization"])
def test_a_token_in_the_query_is_not_looked_at(service: RunningService, name: str):
    assert nobody(service).get(f"/ocpi/versions?{name}={service.tokens['emsp-a']}").status == 401


def test_a_token_in_a_cookie_or_body_is_not_looked_at(service: RunningService):
    token = service.tokens["emsp-a"]
    assert nobody(service).get("/ocpi/versions", headers={"Cookie": f"token={token}"}).status == 401
    assert nobody(service).post("/ocpi/2.2.1/credentials", {"token": token}).status == 401


def test_credentials_token_a_opens_versions_and_credentials_only(service: RunningService):
    client = newcomer(service)
    assert client.get("/ocpi/versions").status == 200
    assert client.get("/ocpi/2.2.1").status == 200
    assert client.get("/ocpi/2.2.1/credentials").status == 200
    for module in ("locations", "tariffs", "sessions", "cdrs"):
        assert client.get(f"{CPO}/{module}").status == 401


@pytest.fixture
def other_folder(tmp_path: Path) -> Folder:
    return prepare(tmp_path / "deployment")


def change_partner(folder: Folder, partner: str, **changes: object) -> None:
    path = folder.root / "service.json"
    document = json.loads(path.read_text())
    next(p for p in document["partners"] if p["id"] == partner).update(changes)
    path.write_text(json.dumps(document))


def test_a_partner_that_writes_raw_tokens_cannot_write_base64(other_folder: Folder):
    change_partner(other_folder, "emsp-b", token_encoding="raw")
    with running_service(folder=other_folder) as service:
        raw = Client(service=service, authorization=f"Token {service.tokens['emsp-b']}")
        assert raw.get("/ocpi/versions").status == 200
        assert Client(service=service, partner="emsp-b").get("/ocpi/versions").status == 401


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"contract_until": "2026-01-01T00:00:00Z"}, "out_of_contract"),
        ({"contract_from": "2035-01-01T00:00:00Z"}, "out_of_contract"),
        ({"token_sha256": None}, "unknown_token"),
    ],
)
def test_outside_the_contract_nobody_is_let_in(other_folder: Folder, changes: dict[str, object], reason: str):
    change_partner(other_folder, "emsp-b", **changes)
    with running_service(folder=other_folder) as service:
        assert Client(service=service, partner="emsp-b").get("/ocpi/versions").status == 401
        assert emsp_a(service).get("/ocpi/versions").status == 200
        assert [e["reason"] for e in service.events if e.get("outcome") == "refused"] == [reason]


def test_a_token_does_not_show_itself():
    token = CredentialsToken.make()
    assert token.reveal() not in repr(token) + str(token) + f"{token!r}"
    assert len(token.reveal()) >= 43
    assert token.reveal() != CredentialsToken.make().reveal()


@pytest.mark.parametrize("text", ["", " ", "a b", "a" * 65, "ä", "a\n"])
def test_what_cannot_be_a_token_is_refused(text: str):
    with pytest.raises(ValueError, match="not a credentials token"):
        CredentialsToken(text)


def test_no_file_of_the_deployment_but_its_own_holds_a_token(service: RunningService):
    folder = service.folder.root
    for partner, token in service.tokens.items():
        holders = [p.name for p in folder.rglob("*") if p.is_file() and token.encode() in p.read_bytes()]
        assert holders == [partner]


def test_the_running_service_does_not_show_tokens(service: RunningService):
    assert all(token not in repr(replace(service)) for token in service.tokens.values())
