"""Who a rule lets in: wide networks are everybody, and what is not known is not nobody."""

from collections.abc import Mapping
from typing import Final

import pytest

from checks.model.verdict import Outcome
from scanner.model.resource import UNKNOWN, CloudValue
from tests.checks.families.cloud.test_stack_checks import BALANCER, everybody, ingress, outcome
from tests.scanner.cloud.declared import declare

CHECK: Final = "cloud-exposure-no-open-security-group"
SSH: Final[Mapping[str, CloudValue]] = {"protocol": "tcp", "fromPort": 22, "toPort": 22}
P, F, I = Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "expected, source",
    [
        (F, {"cidrBlocks": ("0.0.0.0/1", "128.0.0.0/1")}),
        (F, {"cidrBlocks": ("0.0.0.0/1",)}),
        (F, {"cidrBlocks": ("1.2.3.4/0",)}),
        (F, {"ipv6CidrBlocks": ("::/1",)}),
        (F, {"ipv6CidrBlocks": ("2000::/3",)}),
        (P, {"cidrBlocks": ("10.0.0.0/8",)}),
        (P, {"ipv6CidrBlocks": ("fc00::/7",)}),
        (I, {"cidrBlocks": UNKNOWN}),
        (I, {"cidrBlocks": ("192.0.2.0/24", UNKNOWN)}),
        (I, {"cidrIpv4": UNKNOWN}),
        (I, {"cidrBlocks": ("partners",)}),
        (I, {"prefixListIds": ("pl-0aaa",)}),
        (I, {"prefixListIds": UNKNOWN}),
        (I, {"prefixListId": UNKNOWN}),
        (P, {"securityGroups": UNKNOWN, "cidrBlocks": ()}),
        (F, {"cidrBlocks": ("0.0.0.0/0",), "prefixListIds": UNKNOWN}),
    ],
)
def test_a_rule_is_judged_by_the_width_of_its_source(expected, source):
    assert outcome(CHECK, ingress({**SSH, **source})) is expected


def test_a_rule_that_is_open_outweighs_one_that_is_unknown():
    assert outcome(CHECK, ingress({**SSH, "cidrBlocks": UNKNOWN}, everybody(fromPort=22, toPort=22))) is F


def test_rules_that_add_up_to_everybody_let_everybody_in():
    eighths = [{**SSH, "cidrBlocks": (f"{first}.0.0.0/8",)} for first in range(1, 80, 2)]
    assert outcome(CHECK, ingress(*eighths)) is F
    assert outcome(CHECK, ingress(*eighths[:8])) is P


def test_behind_a_load_balancer_all_protocols_are_not_https():
    (group,) = ingress({"protocol": "-1", "fromPort": 443, "toPort": 443, "cidrBlocks": ("0.0.0.0/0",)})
    balancer = declare(BALANCER, "lb", {"internal": True}, {"securityGroups": (group,)})
    assert outcome(CHECK, (group, balancer)) is F
