"""The scanner's token: made by the rotation of the environment, delivered into a secret of the audit account (moto).

Whatever fails, what lies in the auditor's secret opens the door, and never more than two tokens do.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.rotation import handler
from infra.rotation.credentials import RotationError
from infra.rotation.delivery import DELIVERED_OVERLAP_S
from tests.infra.rotation.our_platform import PARTNER, REGION, Platform, create_access_table
from tests.infra.rotation.secret_labels import follow_labels

ORDER = ("createSecret", "setSecret", "testSecret", "finishSecret")


@dataclass(slots=True)
class World:
    """Our secret of the partner, and the one of the auditor, which only the function's settings name."""

    secrets: Any
    ours: Platform
    theirs: str
    request: str = field(default_factory=lambda: str(uuid.uuid4()))

    def rotate(self, *steps: str) -> None:
        """One try of Secrets Manager."""
        for step in steps or ORDER:
            handler.handle({"Step": step, "SecretId": PARTNER, "ClientRequestToken": self.request}, None)

    def next_rotation(self) -> None:
        """Secrets Manager starts another one."""
        follow_labels(self.secrets, PARTNER)
        self.request = str(uuid.uuid4())

    def delivered(self) -> str:
        """What the scanner would read."""
        return str(json.loads(self.secrets.get_secret_value(SecretId=self.theirs)["SecretString"])["token"])


@pytest.fixture
def world(monkeypatch) -> Iterator[World]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        secrets, dynamodb = boto3.client("secretsmanager", REGION), boto3.client("dynamodb", REGION)
        create_access_table(dynamodb)
        theirs = secrets.create_secret(Name="ocpi/audit/scanner/test/token")["ARN"]
        secrets.create_secret(Name=PARTNER, SecretString=json.dumps({"partner_id": PARTNER}))
        settings = {"ACCESS_TABLE": "access", "VERSIONS_URL": "https://ocpi.example.com/ocpi/versions", "ROLES": "[]"}
        for name, value in {**settings, "DELIVERED": json.dumps({PARTNER: theirs})}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("infra.rotation.vault.SecretVault.check_started", lambda _: None)
        yield World(secrets, Platform("https://ocpi.example.com", dynamodb), theirs)


def test_the_first_token_opens_the_door_as_soon_as_it_is_delivered(world):
    world.rotate()
    assert world.ours.lets_in(world.delivered())
    assert world.ours.accepted() == [hashlib.sha256(world.delivered().encode()).hexdigest()]
    token = world.ours.dynamodb.get_item(TableName="access", Key=_key(world.delivered()))["Item"]
    assert token["bootstrap"] == {"BOOL": False}  # its modules are open, without a handshake


def _key(token: str) -> dict[str, Any]:
    return {"pk": {"S": f"token#{hashlib.sha256(token.encode()).hexdigest()}"}, "sk": {"S": "partner"}}


def test_a_new_one_takes_its_place_and_the_old_one_ends_some_hours_later(world):
    world.rotate()
    old = world.delivered()
    world.next_rotation()
    world.rotate()
    new = world.delivered()
    assert new != old
    assert (world.ours.lets_in(new), world.ours.lets_in(old)) == (True, True)
    world.ours.clock.ahead = DELIVERED_OVERLAP_S + 60
    assert (world.ours.lets_in(new), world.ours.lets_in(old)) == (True, False)


@pytest.mark.parametrize("stopped_after", range(1, len(ORDER)))
def test_a_rotation_that_stopped_anywhere_is_ended_by_the_next_try(world, stopped_after):
    world.rotate()
    world.next_rotation()
    world.rotate(*ORDER[:stopped_after])
    assert world.ours.lets_in(world.delivered())
    assert len(world.ours.accepted()) <= 2
    world.rotate()
    assert world.ours.lets_in(world.delivered())
    follow_labels(world.secrets, PARTNER)
    current = json.loads(world.secrets.get_secret_value(SecretId=PARTNER)["SecretString"])
    assert current["inbound_token"] == world.delivered()


def test_while_it_cannot_be_delivered_the_scanner_keeps_what_it_has(world, monkeypatch, capsys):
    world.rotate()
    old = world.delivered()
    world.next_rotation()
    delivered_to = json.dumps({PARTNER: f"{world.theirs}-gone"})
    with monkeypatch.context() as nowhere:
        nowhere.setenv("DELIVERED", delivered_to)
        with pytest.raises(RotationError, match="could not be put into"):
            world.rotate()
    assert world.delivered() == old
    assert world.ours.lets_in(old)
    world.rotate("setSecret", "testSecret", "finishSecret")
    assert world.ours.lets_in(world.delivered())
    written = capsys.readouterr().out
    assert '"outcome": "failed"' in written
    assert old not in written
    assert world.delivered() not in written
