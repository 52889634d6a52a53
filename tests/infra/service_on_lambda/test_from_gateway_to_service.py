"""A request as AWS carries it: gateway event, authoriser, service - over the stack's tables and secrets, in moto."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.authoriser import handler as authoriser
from infra.authoriser.decision import Unauthorized
from infra.rotation.credentials import digest
from infra.rotation.steps import STEPS, Rotation
from infra.rotation.tokens import AccessTokens
from infra.rotation.vault import SecretVault
from infra.service_on_lambda import handler as service
from tests.infra.recorded_program import Recorded
from tests.infra.service_on_lambda.access_and_objects import REGION, create_tables

PARTNER = "example-cpo"
LOCATIONS = "/ocpi/emsp/2.2.1/locations"
LOCATION = {
    "country_code": "FR", "party_id": "EXC", "id": "LOC1", "publish": True, "address": "Rue 1", "city": "Paris",
    "country": "FRA", "coordinates": {"latitude": "48.850000", "longitude": "2.350000"}, "time_zone": "Europe/Paris",
    "last_updated": "2026-03-01T10:00:00Z",
}  # fmt: skip


class Cloud:
    """The stack's contracts in the table, and the token that the first rotation issues."""

    def __init__(self, stack: Recorded) -> None:
        self.dynamodb = boto3.client("dynamodb", REGION)
        self.secrets = boto3.client("secretsmanager", REGION)
        create_tables(self.dynamodb)
        for item in stack.all("aws:dynamodb/tableItem:TableItem"):
            self.dynamodb.put_item(TableName="access", Item=json.loads(item["inputs"]["item"]))
        first = stack.inputs("aws:secretsmanager/secretVersion:SecretVersion", PARTNER)["secretString"]["value"]
        name = stack.inputs("aws:secretsmanager/secret:Secret", PARTNER)["name"]
        self.secrets.create_secret(Name=name, SecretString=first)
        self.secret = name
        self._issue()

    def _issue(self) -> None:
        vault, tokens = SecretVault(self.secrets, self.secret, str(uuid.uuid4())), AccessTokens(self.dynamodb, "access")
        rotation = Rotation(vault=vault, tokens=tokens, partner=None, versions_url="", roles=[])  # type: ignore[arg-type]
        for step in STEPS.values():
            step(rotation)

    def token(self) -> str:
        answer = self.secrets.get_secret_value(SecretId=self.secret, VersionStage="AWSCURRENT")
        return str(json.loads(answer["SecretString"])["inbound_token"])

    def registered(self) -> None:
        """As after a handshake: the token is no CREDENTIALS_TOKEN_A any more."""
        for item in self.dynamodb.scan(TableName="access")["Items"]:
            if "bootstrap" in item:
                self.dynamodb.put_item(TableName="access", Item={**item, "bootstrap": {"BOOL": False}})


@pytest.fixture
def cloud(stack: Recorded, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        key = boto3.client("kms", REGION).create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")
        settings = stack.inputs("aws:lambda/function:Function", "service")["environment"]["variables"]
        names = {
            "MUTUAL_TLS": "off",
            "ACCESS_TABLE": "access",
            "OBJECTS_TABLE": "objects",
            "LOG_REFERENCE_KEY": key["KeyMetadata"]["KeyId"],
        }
        for name, value in {**settings, **names}.items():
            monkeypatch.setenv(name, value)
        yield Cloud(stack)
        service._app.cache_clear()
        service._registrations.cache_clear()
        service._runner().close()
        service._runner.cache_clear()
        authoriser._table.cache_clear()


def request(
    method: str, path: str, token: str, body: Any = None, *, raw: bool = False
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The authoriser's answer and the service's, with its body read."""
    event: dict[str, Any] = {
        "type": "REQUEST", "httpMethod": method, "path": path, "isBase64Encoded": False,
        "methodArn": f"arn:aws:execute-api:{REGION}:123456789012:api1/ocpi/{method}{path}",
        "multiValueHeaders": {
            "Authorization": ["Token " + (token if raw else base64.b64encode(token.encode()).decode())],
            "Content-Type": ["application/json"],
            "OCPI-from-country-code": ["FR"], "OCPI-from-party-id": ["EXC"], "OCPI-to-country-code": ["DE"],
            "OCPI-to-party-id": ["REM"],
        },
        "multiValueQueryStringParameters": None, "body": None if body is None else json.dumps(body),
        "requestContext": {"requestId": "gateway-1", "identity": {"sourceIp": "198.51.100.17"}},
    }  # fmt: skip
    allowed = authoriser.handle(event, None)
    event["requestContext"]["authorizer"] = allowed["context"]
    answer = service.handle(event, None)
    return allowed, {**answer, "body": json.loads(answer["body"])}


def test_an_issued_token_opens_versions_and_no_module(cloud: Cloud):
    allowed, answer = request("GET", "/ocpi/versions", cloud.token())
    assert (allowed["principalId"], allowed["usageIdentifierKey"]) == (PARTNER, f"{PARTNER}:value")
    assert answer["statusCode"] == 200
    origin = "https://ocpi.test.example.com/ocpi"
    assert answer["body"]["data"] == [{"version": v, "url": f"{origin}/{v}"} for v in ("2.1.1", "2.2.1", "2.3.0")]
    allowed, answer = request("GET", f"{LOCATIONS}/FR/EXC/LOC1", cloud.token())
    assert not [r for r in allowed["policyDocument"]["Statement"][0]["Resource"] if "locations" in r]
    assert answer["statusCode"] == 401


def test_a_registered_partner_writes_and_reads_its_location(cloud: Cloud):
    cloud.registered()
    path = f"{LOCATIONS}/FR/EXC/LOC1"
    allowed, answer = request("PUT", path, cloud.token(), LOCATION)
    assert any(
        r.endswith("*/ocpi/emsp/2.2.1/locations/*") for r in allowed["policyDocument"]["Statement"][0]["Resource"]
    )
    assert (answer["statusCode"], answer["body"]["status_code"]) == (201, 1000), answer["body"]
    _, answer = request("GET", path, cloud.token())
    assert answer["body"]["data"] == LOCATION
    assert answer["multiValueHeaders"]["cache-control"] == ["no-store"]


LOCATION_211 = {name: value for name, value in LOCATION.items() if name not in {"country_code", "party_id", "publish"}}


@pytest.mark.parametrize(
    "version, document",
    [("2.1.1", LOCATION_211 | {"type": "ON_STREET", "postal_code": "75001"}), ("2.3.0", LOCATION)],
)
def test_the_other_versions_work_as_well_and_apart(cloud: Cloud, version: str, document: dict[str, Any]):
    cloud.registered()
    path, raw = f"/ocpi/emsp/{version}/locations/FR/EXC/LOC1", version == "2.1.1"
    allowed, answer = request("PUT", path, cloud.token(), document, raw=raw)
    assert any(f"/{version}/locations/*" in r for r in allowed["policyDocument"]["Statement"][0]["Resource"])
    assert (answer["statusCode"], answer["body"]["status_code"]) == (201, 1000), answer["body"]
    assert request("GET", path, cloud.token(), raw=raw)[1]["body"]["data"] == document
    assert request("GET", f"{LOCATIONS}/FR/EXC/LOC1", cloud.token())[1]["statusCode"] == 404


def test_a_token_that_is_handed_over_stays_once_it_is_used_for_a_module(cloud: Cloud):
    """A handshake alone may still fail, so it settles nothing."""
    cloud.registered()
    old, new = digest(cloud.token()), "the-new-token"
    tokens = AccessTokens(cloud.dynamodb, "access")
    tokens.accept(digest(new), PARTNER, bootstrap=False)
    for path in ("/ocpi/versions", "/ocpi/2.2.1", "/ocpi/2.2.1/credentials"):
        assert request("GET", path, new)[1]["statusCode"] == 200
        assert tokens.current(PARTNER) == old
    request("GET", f"{LOCATIONS}/FR/EXC/LOC1", new)
    assert tokens.current(PARTNER) == digest(new)


def test_an_unknown_token_is_refused_by_both(cloud: Cloud):
    with pytest.raises(Unauthorized):
        request("GET", "/ocpi/versions", "made-up-token-of-nobody")


def test_a_handshake_from_outside_ends_with_3001_because_there_is_no_way_out(cloud: Cloud):
    role = {"role": "CPO", "party_id": "EXC", "country_code": "FR", "business_details": {"name": "Example Charging"}}
    body = {"token": "their-token", "url": "https://partner.example.com/ocpi/versions", "roles": [role]}
    _, answer = request("POST", "/ocpi/2.2.1/credentials", cloud.token(), body)
    assert answer["body"]["status_code"] == 3001


def test_events_name_the_gateway_request_and_no_token(cloud: Cloud, capsys):
    token = cloud.token()
    request("GET", "/ocpi/versions", token)
    written = capsys.readouterr().out
    events = [json.loads(line) for line in written.splitlines()]
    assert {e["gateway_request_id"] for e in events} == {"gateway-1"}
    assert {"authentication", "access"} <= {e["event"] for e in events}
    assert token not in written
    assert base64.b64encode(token.encode()).decode() not in written


def test_contracts_of_the_example_are_in_force(stack: Recorded):
    item = json.loads(stack.inputs("aws:dynamodb/tableItem:TableItem", PARTNER)["item"])
    contract = json.loads(item["contract"]["S"])
    assert contract["contract_from"] <= datetime.now(UTC).date().isoformat() < contract["contract_until"]
