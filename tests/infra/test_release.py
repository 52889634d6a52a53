"""What a stack holds on to, and that it lets go of exactly that when it is told to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.infra.recorded_program import Recorded

TABLE, BUCKET, EIP = "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket", "aws:ec2/eip:Eip"
FIREWALL = "aws:networkfirewall/firewall:Firewall"


def released(outcomes: Mapping[str, Recorded | str]) -> Recorded:
    found = outcomes["released"]
    assert isinstance(found, Recorded), found
    return found


def changed(before: Recorded, after: Recorded) -> dict[tuple[str, str], set[str]]:
    """Type and name of what differs, with the inputs that do."""
    one, two = before.by_key(), after.by_key()
    assert one.keys() == two.keys()
    found = {}
    for key in one:
        old, new = one[key]["inputs"], two[key]["inputs"]
        names = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        if names:
            found[key[0], key[2]] = names
    return found


def protected(stack: Recorded) -> set[tuple[Any, Any]]:
    return {(r["type"], r["name"]) for r in stack.registrations if r["protect"]}


def test_production_holds_its_data_addresses_and_evidence(production: Recorded):
    assert {kind for kind, _ in protected(production)} >= {TABLE, BUCKET, EIP}
    assert all(table["inputs"]["deletionProtectionEnabled"] for table in production.all(TABLE))
    assert not any(bucket["inputs"].get("forceDestroy") for bucket in production.all(BUCKET))


def test_release_takes_the_protection_off_and_changes_nothing_else(outcomes, production: Recorded):
    after = released(outcomes)
    assert not protected(after)
    assert changed(production, after) == {
        ("aws:ssm/parameter:Parameter", "deployment"): {"value"},  # the mark of what was deployed
        (TABLE, "access"): {"deletionProtectionEnabled"},
        (TABLE, "objects"): {"deletionProtectionEnabled"},
        (TABLE, "quarantine"): {"deletionProtectionEnabled"},
        (BUCKET, "trail"): {"forceDestroy"},
        (BUCKET, "changes"): {"forceDestroy"},
        (FIREWALL, "egress"): {"deleteProtection", "firewallPolicyChangeProtection"},
    }


def test_shield_is_there_when_its_cost_was_written_down_and_protects_what_it_can(outcomes, stack: Recorded):
    shielded = outcomes["shielded"]
    assert isinstance(shielded, Recorded), shielded
    kind = "aws:shield/protection:Protection"
    assert shielded.inputs(kind)["resourceArn"] == "arn:aws:route53:::hostedzone/Z123EXAMPLE"
    assert shielded.inputs("aws:shield/subscription:Subscription")["skipDestroy"] is True
    assert not stack.all(kind)
