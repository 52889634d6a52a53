"""The credentials handshake, with real calls back over TLS."""

from __future__ import annotations

import base64
import json
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.service.deployment.folder import Folder, prepare
from infra.service.v2_2_1.objects.credentials import Credentials
from tests.infra.service.exchange_client import CPO, Client, Reply, emsp_a, newcomer
from tests.infra.service.partner_stub import PartnerStub, Response, ocpi, partner_stub, well_behaved
from tests.targets.reference_service import RunningService, prepared_folder, running_service

URL = "/ocpi/2.2.1/credentials"
TOKEN_B = "token-B-of-the-partner-0123456789"
ALP = {"role": "EMSP", "country_code": "AT", "party_id": "ALP", "business_details": {"name": "Alpenstrom"}}


def theirs(versions_url: str, **changes: Any) -> dict[str, Any]:
    return {"token": TOKEN_B, "url": versions_url, "roles": [ALP]} | changes


def with_token(service: RunningService, token: str) -> Client:
    return Client(service=service, authorization="Token " + base64.b64encode(token.encode()).decode())


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[RunningService]:
    """A service that may call back to localhost and trusts the CA of the stub."""
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    with running_service(folder=prepare(tmp_path / "deployment", outbound=outbound)) as running:
        yield running


@pytest.fixture
def stub() -> Iterator[PartnerStub]:
    with partner_stub(prepared_folder()) as running:
        well_behaved(running)
        yield running


def reasons(service: RunningService) -> list[object]:
    return [e["reason"] for e in service.events if e["event"] == "handshake"]


def test_registration_renewal_and_end(trusting: RunningService, stub: PartnerStub):
    registered = newcomer(trusting).post(URL, theirs(f"{stub.origin}/versions"))
    assert (registered.status, registered.code) == (200, 1000)
    ours = Credentials.model_validate(registered.data)
    assert ours.url == trusting.versions_url
    assert [(r.role, r.party_id) for r in ours.roles] == [("CPO", "RFC"), ("EMSP", "RFM")]
    expected = "Token " + base64.b64encode(TOKEN_B.encode()).decode()
    assert stub.seen == [("/versions", expected), ("/2.2.1", expected)]

    assert newcomer(trusting).get("/ocpi/versions").status == 401  # CREDENTIALS_TOKEN_A is used up
    client = with_token(trusting, ours.token)
    assert client.get(f"{CPO}/locations").code == 1000
    assert client.get(URL).data == registered.data
    assert client.post(URL, theirs(f"{stub.origin}/versions")).status == 405

    renewed = client.put(URL, theirs(f"{stub.origin}/versions", token="another-token-B"))
    assert renewed.code == 1000
    assert renewed.data["token"] != ours.token
    assert client.get("/ocpi/versions").status == 401  # the old token ended
    last = with_token(trusting, renewed.data["token"])
    assert last.delete(URL).code == 1000
    assert last.get("/ocpi/versions").status == 401
    changes = [e["outcome"] for e in trusting.events if e.get("module") == "credentials"]
    assert changes == ["registered", "renewed", "unregistered"]


def test_before_registration_there_is_nothing_to_renew_or_end(trusting: RunningService, stub: PartnerStub):
    assert newcomer(trusting).put(URL, theirs(f"{stub.origin}/versions")).status == 405
    assert newcomer(trusting).delete(URL).status == 405
    assert newcomer(trusting).get(URL).data["token"] == trusting.tokens["newcomer"]
    assert stub.seen == []


def test_the_partners_token_is_kept_in_a_private_file_and_nowhere_else(trusting: RunningService, stub: PartnerStub):
    token_c = newcomer(trusting).post(URL, theirs(f"{stub.origin}/versions")).data["token"]
    root = trusting.folder.root
    kept = trusting.folder.partner_tokens / "newcomer"
    assert kept.read_text() == TOKEN_B
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    files = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert [p for p, data in files.items() if TOKEN_B.encode() in data] == [kept]
    assert [p for p, data in files.items() if token_c.encode() in data] == []
    with_token(trusting, token_c).delete(URL)
    assert not kept.exists()


def test_two_instances_register_with_each_other(tmp_path: Path):
    folders = [tmp_path / name for name in ("east", "west")]
    for mine, other in (folders, folders[::-1]):
        prepare(mine, outbound={"private_hosts": ["localhost"], "ca": str(other / "ca.pem")})
    with running_service(folder=Folder(folders[0])) as east, running_service(folder=Folder(folders[1])) as west:
        # each is the newcomer of the other and lets it in with the token of a partner that it has
        for here, there in ((east, west), (west, east)):
            token_b = there.tokens["emsp-b"]
            document = Credentials.model_validate(with_token(there, token_b).get(URL).data)
            sent = theirs(document.url, token=token_b)
            registered = newcomer(here).post(URL, sent)
            assert registered.code == 1000
            assert with_token(here, registered.data["token"]).get(f"{CPO}/tariffs").code == 1000
            called = [e["route"] for e in there.events if e["event"] == "access" and e["partner"] == "emsp-b"]
            assert called == [URL, "/ocpi/versions", "/ocpi/2.2.1"]


def test_of_two_registrations_with_one_token_one_fails(trusting: RunningService, stub: PartnerStub):
    versions, all_of_them = stub.answers["/versions"], threading.Barrier(4, timeout=60)

    def together() -> Response:
        all_of_them.wait()
        return versions()

    stub.answers["/versions"] = together
    with ThreadPoolExecutor(4) as pool:
        replies: list[Reply] = list(
            pool.map(lambda _: newcomer(trusting).post(URL, theirs(f"{stub.origin}/versions")), range(4))
        )
    assert sorted(r.status for r in replies) == [200, 405, 405, 405]
    (won,) = [r for r in replies if r.status == 200]
    assert with_token(trusting, won.data["token"]).get("/ocpi/versions").status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": []},
        {"roles": [ALP, ALP]},
        {"roles": [ALP | {"role": "CPO"}]},
        {"roles": [ALP | {"party_id": "VLT", "country_code": "DE"}]},
        {"roles": [ALP, ALP | {"party_id": "RFC", "country_code": "NL"}]},
        {"token": ""},
        {"token": "with blank"},
        {"token": "x" * 65},
        {"url": "http://localhost/versions"},
        {"url": "file:///etc/passwd"},
        {"url": "x" * 256},
        {"url": None},
    ],
)
def test_credentials_that_break_a_rule_are_refused_before_any_call(
    trusting: RunningService, stub: PartnerStub, changes: dict[str, Any]
):
    reply = newcomer(trusting).post(URL, theirs(f"{stub.origin}/versions", **changes))
    assert (reply.status, reply.code) == (200, 2001)
    assert stub.seen == []
    assert newcomer(trusting).get("/ocpi/versions").status == 200  # CREDENTIALS_TOKEN_A still works


def redirect(stub: PartnerStub) -> Response:
    return 302, {"Location": f"{stub.origin}/elsewhere"}, b""


def bad_answers(stub: PartnerStub) -> dict[str, tuple[str, Callable[[], Response], int, str]]:
    """Path, answer, OCPI status code and logged reason by name."""
    other = "https://127.0.0.1:1/2.2.1"
    json_type = {"Content-Type": "application/json"}
    return {
        "no such path": ("/versions", lambda: (404, {}, b""), 3001, "http_status: 404"),
        "redirect": ("/versions", lambda: redirect(stub), 3001, "http_status: 302"),
        "html": ("/versions", lambda: (200, {}, b"<html>"), 3001, "invalid_json"),
        "ocpi error": ("/versions", lambda: ocpi([], 2000), 3001, "not_successful"),
        "not an object": ("/versions", lambda: (200, json_type, b"[]"), 3001, "not_successful"),
        "wrong shape": ("/versions", lambda: ocpi([{"version": 1}]), 3001, "invalid_answer"),
        "duplicate keys": ("/versions", lambda: (200, {}, b'{"data":[],"data":[]}'), 3001, "invalid_json"),
        "too large": ("/versions", lambda: (200, {}, b" " * 1_500_000), 3001, "too_large"),
        "other versions only": (
            "/versions",
            lambda: ocpi([{"version": "2.1.1", "url": stub.origin}]),
            3002,
            "version_missing",
        ),
        "details elsewhere": ("/versions", lambda: ocpi([{"version": "2.2.1", "url": other}]), 3001, "other_origin"),
        "no endpoints": ("/2.2.1", lambda: ocpi({"version": "2.2.1", "endpoints": []}), 3001, "invalid_answer"),
        "no credentials endpoint": (
            "/2.2.1",
            lambda: ocpi(
                {"version": "2.2.1", "endpoints": [{"identifier": "cdrs", "role": "SENDER", "url": stub.origin}]}
            ),
            3003,
            "credentials_missing",
        ),
    }


@pytest.mark.parametrize("name", bad_answers(PartnerStub(1)))
def test_a_partner_that_answers_badly_is_not_registered(trusting: RunningService, stub: PartnerStub, name: str):
    path, answer, code, reason = bad_answers(stub)[name]
    stub.answers[path] = answer
    reply = newcomer(trusting).post(URL, theirs(f"{stub.origin}/versions"))
    assert (reply.status, reply.code) == (200, code)
    assert "data" not in reply.json
    assert reply.json["status_message"] == "The handshake could not be completed"
    assert reasons(trusting) == [reason]
    assert newcomer(trusting).get("/ocpi/versions").status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://127.0.0.1:{port}",
        "https://[::1]:{port}",
        "https://[::ffff:127.0.0.1]:{port}",
        "https://localhost:{port}",
        "https://169.254.169.254",
        "https://10.0.0.1",
        "https://192.168.1.1",
        "https://100.64.0.1",
        "https://0.0.0.0:{port}",
        "https://[fe80::1]",
        "https://[fd00:ec2::254]",
        "https://[64:ff9b::7f00:1]",
        "https://[2002:7f00:1::]",
    ],
)
def test_internal_addresses_are_not_called(fresh: RunningService, stub: PartnerStub, origin: str):
    reply = newcomer(fresh).post(URL, theirs(origin.format(port=stub.port) + "/versions"))
    assert (reply.status, reply.code) == (200, 3001)
    assert reasons(fresh) == ["address_not_public"]
    assert stub.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "https://user:pass@localhost/x",  # pragma: allowlist secret
        "https://",
        "https://localhost:99999/x",
        "https://[::1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://127.1/x",
        "https://localhost%2f@example.com/x",
    ],
)
def test_urls_that_two_parsers_may_read_differently_are_not_called(fresh: RunningService, url: str):
    reply = newcomer(fresh).post(URL, theirs(url))
    assert reply.status == 200
    assert reply.code in (2001, 3001)
    assert all("public" in str(r) or "nvalid" in str(r) for r in reasons(fresh))


def test_a_partner_with_an_unknown_certificate_never_sees_the_token(stub: PartnerStub, tmp_path: Path):
    folder = prepare(tmp_path / "deployment", outbound={"private_hosts": ["localhost"]})  # trusts public CAs only
    with running_service(folder=folder) as service:
        reply = newcomer(service).post(URL, theirs(f"{stub.origin}/versions"))
        assert reply.code == 3001
        assert reasons(service) == ["connection: ClientConnectorCertificateError"]
    assert stub.seen == []


def test_a_certificate_for_another_name_is_refused(trusting: RunningService):
    with running_service(["wrong-name-certificate"]) as other:
        reply = newcomer(trusting).post(URL, theirs(other.versions_url, token=other.tokens["emsp-a"]))
        assert reply.code == 3001
        assert [e for e in other.events if e["event"] == "authentication"] == []


def test_a_registration_survives_a_restart_with_sqlite(tmp_path: Path, stub: PartnerStub):
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    folder = prepare(tmp_path / "deployment", outbound=outbound)
    with running_service(folder=folder, store="sqlite") as service:
        token = newcomer(service).post(URL, theirs(f"{stub.origin}/versions")).data["token"]
    with running_service(folder=folder, store="sqlite") as service:
        assert with_token(service, token).get(f"{CPO}/tariffs").code == 1000
        assert newcomer(service).get("/ocpi/versions").status == 401
        assert emsp_a(service).get("/ocpi/versions").status == 200
    assert token.encode() not in (folder.root / "store.sqlite").read_bytes()
    assert stat.S_IMODE((folder.root / "store.sqlite").stat().st_mode) == 0o600
    assert json.loads((folder.root / "service.json").read_text())["partners"]
