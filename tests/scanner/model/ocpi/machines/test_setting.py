from datetime import UTC, datetime
from typing import Any

import pytest

from scanner.model.ocpi.builder import build
from scanner.model.ocpi.machines.catalog import machine, machines
from scanner.model.ocpi.machines.machine import Legality, Tag
from scanner.model.ocpi.machines.setting import Setting, with_sets
from scanner.model.ocpi.rules.judge import broken_rules
from scanner.model.ocpi.specification import VERSIONS
from scanner.model.ocpi.validator import validate
from scanner.model.party import Party

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PARTY = Party(country_code="DE", party_id="ABC")
EDGES = [
    (version, found.name, edge)
    for version in VERSIONS
    for found in machines(version).values()
    for edge in found.edges
    if edge.carries and not found.name.startswith("commands/")
]


def setting(former):
    return Setting(former=former, now=NOW, other_party="XYZ", new_id="never-used")


def sent(version, edge):
    built = build(version, edge.carries, seed="edge", party=PARTY, now=NOW, full=False)
    if edge.carries == "SetChargingProfile":
        built = build(version, edge.carries, seed="edge", party=PARTY, now=NOW, full=True)
    return with_sets(built, edge.after, setting(built))


@pytest.mark.parametrize("version, name, edge", EDGES, ids=[f"{v}-{n}-{e.name}" for v, n, e in EDGES])
def test_what_an_edge_sends_has_the_types_that_it_should_have(version, name, edge):
    wrong = {found.pointer for found in validate(version, edge.carries, sent(version, edge))}
    left_out = {pointer for pointer, value in edge.after.items() if value is Tag.LEFT_OUT}
    assert wrong <= left_out


@pytest.mark.parametrize("version", VERSIONS)
def test_a_legal_creation_breaks_no_rule(version):
    for name, created in (("cdrs", "send"), ("tokens", "ABSENT-put-VALID"), ("locations", "create")):
        edge = next(found for found in machine(version, name).edges if found.name == created)
        assert edge.legality is Legality.LEGAL
        assert list(broken_rules(version, edge.carries or "", sent(version, edge), now=NOW)) == []


def test_tags_become_what_they_stand_for():
    former: dict[str, Any] = {
        "id": "C1",
        "total_cost": {"excl_vat": 3.0},
        "last_updated": "2026-01-01T00:00:00Z",
        "name": "x",
    }
    sets: dict[str, Any] = {
        "/id": Tag.NEW_ID,
        "/credit_reference_id": Tag.SAME_ID,
        "/total_cost/excl_vat": Tag.NEGATED,
        "/last_updated": Tag.EARLIER,
        "/party_id": Tag.OTHER_PARTY,
        "/name": Tag.LEFT_OUT,
        "/credit": True,
    }
    assert with_sets(former, sets, setting(former)) == {
        "id": "never-used",
        "credit_reference_id": "C1",
        "total_cost": {"excl_vat": -3.0},
        "last_updated": "2026-05-01T11:00:00Z",
        "party_id": "XYZ",
        "credit": True,
    }
    assert former["total_cost"] == {"excl_vat": 3.0}


def test_a_pointer_through_what_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        with_sets({}, {"/token/party_id": Tag.OTHER_PARTY}, setting({}))
