"""At which URL an identity is looked at where version details of 2.1.1 name no sides."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.model.credential import IdentityCredential
from scanner.model.facts.ocpi.contract import UrlSource
from scanner.model.facts.ocpi.urls import UrlPlace
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import InterfaceSubject, Side
from scanner.ocpi.contract import doors
from scanner.ocpi.interfaces import Interface
from tests.scanner.gate_fixtures import loopback_target

HERE = "https://ocpi.example"
PARTY = Party.parse("BE-GRN")
IDENTITY = Identity(name="cpo", party=PARTY, role=Role.CPO, partner="cpo")
RECEIVES = Grant(module="tariffs", side=Side.RECEIVER, rights=frozenset(Right))
CONTRACT = Contract(partner="cpo", party=PARTY, roles=(Role.CPO,), grants=(RECEIVES,))


def listed(path):
    return Interface(
        version="2.1.1",
        module="tariffs",
        side=None,
        url=HERE + path,
        place=UrlPlace.IN_SCOPE,
        subject=InterfaceSubject(environment="test", endpoint="main", version="2.1.1", module="tariffs"),
        credential=IdentityCredential(identity="cpo"),
    )


@pytest.mark.parametrize(
    "paths, urls",
    [
        (("/cpo/tariffs", "/emsp/tariffs"), {Side.SENDER: "/cpo/tariffs", Side.RECEIVER: "/emsp/tariffs"}),
        (("/tariffs", "/emsp/tariffs", "/cpo/tariffs"), {Side.SENDER: "/cpo/tariffs", Side.RECEIVER: "/emsp/tariffs"}),
        (("/cpo/tariffs", "/cpo/v2/tariffs"), {Side.RECEIVER: "/cpo/tariffs"}),  # one role only: the contract counts
        (("/tariffs", "/emsp/tariffs"), {Side.RECEIVER: "/tariffs"}),
    ],
)
def test_a_module_that_is_listed_once_for_each_role_is_looked_at_where_its_side_is(paths, urls, monkeypatch):
    target = loopback_target(f"{HERE}/versions", identities=(IDENTITY,), contracts=(CONTRACT,))
    monkeypatch.setattr(doors, "advertised", lambda _context, _endpoint: [listed(path) for path in paths])
    context: Any = SimpleNamespace(target=target, now=datetime(2026, 1, 1, tzinfo=UTC))
    (endpoint,) = target.endpoints
    found = doors.Doors(context, endpoint).of(replace(IDENTITY))
    told = {door.specified.side: door.url for door in found if door.source is UrlSource.ADVERTISED}
    assert told == {side: HERE + path for side, path in urls.items()}
