"""Everything that is asked of an applied stack, asked once: what its calls were told, read back, and answered."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto import mock_aws

from infra.revocation import Clients, KillSwitch
from tests.infra.applied.account import Account, Call
from tests.infra.applied.apply import Applied, apply
from tests.infra.applied.events import HttpRequest
from tests.infra.applied.function_runtime import Functions, fresh_instances
from tests.infra.applied.read_back import read_back
from tests.infra.applied.rest_gateway import HttpAnswer, RestGateway
from tests.infra.recorded_program import example
from tests.targets.once import once_a_run

_MOTO: Any = {"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}
PARTNER: Final = "example-cpo"
_STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """`walked` has answers by what was asked, `events` those that the functions got."""

    applied: int
    complaints: tuple[str, ...]
    sdk_complaints: tuple[str, ...]
    overlooked: tuple[str, ...]
    calls: tuple[Call, ...]
    facts: Mapping[str, Any]
    walked: Mapping[str, HttpAnswer]
    events: tuple[Mapping[str, Any], ...]
    token: str


@once_a_run
def looked_at(name: str) -> LookedAt:
    """The shipped example of that name, applied to an empty account of moto."""
    with mock_aws(config=_MOTO), fresh_instances():
        applied = apply(example(name))
        facts = {**read_back(applied.account), "environment": name, "account": applied.account.account_id}
        walk = _Walk(applied.account, example(name)["domainName"], name)
        walked = walk.all()
    return LookedAt(
        applied=len(applied.made),
        complaints=tuple(applied.account.complaints),
        sdk_complaints=tuple(applied.sdk_complaints),
        overlooked=tuple(applied.overlooked),
        calls=_without_archives(applied),
        facts=facts,
        walked=walked,
        events=tuple(walk.gateway.events),
        token=walk.token,
    )


def _without_archives(applied: Applied) -> tuple[Call, ...]:
    return tuple(
        call for call in applied.account.calls if call.operation not in {"CreateFunction", "PublishLayerVersion"}
    )


LOCATION: Final = {
    "country_code": "FR", "party_id": "EXC", "id": "LOC1", "publish": True, "address": "Rue 1", "city": "Paris",
    "country": "FRA", "coordinates": {"latitude": "48.850000", "longitude": "2.350000"}, "time_zone": "Europe/Paris",
    "last_updated": "2026-03-01T10:00:00Z",
}  # fmt: skip
_LOCATION_PATH: Final = "/ocpi/emsp/2.2.1/locations/FR/EXC/LOC1"


class _Walk:
    """A partner that was given its CREDENTIALS_TOKEN_A, and uses it and the API."""

    def __init__(self, account: Account, host: str, environment: str) -> None:
        self._account, self._host, self._environment, self._now = account, host, environment, 0.0
        given = account.credentials()
        around = {name.upper(): value for name, value in given.items()}
        self._functions = Functions(account.client("lambda"), around, account.region)
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
            "no header": self._ask("GET", versions, token=None),
            "wrong token": self._ask("GET", versions, token="made-up"),
            "no route": self._ask("GET", "/ocpi/2.2.1/unknown/x"),
            "versions": self._ask("GET", versions),
            "module with a first token": self._ask("PUT", _LOCATION_PATH, put),
        }
        self._register()
        found["module within the cache"] = self._ask("PUT", _LOCATION_PATH, put)
        self._now += 31
        found |= {
            "written": self._ask("PUT", _LOCATION_PATH, put),
            "read": self._ask("GET", f"{_LOCATION_PATH}?a=1&a=2"),
            "unknown field": self._ask(
                "PUT", _LOCATION_PATH, json.dumps(unknown | {"last_updated": "2026-03-02T10:00:00Z"})
            ),
            "wrong body": self._ask("PUT", _LOCATION_PATH, json.dumps(LOCATION | {"coordinates": "here"})),
            "wrong body as text": self._ask("PUT", _LOCATION_PATH, "<xml/>", content_type="text/xml"),
            "not in the contract": self._ask("GET", "/ocpi/cpo/2.2.1/cdrs"),
        }
        self._revoke()
        found["revoked"] = self._ask("GET", _LOCATION_PATH)
        return found

    def _ask(
        self, method: str, target: str, body: str | None = None, *, token: str | None = "", content_type: str = ""
    ) -> HttpAnswer:
        headers = {
            "Host": self._host, "User-Agent": "partner", "Content-Type": content_type or "application/json",
            "OCPI-from-country-code": "FR", "OCPI-from-party-id": "EXC", "OCPI-to-country-code": "DE",
            "OCPI-to-party-id": "REM",
        }  # fmt: skip
        if token is not None:
            headers["Authorization"] = "Token " + base64.b64encode((token or self.token).encode()).decode()
        return self.gateway.answer(HttpRequest(method=method, target=target, headers=list(headers.items()), body=body))

    def _items(self) -> list[tuple[str, Mapping[str, Any]]]:
        client = self._account.client("dynamodb")
        tables = client.list_tables()["TableNames"]
        return [(name, item) for name in tables for item in client.scan(TableName=name)["Items"] if "bootstrap" in item]

    def _register(self) -> None:
        """As after a handshake: the token is no CREDENTIALS_TOKEN_A any more."""
        for table, item in self._items():
            changed = {**item, "bootstrap": {"BOOL": False}}
            self._account.client("dynamodb").put_item(TableName=table, Item=changed)

    def _revoke(self) -> None:
        clients = Clients(
            dynamodb=self._account.client("dynamodb"),
            apigateway=_Flushing(self._account.client("apigateway"), self.gateway),
            secretsmanager=self._account.client("secretsmanager"),
        )
        table = self._items()[0][0]
        KillSwitch(clients=clients, environment=self._environment, table=table).revoke(PARTNER)


class _Flushing:
    """moto cannot forget what an authoriser said; the gateway of these tests can."""

    def __init__(self, client: Any, gateway: RestGateway) -> None:
        self._client, self._gateway = client, gateway

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def flush_stage_authorizers_cache(self, *, restApiId: str, stageName: str) -> None:  # noqa: N803 - boto3's names
        self._gateway.forget_decisions(restApiId, stageName)
