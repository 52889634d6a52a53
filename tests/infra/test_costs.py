"""What a stack costs: nothing is taken for free that the table of prices does not know."""

from __future__ import annotations

import re

import pytest

from infra import costs
from infra.costs import HOURS, Resource, estimate, of_preview, prices
from tests.infra.recorded_program import Recorded


def resources(stack: Recorded) -> list[Resource]:
    return [(one["type"], one["inputs"]) for one in stack.registrations]


@pytest.mark.parametrize("name", ["test", "test, container", "prod", "org", "audit", "shielded", "released"])
def test_every_type_that_a_stack_registers_is_in_the_table(outcomes, name):
    stack = outcomes[name]
    assert isinstance(stack, Recorded), stack
    assert estimate(resources(stack)).unpriced == ()


def test_a_type_that_is_not_in_the_table_is_named():
    assert estimate([("aws:rds/cluster:Cluster", {})]).unpriced == ("aws:rds/cluster:Cluster",)


def test_things_cost_by_the_hour_and_zone_and_in_their_kind_only():
    endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint"
    found = estimate([
        (endpoint, {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]}),
        (endpoint, {"vpcEndpointType": "Gateway", "routeTableIds": ["r"]}),
    ])  # fmt: skip
    (line,) = found.fixed
    assert line.number == 2
    assert line.monthly == pytest.approx(2 * 0.012 * HOURS)
    assert found.hourly == pytest.approx(2 * 0.012)


def test_the_filtered_way_out_is_what_production_costs_more(stack: Recorded, production: Recorded):
    lines = {line.what: line.monthly for line in estimate(resources(production)).fixed}
    egress = sum(monthly for what, monthly in lines.items() if any(w in what for w in ("Firewall", "NAT", "Public")))
    assert egress == pytest.approx(660, abs=5)  # as infra/egress.py and the option's description say
    assert estimate(resources(stack)).monthly < 100


def test_containers_cost_by_how_many_run_at_least():
    (line,) = estimate([("aws:ecs/service:Service", {"desiredCount": 3.0})]).fixed
    assert line.number == 3
    assert line.monthly == pytest.approx(3 * 0.0227 * HOURS)


def test_use_is_counted_only_where_it_is_used(stack: Recorded):
    kinds = {use.what for use in estimate(resources(stack)).use}
    assert "Gateway requests" in kinds
    assert not [what for what in kinds if "firewall" in what and "web ACL" not in what and "Logs" not in what]


def test_a_preview_is_read_with_what_it_makes_and_keeps():
    document = {"steps": [
        {"op": "create", "newState": {"type": "aws:kms/key:Key", "inputs": {"a": 1}}},
        {"op": "delete", "oldState": {"type": "aws:kms/key:Key"}},
        {"op": "same", "newState": {"type": "aws:sns/topic:Topic"}},
    ]}  # fmt: skip
    assert of_preview(document) == [("aws:kms/key:Key", {"a": 1}), ("aws:sns/topic:Topic", {})]


def test_a_price_that_was_not_compared_with_its_page_says_so(monkeypatch):
    known = {
        "type": "aws:kms/key:Key",
        "what": "Key",
        "usd": 1.0,
        "per": "month",
        "source": "https://..",
        "as_of": "2026-11",
    }
    for compared, said, from_memory in ((False, "2026-11, from memory", ("Key",)), (True, "2026-11", ())):
        table = {"fixed": [{**known, "compared": compared}], "usage": [], "free": [], "cheap": []}
        monkeypatch.setattr(costs, "prices", lambda table=table: table)
        found = estimate([("aws:kms/key:Key", {})])
        assert [line.as_of for line in found.fixed] == [said]
        assert found.from_memory == from_memory


def test_every_price_has_its_page_and_its_month():
    table = prices()
    for entry in (*table["fixed"], *table["usage"]):
        assert entry["source"].startswith("https://aws.amazon.com/")
        assert entry["usd"] > 0
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", entry["as_of"])
        assert entry["compared"] in (False, True)
        assert entry.get("per", "hour") in {"hour", "month"}
