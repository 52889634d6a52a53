"""The kill switch, against gateway, table and secrets in moto, and how long a revoked partner gets in."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.authoriser.access import AccessTable
from infra.authoriser.decision import Unauthorized, decide
from infra.revocation import AUTHORISER_CACHE_S, PROMISE_S, Clients, KillSwitch, RevocationError
from infra.rotation.credentials import RotationError, digest
from infra.rotation.tokens import AccessTokens
from tests.infra.authoriser.requests import CERTIFICATE, gateway_event
from tests.infra.rotation.our_platform import PARTNER, REGION, create_access_table

SECRET = f"ocpi/test/partners/{PARTNER}"
TOKEN = "the-token-of-the-partner"


class Gateway:
    """The authoriser behind the gateway's cache, on a clock of its own; and the one call that moto does not have."""

    def __init__(self, client: Any, dynamodb: Any) -> None:
        self._client = client
        self._access = AccessTable(dynamodb, "access")
        self._cache: dict[str, float] = {}
        self.ahead = 0.0
        self.flushed: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def flush_stage_authorizers_cache(self, *, restApiId: str, stageName: str) -> None:  # noqa: N803 - AWS's names
        self.flushed.append((restApiId, stageName))
        self._cache.clear()

    def lets_in(self, token: str, *, mutual_tls: bool = False) -> bool:
        """As a request through the stage: whoever is in the cache is not asked about."""
        now = time.time() + self.ahead
        if not mutual_tls and self._cache.get(token, 0) > now:
            return True
        try:
            decide(gateway_event(token), self._access, datetime.fromtimestamp(now, UTC), mutual_tls=mutual_tls)
        except Unauthorized:
            return False
        self._cache[token] = now + AUTHORISER_CACHE_S
        return True


class World:
    """One partner that gets in."""

    def __init__(self) -> None:
        self.dynamodb, self.secrets = boto3.client("dynamodb", REGION), boto3.client("secretsmanager", REGION)
        create_access_table(self.dynamodb)
        client = boto3.client("apigateway", REGION)
        self.api = client.create_rest_api(name="ocpi-test-api")["id"]
        self.key = client.create_api_key(name=f"ocpi-test-{PARTNER}", enabled=True)["id"]
        client.create_api_key(name=f"ocpi-test-{PARTNER}-2", enabled=True)
        known = {"partner_id": PARTNER, "outbound_token": "theirs", "registered": True, "versions_url": "https://p/v"}
        self.secrets.create_secret(Name=SECRET, SecretString=json.dumps(known))
        self.gateway = Gateway(client, self.dynamodb)
        self.tokens = AccessTokens(self.dynamodb, "access")
        self.tokens.accept(digest(TOKEN), PARTNER, bootstrap=False)
        self.tokens.replace(digest(TOKEN), PARTNER)
        clients = Clients(dynamodb=self.dynamodb, apigateway=self.gateway, secretsmanager=self.secrets)
        self.switch = KillSwitch(clients=clients, environment="test", table="access")

    def enabled_keys(self) -> set[str]:
        return {key["name"] for key in self.gateway.get_api_keys()["items"] if key["enabled"]}


@pytest.fixture
def world() -> Iterator[World]:
    with mock_aws():
        yield World()


def test_a_revoked_partner_gets_401_from_the_moment_the_command_is_back(world: World, record_property):
    assert world.gateway.lets_in(TOKEN)  # and is in the cache now
    began = time.monotonic()
    world.switch.revoke(PARTNER)
    assert not world.gateway.lets_in(TOKEN)
    taken = time.monotonic() - began
    record_property("seconds_to_the_first_401", round(taken, 3))
    assert taken < PROMISE_S / 10
    assert world.gateway.flushed == [(world.api, "ocpi")]
    assert world.enabled_keys() == {f"ocpi-test-{PARTNER}-2"}


def test_even_if_the_cache_cannot_be_flushed_it_forgets_within_the_promise(world: World, monkeypatch):
    assert world.gateway.lets_in(TOKEN)
    monkeypatch.setattr(world.gateway, "get_paginator", lambda _: NoApis(), raising=False)
    with pytest.raises(RevocationError, match="by hand"):
        world.switch.revoke(PARTNER)
    assert world.gateway.lets_in(TOKEN)
    world.gateway.ahead = AUTHORISER_CACHE_S + 1
    assert not world.gateway.lets_in(TOKEN)
    assert AUTHORISER_CACHE_S < PROMISE_S


class NoApis:
    """Nothing by that name."""

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"items": []}]


def test_both_tokens_of_an_overlap_end(world: World):
    world.tokens.accept(digest("the-new-one"), PARTNER, bootstrap=False)
    assert world.gateway.lets_in("the-new-one")
    world.switch.revoke(PARTNER)
    assert not world.gateway.lets_in("the-new-one")
    left = [i["pk"]["S"] for i in world.dynamodb.scan(TableName="access")["Items"]]
    assert sorted(left) == ["partners", f"revoked#{PARTNER}"]


def test_who_revokes_reads_no_table_and_no_secret(world: World):
    def refused(model: Any, **_: Any) -> None:
        raise AssertionError(f"{model.name} is asked for")

    for service, reads in (("dynamodb", ("GetItem", "Query", "Scan")), ("secrets-manager", ("GetSecretValue",))):
        client = world.dynamodb if service == "dynamodb" else world.secrets
        for operation in reads:
            client.meta.events.register(f"before-call.{service}.{operation}", refused)
    world.switch.revoke(PARTNER)
    with pytest.raises(AssertionError, match="GetSecretValue"):
        world.switch.lift(PARTNER)


@pytest.mark.parametrize("change", ["settle", "replace"])
def test_a_rotation_under_way_cannot_bring_the_partner_back(world: World, change: str):
    new = digest("the-new-one")
    world.tokens.accept(new, PARTNER, bootstrap=False)
    world.switch.revoke(PARTNER)
    with pytest.raises(RotationError):
        getattr(world.tokens, change)(new, PARTNER)
    with pytest.raises(RotationError, match="is revoked"):
        world.tokens.accept(new, PARTNER, bootstrap=False)
    assert not world.gateway.lets_in("the-new-one")


def test_twice_is_as_good_as_once_and_a_mark_alone_shuts_out(world: World):
    world.switch.revoke(PARTNER)
    world.switch.revoke(PARTNER)
    assert not world.gateway.lets_in(TOKEN)


def test_a_partner_that_nobody_knows_is_said_to_be_unknown(world: World):
    with pytest.raises(RevocationError, match="no gateway key called ocpi-test-nobody"):
        world.switch.revoke("nobody")
    assert world.gateway.lets_in(TOKEN)


def test_a_lifted_partner_starts_again_with_nothing_of_before(world: World):
    rotated: list[str] = []
    world.switch.revoke(PARTNER)

    def start(**_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        rotated.append(SECRET)
        return SimpleNamespace(status_code=200), {}  # moto would make a version of its own

    world.secrets.meta.events.register("before-call.secrets-manager.RotateSecret", start)
    world.switch.lift(PARTNER)
    assert rotated == [SECRET]
    assert not world.gateway.lets_in(TOKEN)
    secret = json.loads(world.secrets.get_secret_value(SecretId=SECRET)["SecretString"])
    assert secret == {"partner_id": PARTNER, "versions_url": "https://p/v"}
    assert world.enabled_keys() == {f"ocpi-test-{PARTNER}", f"ocpi-test-{PARTNER}-2"}
    assert world.tokens.accept(digest("a-new-start"), PARTNER, bootstrap=True)


def test_a_revoked_certificate_is_refused_with_the_right_token(world: World):
    assert world.gateway.lets_in(TOKEN, mutual_tls=True)
    world.switch.revoke_certificate(CERTIFICATE.fingerprint)
    assert not world.gateway.lets_in(TOKEN, mutual_tls=True)
