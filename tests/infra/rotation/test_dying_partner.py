"""Rotations with the reference service as partner, over TLS, that dies at every step of the handshake.

Whatever happens: the token that the partner holds opens the door, never more than two tokens do, and one after the
overlap. The next try of Secrets Manager ends the rotation, or says that the answer was lost; then there is a way back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.recover import recover
from infra.rotation.credentials import AnswerLost, PartnerCredentials, RotationError
from infra.rotation.https import HttpsTransport
from infra.rotation.partner_client import OcpiClient, Transport
from infra.rotation.steps import STEPS, Rotation
from infra.rotation.tokens import OVERLAP_S, AccessTokens
from infra.rotation.vault import SecretVault
from infra.service.deployment.folder import Folder, prepare
from tests.infra.rotation.our_platform import PARTNER, REGION, Platform, create_access_table, platform
from tests.infra.rotation.secret_labels import follow_labels
from tests.targets.reference_service import RunningService, prepared_folder, running_service

ROLES = [{"country_code": "AT", "party_id": "ALP", "role": "EMSP", "name": "Alpenstrom"}]
ORDER = ("createSecret", "setSecret", "testSecret", "finishSecret")
# what one renewal asks of the partner, in order; the last one is testSecret
CALLS = ("check", "versions", "details", "handshake", "test")
HANDSHAKE = CALLS.index("handshake")


class Killed(BaseException):
    """The function ends in the middle, as Lambda does at its timeout."""


class Dying:
    """A transport on which one call goes wrong. `fate`: unreachable, then those after the partner has done its part."""

    def __init__(self, inner: Transport, fatal: int, fate: str) -> None:
        self._inner = inner
        self._fatal = fatal
        self._fate = fate
        self.calls = 0

    def request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> tuple[int, Any]:
        self.calls += 1
        if self.calls - 1 != self._fatal:
            return self._inner.request(method, url, headers, body)
        if self._fate == "unreachable":
            raise RotationError("the partner could not be reached (ConnectionRefusedError)")
        if self._fate == "killed before":
            raise Killed
        if self._fate == "refused":
            return 400, {"status_code": 2001}
        answer = self._inner.request(method, url, headers, body)
        if self._fate == "killed after":
            raise Killed
        if self._fate == "answer lost":
            raise RotationError("the partner could not be reached (TimeoutError)")
        return {"no json": (200, None), "no token": (200, {"status_code": 1000, "data": {}}),
                "server error": (500, {"status_code": 3000}), "another shape": (200, [answer])}[self._fate]  # fmt: skip


FATES = ("unreachable", "killed before", "refused", "killed after", "answer lost", "no json", "no token",
         "server error", "another shape")  # fmt: skip


@dataclass(slots=True)
class World:
    """One registered partner, one secret, one platform of ours."""

    partner: RunningService
    ours: Platform
    secrets: Any
    partners: contextlib.ExitStack
    request: str = field(default_factory=lambda: str(uuid.uuid4()))

    def rotate(self, fatal: int = -1, fate: str = "") -> None:
        """One try of Secrets Manager: all steps, until one fails."""
        transport = Dying(HttpsTransport(self.partner.client_context(), permitted=lambda _: True), fatal, fate)
        for step in ORDER:
            STEPS[step](
                Rotation(
                    vault=SecretVault(self.secrets, PARTNER, self.request),
                    tokens=AccessTokens(self.ours.dynamodb, "access", clock=self.ours.clock),
                    partner=OcpiClient(transport),
                    versions_url=self.ours.versions_url,
                    roles=ROLES,
                )
            )

    def next_rotation(self) -> None:
        """Secrets Manager starts another one."""
        self.request = str(uuid.uuid4())

    def held(self) -> str:
        """What the partner would call us with."""
        return (self.partner.folder.partner_tokens / "newcomer").read_text()

    def gets_in(self) -> bool:
        return self.ours.lets_in(self.held())

    def current(self) -> PartnerCredentials:
        answer = self.secrets.get_secret_value(SecretId=PARTNER, VersionStage="AWSCURRENT")
        return PartnerCredentials.parse(answer["SecretString"])

    def we_get_in(self) -> bool:
        client = OcpiClient(HttpsTransport(self.partner.client_context(), permitted=lambda _: True))
        current = self.current()
        try:
            client.versions(str(current.versions_url), str(current.outbound_token))
        except RotationError:
            return False
        return True

    def write_secret(self, **members: Any) -> None:
        self.secrets.put_secret_value(SecretId=PARTNER, SecretString=json.dumps({"partner_id": PARTNER, **members}))

    def is_settled(self) -> bool:
        """Both sides get in with what they hold, and there is one token."""
        return self.gets_in() and self.we_get_in() and self.ours.accepted() == [sha(self.held())]


def sha(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def partner_folder() -> Folder:
    """A partner that may call localhost back."""
    outbound = {"private_hosts": ["localhost"], "ca": str(prepared_folder().ca)}
    return prepare(Path(mkdtemp(prefix="dying-partner-")) / "deployment", outbound=outbound)


@contextlib.contextmanager
def unregistered() -> Iterator[World]:
    """The partner has given us a CREDENTIALS_TOKEN_A."""
    with mock_aws(), contextlib.ExitStack() as partners:
        partner = partners.enter_context(running_service(folder=partner_folder()))
        dynamodb, secrets = boto3.client("dynamodb", REGION), boto3.client("secretsmanager", REGION)
        create_access_table(dynamodb)
        secrets.create_secret(Name=PARTNER, SecretString=json.dumps({"partner_id": PARTNER}))
        with platform(prepared_folder(), dynamodb) as ours:
            world = World(partner, ours, secrets, partners)
            world.write_secret(outbound_token=partner.tokens["newcomer"], versions_url=partner.versions_url)
            yield world


@pytest.fixture
def world() -> Iterator[World]:
    """After a first rotation that went well."""
    with unregistered() as fresh:
        fresh.rotate()
        fresh.next_rotation()
        yield fresh


def test_a_renewal_leaves_one_token_on_each_side(world: World):
    before = world.held()
    world.rotate()
    assert world.held() != before
    assert not world.ours.lets_in(before)
    assert world.is_settled()


def try_with(world: World, fatal: int, fate: str) -> None:
    with pytest.raises((RotationError, Killed)):
        world.rotate(fatal, fate)
    assert world.gets_in()
    assert len(world.ours.accepted()) <= 2


@pytest.mark.parametrize("call", range(len(CALLS)), ids=CALLS)
def test_a_partner_that_dies_at_any_call_is_never_locked_out(world: World, call: int):
    for fate in FATES:
        if fate == "no token" and CALLS[call] in {"check", "versions", "test"}:
            continue  # an empty answer there is the same as one of another shape
        try_with(world, call, fate)
        if call == HANDSHAKE and fate not in {"unreachable", "killed before", "refused"}:
            with pytest.raises(AnswerLost, match=r"infra\.recover"):
                world.rotate()
            assert world.gets_in()
            recover_from(world)
        world.rotate()
        assert world.is_settled(), fate
        world.next_rotation()


def recover_from(world: World) -> None:
    """The partner sets our registration back and hands out its CREDENTIALS_TOKEN_A; an operator runs the command."""
    world.partner = world.partners.enter_context(running_service(folder=partner_folder()))
    follow_labels(world.secrets, PARTNER)
    recover(world.secrets, PARTNER, world.partner.tokens["newcomer"], world.partner.versions_url)


def test_a_dead_partner_gets_no_second_token(world: World):
    """Nothing is accepted that could not be handed over, however often it is tried."""
    before = world.ours.accepted()
    for _ in range(3):
        with pytest.raises(RotationError):
            world.rotate(0, "unreachable")
        world.next_rotation()
    assert world.ours.accepted() == before


def test_after_the_overlap_one_token_is_left_even_if_nobody_comes_back(world: World):
    with pytest.raises(RotationError):
        world.rotate(HANDSHAKE, "answer lost")
    assert len(world.ours.accepted()) == 2
    with pytest.raises(AnswerLost):
        world.rotate()
    world.ours.clock.ahead = OVERLAP_S + 1
    assert world.ours.accepted() == [sha(world.held())]
    assert world.gets_in()


def test_a_second_rotation_accepts_no_third_token(world: World):
    with pytest.raises(RotationError):
        world.rotate(HANDSHAKE, "server error")
    world.next_rotation()
    with pytest.raises(AnswerLost):
        world.rotate()
    assert len(world.ours.accepted()) == 2
    world.ours.clock.ahead = OVERLAP_S + 1
    assert world.gets_in()


def test_while_nobody_knows_no_third_token_is_accepted(world: World):
    with pytest.raises(RotationError):
        world.rotate(HANDSHAKE, "unreachable")
    world.next_rotation()
    with pytest.raises(RotationError, match="a third one is not issued"):
        world.rotate()
    assert world.gets_in()


def test_tries_do_not_move_the_end_of_the_overlap(world: World):
    with pytest.raises(RotationError):
        world.rotate(HANDSHAKE, "unreachable")
    for _ in range(3):
        world.ours.clock.ahead += OVERLAP_S / 4
        with pytest.raises(RotationError):
            world.rotate(HANDSHAKE, "unreachable")
    assert len(world.ours.accepted()) == 2
    world.ours.clock.ahead = OVERLAP_S + 1
    assert len(world.ours.accepted()) == 1
    assert world.gets_in()
    world.rotate()
    assert world.is_settled()


def test_a_token_that_cannot_be_one_is_not_put_into_the_secret(world: World):
    before = world.current()
    with pytest.raises(ValueError, match="64 printable"):
        recover(world.secrets, PARTNER, "with a space")
    assert world.current() == before


def test_a_partner_that_has_not_agreed_to_renewals_is_not_called(world: World):
    vault = SecretVault(world.secrets, PARTNER, world.request)
    tokens = AccessTokens(world.ours.dynamodb, "access")
    rotation = Rotation(vault=vault, tokens=tokens, partner=Nobody(), versions_url="", roles=[], renews=False)
    with pytest.raises(RotationError, match="not agreed to renewals"):
        rotation.create_secret()


class Nobody:
    """A partner that must not be called."""

    def versions(self, versions_url: str, token: str) -> str:
        raise AssertionError(versions_url, token)

    def exchange(self, method: str, versions_url: str, token: str, credentials: Mapping[str, Any]) -> str:
        raise AssertionError(method, versions_url, token, credentials)
