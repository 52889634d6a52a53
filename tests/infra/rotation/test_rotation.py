"""The four steps against Secrets Manager and DynamoDB (moto), with a partner that can die at every step."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.recover import recover
from infra.rotation.credentials import AnswerLost, PartnerCredentials, RotationError, TokenRefused
from infra.rotation.steps import STEPS, Rotation
from infra.rotation.tokens import AccessTokens
from infra.rotation.vault import SecretVault
from tests.infra.rotation.secret_labels import follow_labels

OUR_URL = "https://ocpi.example.com/ocpi/versions"
THEIR_URL = "https://partner.example.com/ocpi/versions"
ROLES = [{"country_code": "DE", "party_id": "REF", "role": "CPO", "name": "Reference Charging"}]
ORDER = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Partner:
    """A platform that knows one token of ours, and gives another for it."""

    def __init__(self) -> None:
        self.knows = "their-token-1"
        self.ours: str | None = None
        self.calls: list[str] = []
        self.dies_at: str | None = None
        self.answer_lost = False

    def versions(self, versions_url: str, token: str) -> str:
        self._check("versions", versions_url, token)
        return f"{versions_url}/2.2.1"

    def exchange(self, method: str, versions_url: str, token: str, credentials: Mapping[str, Any]) -> str:
        self._check(method, versions_url, token)
        self.ours, self.knows = credentials["token"], f"their-token-{len(self.calls) + 1}"
        if self.answer_lost:
            raise RotationError("the partner could not be reached (TimeoutError)")
        return self.knows

    def _check(self, call: str, url: str, token: str) -> None:
        self.calls.append(call)
        assert url == THEIR_URL
        if token != self.knows:
            raise TokenRefused(f"the partner answered {call} with HTTP 401 and OCPI status None")
        if self.dies_at == call:
            raise RotationError(f"the partner answered {call} with HTTP 502 and OCPI status None")


class World:
    """One secret, one table, one partner."""

    def __init__(self) -> None:
        self.secrets = boto3.client("secretsmanager", "eu-central-1")
        self.dynamodb = boto3.client("dynamodb", "eu-central-1")
        key = [{"AttributeName": n, "KeyType": k} for n, k in (("pk", "HASH"), ("sk", "RANGE"))]
        attributes = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
        self.dynamodb.create_table(
            TableName="access", KeySchema=key, AttributeDefinitions=attributes, BillingMode="PAY_PER_REQUEST"
        )
        self.tokens = AccessTokens(self.dynamodb, "access")
        self.partner = Partner()
        self.secrets.create_secret(Name="acme", SecretString=json.dumps({"partner_id": "acme"}))

    def reachable(self, *, registered: bool) -> None:
        """What an operator, or an earlier handshake, has put into the secret."""
        text = PartnerCredentials(
            partner_id="acme", outbound_token="their-token-1", versions_url=THEIR_URL, registered=registered
        ).text()
        self.secrets.put_secret_value(SecretId="acme", SecretString=text)

    def rotation(self, request: str) -> Rotation:
        vault = SecretVault(self.secrets, "acme", request)
        return Rotation(vault=vault, tokens=self.tokens, partner=self.partner, versions_url=OUR_URL, roles=ROLES)

    def rotate(self, request: str | None = None) -> str:
        request = request or str(uuid.uuid4())
        for step in ORDER:
            STEPS[step](self.rotation(request))
        return request

    def current(self) -> PartnerCredentials:
        answer = self.secrets.get_secret_value(SecretId="acme", VersionStage="AWSCURRENT")
        return PartnerCredentials.parse(answer["SecretString"])

    def labels(self) -> dict[str, str]:
        stages = self.secrets.describe_secret(SecretId="acme")["VersionIdsToStages"]
        return {label: version for version, labels in stages.items() for label in labels}

    def accepted(self) -> dict[str, bool]:
        """Hash and whether it is of a CREDENTIALS_TOKEN_A."""
        items = self.dynamodb.scan(TableName="access")["Items"]
        return {i["token_hash"]["S"]: i["bootstrap"]["BOOL"] for i in items if i["pk"]["S"].startswith("token#")}


@pytest.fixture
def world() -> Iterator[World]:
    with mock_aws():
        yield World()


def sha(token: str | None) -> str:
    assert token is not None
    return hashlib.sha256(token.encode()).hexdigest()


def test_a_partner_we_cannot_call_yet_gets_a_bootstrap_token_once(world: World):
    world.rotate()
    issued = world.current()
    assert issued.inbound_token is not None
    assert len(issued.inbound_token) >= 43
    assert world.accepted() == {sha(issued.inbound_token): True}
    assert world.partner.calls == []
    with pytest.raises(RotationError, match="outbound_token and versions_url"):
        world.rotate()
    assert world.current() == issued
    assert world.accepted() == {sha(issued.inbound_token): True}


def test_the_first_handshake_registers_and_the_next_ones_renew(world: World):
    world.reachable(registered=False)
    world.rotate()
    first = world.current()
    assert world.partner.calls == ["versions", "POST", "versions"]
    assert (first.registered, first.outbound_token) == (True, world.partner.knows)
    assert world.partner.ours == first.inbound_token
    world.rotate()
    second = world.current()
    assert world.partner.calls == ["versions", "POST", "versions", "versions", "PUT", "versions"]
    assert second.inbound_token != first.inbound_token
    assert second.outbound_token == world.partner.knows != first.outbound_token
    assert world.accepted() == {sha(second.inbound_token): False}  # the old one is refused


def test_labels_end_as_secrets_manager_wants_them(world: World):
    world.reachable(registered=True)
    world.rotate()
    labels = world.labels()
    assert labels.get("AWSPENDING") in (None, labels["AWSCURRENT"])


def test_the_new_token_is_stored_before_it_is_sent(world: World):
    world.reachable(registered=True)
    request = str(uuid.uuid4())
    STEPS["createSecret"](world.rotation(request))
    pending = world.rotation(request).vault.pending()
    assert pending is not None
    assert pending.inbound_token
    assert world.partner.calls == []
    assert world.current().inbound_token is None


@pytest.mark.parametrize("dies_at", ["PUT", "versions"])
def test_a_partner_that_dies_leaves_the_old_token_working_and_a_second_try_succeeds(world: World, dies_at):
    world.reachable(registered=True)
    world.rotate()
    before = world.current()
    request = str(uuid.uuid4())
    world.partner.dies_at = dies_at
    with pytest.raises(RotationError):
        world.rotate(request)
    assert world.current() == before
    assert sha(before.inbound_token) in world.accepted()
    world.partner.dies_at = None
    world.rotate(request)
    assert world.current().outbound_token == world.partner.knows
    assert world.accepted() == {sha(world.current().inbound_token): False}
    assert world.partner.calls.count("PUT") == (3 if dies_at == "PUT" else 2)


def test_when_the_answer_is_lost_the_partner_gets_in_with_either_token(world: World):
    world.reachable(registered=True)
    world.rotate()
    before = world.current()
    world.partner.answer_lost = True
    request = str(uuid.uuid4())
    for _ in range(2):
        with pytest.raises(RotationError):
            world.rotate(request)
    assert {sha(before.inbound_token), sha(world.partner.ours)} == set(world.accepted())
    pending = world.rotation(request).vault.pending()
    assert pending is not None
    assert pending.inbound_token == world.partner.ours


@pytest.mark.parametrize("twice", ORDER)
def test_each_step_may_run_twice(world: World, twice):
    world.reachable(registered=True)
    request = str(uuid.uuid4())
    for step in ORDER:
        for _ in range(2 if step == twice else 1):
            STEPS[step](world.rotation(request))
    assert world.current().outbound_token == world.partner.knows
    assert world.partner.calls.count("PUT") == 1
    assert world.accepted() == {sha(world.current().inbound_token): False}


def test_a_partner_that_renewed_meanwhile_keeps_its_newer_token(world: World):
    world.reachable(registered=True)
    world.rotate()
    request = str(uuid.uuid4())
    for step in ORDER[:3]:
        STEPS[step](world.rotation(request))
    world.dynamodb.update_item(
        TableName="access", Key={"pk": {"S": "registration#acme"}, "sk": {"S": "current"}},
        UpdateExpression="SET token_hash = :h", ExpressionAttributeValues={":h": {"S": "newer"}},
    )  # fmt: skip
    with pytest.raises(RotationError, match="renewed its credentials during the rotation"):
        STEPS["finishSecret"](world.rotation(request))
    assert world.tokens.current("acme") == "newer"


class Killed(BaseException):
    """The function ends in the middle, as Lambda does at its timeout."""


class KilledAt:
    """Ends the function at its n-th writing call to AWS, before or after AWS has done it."""

    def __init__(self, world: World, fatal: int, moment: str) -> None:
        self._clients = (world.secrets, world.dynamodb)
        self._event = f"{moment}-call"
        self._left = fatal + 1

    def _count(self, model: Any, **_: Any) -> None:
        self._left -= model.name in {"PutSecretValue", "UpdateSecretVersionStage", "TransactWriteItems"}
        if self._left == 0:
            self._left = -1
            raise Killed

    def __enter__(self) -> None:
        for client in self._clients:
            client.meta.events.register(self._event, self._count)

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.meta.events.unregister(self._event, self._count)


WRITES = ("prepare", "accept", "complete", "settle", "replace", "make current", "no longer pending")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_function_that_is_killed_at_any_write_leaves_a_way_in_and_goes_on(world: World, moment: str):
    world.reachable(registered=True)
    world.rotate()
    for fatal, write in enumerate(WRITES):
        request = str(uuid.uuid4())
        with pytest.raises(Killed), KilledAt(world, fatal, moment):
            world.rotate(request)
        assert sha(world.partner.ours) in world.accepted(), write
        assert len(world.accepted()) <= 2
        if (write, moment) == ("complete", "before"):  # the answer was in memory only
            with pytest.raises(AnswerLost):
                world.rotate(request)
            assert sha(world.partner.ours) in world.accepted()
            follow_labels(world.secrets, "acme")
            recover(world.secrets, "acme", world.partner.knows)
        world.rotate(request)
        assert world.current().outbound_token == world.partner.knows
        assert world.accepted() == {sha(world.partner.ours): False}, write


def test_steps_out_of_order_are_refused(world: World):
    world.reachable(registered=True)
    for step in ORDER[1:3]:
        with pytest.raises(RotationError, match="createSecret"):
            STEPS[step](world.rotation(str(uuid.uuid4())))


def test_a_rotation_that_secrets_manager_did_not_start_is_refused(world: World):
    with pytest.raises(RotationError, match="not enabled"):
        world.rotation(str(uuid.uuid4())).vault.check_started()


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{}", '{"outbound_token": "x"}'])
def test_a_secret_that_is_not_ours_is_refused_without_showing_it(text):
    with pytest.raises(RotationError, match="partner_id"):
        PartnerCredentials.parse(text)


def test_no_token_is_in_a_representation():
    credentials = PartnerCredentials(partner_id="acme", inbound_token="canary-1", outbound_token="canary-2")
    assert "canary" not in repr(credentials)
