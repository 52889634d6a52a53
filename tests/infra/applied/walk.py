"""A partner that was given its CREDENTIALS_TOKEN_A, and uses it and the API of an applied stack."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.revocation import Clients, KillSwitch
from tests.infra.applied.account import Account
from tests.infra.applied.events import Certificate, HttpRequest
from tests.infra.applied.function_runtime import Functions
from tests.infra.applied.rest_gateway import HttpAnswer, RestGateway

PARTNER: Final = "example-cpo"
_STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")
LOCATION: Final = {
    "country_code": "FR", "party_id": "EXC", "id": "LOC1", "publish": True, "address": "Rue 1", "city": "Paris",
    "country": "FRA", "coordinates": {"latitude": "48.850000", "longitude": "2.350000"}, "time_zone": "Europe/Paris",
    "last_updated": "2026-03-01T10:00:00Z",
}  # fmt: skip
_LOCATION_PATH: Final = "/ocpi/emsp/2.2.1/locations/FR/EXC/LOC1"


class Walk:
    """What it does, in the order in which it is asked."""

    def __init__(self, account: Account, functions: Functions, host: str, environment: str) -> None:
        self._account, self._host, self._environment, self._now = account, host, environment, 0.0
        self._functions = functions
        gateway = account.client("apigateway")
        self.gateway = RestGateway(gateway, self._functions, account.account_id, lambda: self._now)
        self.token = self._issued()

    def _issued(self) -> str:
        """As Secrets Manager does it with a new secret: the four steps of the rotation function."""
        client = self._account.client("secretsmanager")
        (secret,) = [one for one in client.list_secrets()["SecretList"] if one["Name"].endswith(f"/{PARTNER}")]
        version = next(v for v, stages in secret["SecretVersionsToStages"].items() if "AWSPENDING" in stages)
        for step in _STEPS:
            event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": version}
            self._functions.invoke(secret["RotationLambdaARN"], event)
        value = client.get_secret_value(SecretId=secret["ARN"], VersionStage="AWSCURRENT")["SecretString"]
        return str(json.loads(value)["inbound_token"])

    def all(self) -> dict[str, HttpAnswer]:
        """In this order: later answers depend on what was done before."""
        versions, put = "/ocpi/versions", json.dumps(LOCATION)
        unknown = {**LOCATION, "a_field_of_ours": 1}
        found = {
            "no header": self.ask("GET", versions, token=None),
            "wrong token": self.ask("GET", versions, token="made-up"),
            "no route": self.ask("GET", "/ocpi/2.2.1/unknown/x"),
            "versions": self.ask("GET", versions),
            "module with a first token": self.ask("PUT", _LOCATION_PATH, put),
        }
        self.register()
        found["module within the cache"] = self.ask("PUT", _LOCATION_PATH, put)
        self._now += 31
        found |= {
            "written": self.ask("PUT", _LOCATION_PATH, put),
            "read": self.ask("GET", f"{_LOCATION_PATH}?a=1&a=2"),
            "unknown field": self.ask(
                "PUT", _LOCATION_PATH, json.dumps(unknown | {"last_updated": "2026-03-02T10:00:00Z"})
            ),
            "wrong body": self.ask("PUT", _LOCATION_PATH, json.dumps(LOCATION | {"coordinates": "here"})),
            "wrong body as text": self.ask("PUT", _LOCATION_PATH, "<xml/>", content_type="text/xml"),
            "not in the contract": self.ask("GET", "/ocpi/cpo/2.2.1/cdrs"),
        }
        self.kill_switch().revoke(PARTNER)
        found["revoked"] = self.ask("GET", _LOCATION_PATH)
        return found

    def ask(
        self,
        method: str,
        target: str,
        body: str | None = None,
        *,
        token: str | None = "",
        content_type: str = "",
        certificate: Certificate | None = None,
        further: Sequence[tuple[str, str]] = (),
    ) -> HttpAnswer:
        """With its own token, unless another (or None) is named; `certificate` is what it showed in the handshake.

        `further` are headers beside those of a good partner.
        """
        headers = {
            "Host": self._host, "User-Agent": "partner", "Content-Type": content_type or "application/json",
            "OCPI-from-country-code": "FR", "OCPI-from-party-id": "EXC", "OCPI-to-country-code": "DE",
            "OCPI-to-party-id": "REM",
        }  # fmt: skip
        if token is not None:
            headers["Authorization"] = "Token " + base64.b64encode((token or self.token).encode()).decode()
        request = HttpRequest(
            method=method, target=target, headers=[*headers.items(), *further], body=body, certificate=certificate
        )
        return self.gateway.answer(request)

    def _items(self) -> list[tuple[str, Mapping[str, Any]]]:
        client = self._account.client("dynamodb")
        tables = client.list_tables()["TableNames"]
        return [(name, item) for name in tables for item in client.scan(TableName=name)["Items"] if "bootstrap" in item]

    def register(self) -> None:
        """As after a handshake: the token is no CREDENTIALS_TOKEN_A any more."""
        for table, item in self._items():
            changed = {**item, "bootstrap": {"BOOL": False}}
            self._account.client("dynamodb").put_item(TableName=table, Item=changed)

    def kill_switch(self) -> KillSwitch:
        """The operator's, for this environment."""
        clients = Clients(
            dynamodb=self._account.client("dynamodb"),
            apigateway=_Flushing(self._account.client("apigateway"), self.gateway),
            secretsmanager=self._account.client("secretsmanager"),
        )
        table = self._items()[0][0]
        return KillSwitch(clients=clients, environment=self._environment, table=table)


class _Flushing:
    """moto cannot forget what an authoriser said; the gateway of these tests can."""

    def __init__(self, client: Any, gateway: RestGateway) -> None:
        self._client, self._gateway = client, gateway

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def flush_stage_authorizers_cache(self, *, restApiId: str, stageName: str) -> None:  # noqa: N803 - boto3's names
        self._gateway.forget_decisions(restApiId, stageName)
