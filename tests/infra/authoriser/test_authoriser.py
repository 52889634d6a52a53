from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.authoriser import handler
from infra.authoriser.access import AccessTable, Contract, Found, TokenRecord
from infra.authoriser.certificate_end import certificate_end
from infra.authoriser.certificates import fingerprint_of, presented_certificate
from infra.authoriser.decision import Unauthorized, decide
from infra.authoriser.resources import allowed
from infra.service.partner import InterfaceRole, Partner, Right, Scope
from infra.service.supported import VERSIONS
from infra.service.versions import version_routes
from tests.infra.authoriser.requests import CERTIFICATE, PEM, gateway_event
from tests.targets.reference_service import prepared_folder

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TOKEN = "a-credentials-token-of-the-partner"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/ocpi/GET/ocpi/versions"
GRANTS = ({"module": "locations", "side": "SENDER", "rights": ["read"]},
          {"module": "tokens", "side": "RECEIVER", "rights": ["read", "write"]},
          {"module": "cdrs", "side": "RECEIVER", "rights": ["write"]})  # fmt: skip


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def encoded(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


REVOKED = "0" * 64


class MemoryAccess:
    def __init__(self, **changes: Any) -> None:
        record = {"digest": digest(TOKEN), "partner_id": "acme", "bootstrap": False, "expires_at": None}
        contract = {"partner_id": "acme", "modules": GRANTS, "contract_from": "2026-01-01", "token_encoding": "base64",
                    "contract_until": "2027-01-01", "usage_key": "usage-key-of-acme",
                    "certificate": {"subject": CERTIFICATE.subject, "issuer": CERTIFICATE.issuer}}  # fmt: skip
        self._record = TokenRecord(**{k: changes.get(k, v) for k, v in record.items()})
        self._contract = Contract(**{k: changes.get(k, v) for k, v in contract.items()})

    def token(self, wanted: str) -> TokenRecord | None:
        return self._record if wanted == digest(TOKEN) else None

    def find(self, wanted: str, certificate: str | None) -> Found | None:
        record = self.token(wanted)
        return None if record is None else Found(token=record, contract=self.contract(record.partner_id, certificate))

    def contract(self, partner_id: str, certificate: str | None) -> Contract | None:
        return self._contract if partner_id == "acme" and certificate != REVOKED else None


def event(*authorization: str) -> dict[str, Any]:
    headers = {"Authorization": list(authorization)} if authorization else {}
    return {"type": "REQUEST", "methodArn": ARN, "multiValueHeaders": headers}


def test_a_partner_gets_its_modules_its_name_and_its_rate():
    answer = decide(event(f"Token {encoded(TOKEN)}"), MemoryAccess(), NOW)
    assert answer["principalId"] == "acme"
    assert answer["usageIdentifierKey"] == "usage-key-of-acme"
    (statement,) = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")
    stage = "arn:aws:execute-api:eu-central-1:123456789012:api1/ocpi/"
    assert f"{stage}GET/ocpi/cpo/2.2.1/locations" in statement["Resource"]
    assert f"{stage}PUT/ocpi/cpo/2.2.1/locations" not in statement["Resource"]
    assert all(resource.startswith(stage) for resource in statement["Resource"])


def test_the_answer_holds_no_token():
    assert TOKEN not in json.dumps(decide(event(f"Token {encoded(TOKEN)}"), MemoryAccess(), NOW))


@pytest.mark.parametrize("authorization", [
    (), ("",), ("Token",), ("Token ",), (f"Bearer {encoded(TOKEN)}",), (f"token {encoded(TOKEN)}",), (encoded(TOKEN),),
    (f"Token {encoded('another-token')}",), (f"Token {TOKEN}",), (f"Token  {encoded(TOKEN)}",),
    (f"Token {encoded(TOKEN)}", f"Token {encoded(TOKEN)}"), (f"Token {encoded(TOKEN)}=",), ("Token \xff\xfe",),
    (f"Token {encoded('x' * 65)}",), ("Token " + "A" * 10_000,), (f"Token {encoded(TOKEN + chr(10))}",),
])  # fmt: skip
def test_whatever_is_not_the_token_is_refused(authorization):
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        decide(event(*authorization), MemoryAccess(), NOW)


@pytest.mark.parametrize("changes", [
    {"expires_at": int(NOW.timestamp())}, {"contract_until": "2026-06-01"}, {"contract_from": "2026-06-02"},
    {"token_encoding": "raw"}, {"partner_id": "somebody-else"}, {"digest": digest("another")},
])  # fmt: skip
def test_an_expired_or_mismatching_record_is_refused(changes):
    with pytest.raises(Unauthorized):
        decide(event(f"Token {encoded(TOKEN)}"), MemoryAccess(**changes), NOW)


def test_with_mutual_tls_the_token_opens_with_the_partners_certificate():
    assert decide(gateway_event(TOKEN), MemoryAccess(), NOW, mutual_tls=True)["principalId"] == "acme"


@pytest.mark.parametrize("changes", [{"subject": "CN=somebody-else"}, {"issuer": "CN=Another CA"}])
def test_with_mutual_tls_another_certificate_of_the_trust_store_is_refused(changes):
    theirs = gateway_event(TOKEN, replace(CERTIFICATE, **changes))
    with pytest.raises(Unauthorized):
        decide(theirs, MemoryAccess(), NOW, mutual_tls=True)


@pytest.mark.parametrize("pem", ["", "-----BEGIN CERTIFICATE-----", PEM.replace("A", "\u00e4"), PEM[:60]])
def test_with_mutual_tls_a_certificate_that_cannot_be_read_is_refused(pem):
    with pytest.raises(Unauthorized):
        decide(gateway_event(TOKEN, pem=pem), MemoryAccess(), NOW, mutual_tls=True)


def test_with_mutual_tls_no_certificate_and_no_bound_contract_are_refused():
    for event_of, access in (
        (gateway_event(TOKEN, None), MemoryAccess()),
        (event(f"Token {encoded(TOKEN)}"), MemoryAccess()),
        (gateway_event(TOKEN), MemoryAccess(certificate=None)),
    ):
        with pytest.raises(Unauthorized):
            decide(event_of, access, NOW, mutual_tls=True)


def test_the_fingerprint_is_that_of_the_first_certificate():
    assert presented_certificate(gateway_event(TOKEN)) == CERTIFICATE
    chain = prepared_folder().server[0].read_text()
    der = ssl.PEM_cert_to_DER_cert(chain[: chain.index("-----END CERTIFICATE-----") + 26])
    assert fingerprint_of(chain) == hashlib.sha256(der).hexdigest()


def test_a_table_that_does_not_answer_in_full_lets_nobody_in():
    class Throttled:
        def get_item(self, **_: Any) -> dict[str, Any]:
            item = {"token_hash": {"S": digest(TOKEN)}, "partner_id": {"S": "acme"}, "bootstrap": {"BOOL": False}}
            return {"Item": item}

        def batch_get_item(self, **asked: Any) -> dict[str, Any]:
            return {"Responses": {"access": []}, "UnprocessedKeys": asked["RequestItems"]}

    table = AccessTable(Throttled(), "access")
    for _ in range(2):  # the second time by one read
        with pytest.raises(RuntimeError, match="in full"):
            table.find(digest(TOKEN), None)


def test_without_a_word_on_mutual_tls_the_function_lets_nobody_in(monkeypatch):
    monkeypatch.delenv("MUTUAL_TLS", raising=False)
    monkeypatch.setattr(handler, "_table", MemoryAccess)
    with pytest.raises(KeyError):
        handler.handle(gateway_event(TOKEN), None)


@pytest.mark.parametrize("day, days", [
    (datetime(2032, 7, 5, tzinfo=UTC), None),  # 31 days and some hours
    (datetime(2032, 7, 6, 12, tzinfo=UTC), 29),
    (datetime(2032, 8, 5, 9, tzinfo=UTC), 0),
    (datetime(2032, 8, 6, tzinfo=UTC), -1),
])  # fmt: skip
def test_the_last_month_of_a_certificate_is_told(day, days):
    line = certificate_end(gateway_event(TOKEN), "acme", day)
    assert (line and line["days"]) == days
    assert line is None or line == {"event": "certificate_ends", "partner": "acme", "days": days, "serial": "1"}


@pytest.mark.parametrize("validity", [{}, None, {"notAfter": ""}, {"notAfter": "tomorrow"}, {"notAfter": None}, "2032"])
def test_a_certificate_without_a_date_that_can_be_read_stops_nobody(validity):
    asked = gateway_event(TOKEN)
    asked["requestContext"]["identity"]["clientCert"]["validity"] = validity
    assert certificate_end(asked, "acme", NOW) is None
    assert certificate_end(gateway_event(TOKEN, None), "acme", NOW) is None


def test_the_function_writes_that_a_certificate_ends_and_lets_the_partner_in(monkeypatch, capsys):
    monkeypatch.setenv("MUTUAL_TLS", "required")
    monkeypatch.setattr(handler, "_table", lambda: MemoryAccess(contract_until="9999-01-01"))
    asked = gateway_event(TOKEN)
    ends = datetime.now(UTC) + timedelta(days=3, hours=1)
    asked["requestContext"]["identity"]["clientCert"]["validity"]["notAfter"] = f"{ends:%b %d %H:%M:%S %Y} GMT"
    assert handler.handle(asked, None)["principalId"] == "acme"
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"event": "certificate_ends", "partner": "acme", "days": 3, "serial": "1"}
    with pytest.raises(Unauthorized):
        handler.handle({**asked, "multiValueHeaders": {"Authorization": ["Token made-up"]}}, None)
    assert capsys.readouterr().out == "", "of nobody's certificate anything is said"


def test_a_partner_that_sends_raw_tokens_may():
    assert decide(event(f"Token {TOKEN}"), MemoryAccess(token_encoding="raw"), NOW)["principalId"] == "acme"


V211 = "arn:aws:execute-api:eu-central-1:123456789012:api1/ocpi/GET/ocpi/cpo/2.1.1/locations"


def test_on_the_paths_of_2_1_1_the_token_is_raw_and_opens_no_other_version():
    answer = decide(event(f"Token {TOKEN}") | {"methodArn": V211}, MemoryAccess(), NOW)
    resources = answer["policyDocument"]["Statement"][0]["Resource"]
    assert V211 in resources
    assert not [r for r in resources if "2.2.1" in r or "2.3.0" in r]
    with pytest.raises(Unauthorized):
        decide(event(f"Token {encoded(TOKEN)}") | {"methodArn": V211}, MemoryAccess(), NOW)


def test_the_policy_of_a_partner_with_everything_fits_the_gateways_limit():
    access = MemoryAccess(modules=EVERYTHING)
    answer = decide(event(f"Token {encoded(TOKEN)}"), access, NOW)
    assert len(json.dumps(answer["policyDocument"])) <= 8192


def test_a_table_that_does_not_answer_lets_nobody_in():
    class Broken(MemoryAccess):
        def token(self, wanted: str) -> TokenRecord | None:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        decide(event(f"Token {encoded(TOKEN)}"), Broken(), NOW)


def test_no_headers_at_all_is_refused():
    with pytest.raises(Unauthorized):
        decide({"type": "REQUEST", "methodArn": ARN, "multiValueHeaders": None}, MemoryAccess(), NOW)


ROUTES = (*version_routes(VERSIONS), *(route for version in VERSIONS for route in version.routes))

EVERYTHING = tuple(
    {"module": module, "side": side, "rights": ["read", "write"]}
    for module in sorted({route.module for route in ROUTES if route.side is not None})
    for side in ("SENDER", "RECEIVER")
)
CONTRACTS = [(), *((grant,) for grant in GRANTS), GRANTS, EVERYTHING]


@pytest.mark.parametrize("grants", CONTRACTS, ids=str)
@pytest.mark.parametrize("bootstrap", [False, True])
def test_gateway_and_service_agree_on_every_route(grants, bootstrap):
    contract = MemoryAccess(modules=tuple(grants)).contract("acme", None)
    assert contract is not None
    patterns = allowed(contract, bootstrap=bootstrap)
    partner = service_partner(grants)
    for route in ROUTES:
        request = f"{route.method}{route.template}".replace("{", "").replace("}", "")
        by_gateway = any(fnmatch.fnmatchcase(request, pattern) for pattern in patterns)
        by_service = route.side is None or (not bootstrap and partner.may(route.module, route.side, route.right))
        assert by_gateway is by_service, request


def service_partner(grants) -> Partner:
    scopes = tuple(
        Scope(module=g["module"], side=InterfaceRole(g["side"]), rights=frozenset(map(Right, g["rights"])))
        for g in grants
    )
    return Partner(id="acme", roles=(), scopes=scopes, contract_from=NOW, contract_until=NOW)


def test_the_table_is_read_as_the_stack_and_the_rotation_write_it():
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        key = [{"AttributeName": n, "KeyType": k} for n, k in (("pk", "HASH"), ("sk", "RANGE"))]
        attributes = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
        client.create_table(
            TableName="access", KeySchema=key, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
        )
        contract = {
            "id": "acme", "modules": list(GRANTS), "token_encoding": "base64",
            "contract_from": "2026-01-01", "contract_until": "2027-01-01",
        }  # fmt: skip
        client.put_item(TableName="access", Item={"pk": {"S": "partners"}, "sk": {"S": "acme"}, "usage_key": {"S": "k"},
                                                  "contract": {"S": json.dumps(contract)}})  # fmt: skip
        client.put_item(TableName="access", Item={
            "pk": {"S": f"token#{digest(TOKEN)}"}, "sk": {"S": "partner"}, "token_hash": {"S": digest(TOKEN)},
            "partner_id": {"S": "acme"}, "bootstrap": {"BOOL": False}})  # fmt: skip
        access = AccessTable(client, "access")
        for _ in range(2):  # the second time the instance knows whose it was
            assert decide(event(f"Token {encoded(TOKEN)}"), access, NOW)["principalId"] == "acme"
        with pytest.raises(Unauthorized):
            decide(event(f"Token {encoded('another')}"), access, NOW)
        client.delete_item(TableName="access", Key={"pk": {"S": f"token#{digest(TOKEN)}"}, "sk": {"S": "partner"}})
        with pytest.raises(Unauthorized):
            decide(event(f"Token {encoded(TOKEN)}"), access, NOW)


@pytest.fixture
def counted() -> Iterator[Counted]:
    """A table with one partner and one token, and what was asked of it."""
    with mock_aws():
        client = boto3.client("dynamodb", "eu-central-1")
        key = [{"AttributeName": n, "KeyType": k} for n, k in (("pk", "HASH"), ("sk", "RANGE"))]
        attributes = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
        client.create_table(
            TableName="access", KeySchema=key, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
        )
        table = Counted(client)
        for partner in ("acme", "other"):
            contract = {"id": partner, "modules": list(GRANTS), "token_encoding": "base64",
                        "contract_from": "2026-01-01", "contract_until": "2027-01-01"}  # fmt: skip
            table.put("partners", partner, usage_key={"S": "k"}, contract={"S": json.dumps(contract)})
        table.issue("acme")
        yield table


class Counted:
    """A boto3 client; `asked` are the operations."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.asked: list[str] = []
        client.meta.events.register("before-call.dynamodb.*", lambda model, **_: self.asked.append(model.name))

    def put(self, pk: str, sk: str, **item: Any) -> None:
        self._client.put_item(TableName="access", Item={"pk": {"S": pk}, "sk": {"S": sk}, **item})

    def issue(self, partner: str) -> None:
        self.put(f"token#{digest(TOKEN)}", "partner", token_hash={"S": digest(TOKEN)}, partner_id={"S": partner},
                 bootstrap={"BOOL": False})  # fmt: skip

    def decisions(self) -> Callable[[], str | None]:
        """One instance: who the token is, None for nobody."""
        access = AccessTable(self._client, "access")

        def decided() -> str | None:
            self.asked.clear()
            try:
                return str(decide(event(f"Token {encoded(TOKEN)}"), access, NOW)["principalId"])
            except Unauthorized:
                return None

        return decided


def test_a_token_that_was_seen_before_takes_one_read(counted):
    decided = counted.decisions()
    assert (decided(), counted.asked) == ("acme", ["GetItem", "BatchGetItem"])
    assert (decided(), counted.asked) == ("acme", ["BatchGetItem"])


def test_what_is_revoked_is_refused_by_an_instance_that_knew_it(counted):
    decided = counted.decisions()
    assert decided() == "acme"
    counted.put("revoked#acme", "partner")
    assert decided() is None


def test_a_token_that_changed_hands_is_the_new_partners(counted):
    decided = counted.decisions()
    assert decided() == "acme"
    counted.issue("other")
    assert decided() == "other"
