"""Values inside values, in the shapes that programs, previews and plans give them."""

import pytest

from checks.resource_graph.firewall import rules_of
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue
from tests.scanner.cloud.declared import declare


@pytest.mark.parametrize(
    "value, found",
    [
        ({"a": {"b": 1}}, 1),
        ({"a": {"b": {}}}, {}),
        ({"a": {"b": None}}, ABSENT),
        ({"a": {"b": ()}}, ABSENT),
        ({"a": {}}, ABSENT),
        ({"a": UNKNOWN}, UNKNOWN),
        (UNKNOWN, UNKNOWN),
        ("text", ABSENT),
    ],
)
def test_a_value_is_found_at_its_path(value, found):
    assert at(value, "a.b") == found


@pytest.mark.parametrize(
    "value, found", [((1, 2), (1, 2)), (UNKNOWN, (UNKNOWN,)), (ABSENT, ()), (None, ()), ("", ()), ("one", ("one",))]
)
def test_a_list_has_items(value, found):
    assert items(value) == found


def test_blocks_that_a_plan_writes_empty_are_no_action_of_a_rule():
    """A Terraform plan has every block of a rule; those that nobody wrote are empty lists."""
    action: CloudValue = {"allow": (), "block": {}, "count": ()}
    rule: CloudValue = {"name": "one", "priority": 1, "action": action, "statement": {}, "overrideAction": None}
    acl = declare("aws:wafv2/webAcl:WebAcl", "acl", {"rules": (rule,)})
    stack = Stack(declared=DeclaredResources(stack="small/test", source="plan", resources=(acl,)))
    assert [found.action for found in rules_of(stack, acl).rules] == ["block"]
