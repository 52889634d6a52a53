"""Stacks with anything at all where AWS wants a word, a list or a block: a verdict, and never a bug of ours."""

import random
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from checks.catalog import CATALOG
from checks.engine import judge
from checks.families.cloud import egress, entry_points, exposure, security_groups, segmentation, separation
from checks.families.cloud.alarms import LIVE
from checks.families.cloud.isolation import ROLES
from checks.model.verdict import Outcome
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.checks.families.cloud.cases import findings, stacks
from tests.checks.families.cloud.test_segmentation_programs import ADMIN, SUBNET, VPC, group, service
from tests.checks.resource_graph.test_entry_points import CASES
from tests.scanner.cloud.declared import declare

CHECKS: Final = tuple(
    check
    for family in (egress, entry_points, exposure, security_groups, segmentation, separation)
    for check in family.CHECKS
)
ODD: Final[tuple[CloudValue, ...]] = (
    *(None, (), {}, UNKNOWN, HIDDEN, 7, -1, True, "", "x", "0.0.0.0/0", "::/0", 1.5),
    *(("a", None), ({},), {"a": {"b": UNKNOWN}}, (UNKNOWN,), ((), {"type": {}})),
)
RULES: Final[CloudValue] = ({"protocol": "-1", "cidrBlocks": ("0.0.0.0/0",), "prefixListIds": ("pl-0123",)},)
NETWORK: Final = (VPC, SUBNET, ADMIN, group(RULES), service(SUBNET.id))
EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)


def bent(value: CloudValue, chance: random.Random, share: float) -> CloudValue:
    if chance.random() < share:
        return chance.choice(ODD)
    if isinstance(value, Mapping):
        return {name: bent(inner, chance, share) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return tuple(bent(inner, chance, share) for inner in value)
    return value


def bend(one: Resource, chance: random.Random, share: float) -> Resource:
    return replace(
        one,
        inputs={name: bent(value, chance, share) for name, value in one.inputs.items()},
        outputs={name: bent(value, chance, share) for name, value in one.outputs.items()},
        depends_on_by_property=one.depends_on_by_property if chance.random() < 0.6 else {},
    )


def seen(environment: str, resources: tuple[Resource, ...], source: str) -> Observation[DeclaredResources]:
    subject = StackSubject(environment=environment, stack="s/t")
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    fact = DeclaredResources(stack="s/t", source=source, resources=resources)
    return Observation(key=key, result=Seen(fact=fact, evidence=EVIDENCE))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.8])
def test_no_value_is_too_odd_for_a_verdict(share):
    chance = random.Random(f"odd-{share}")
    bugs: list[str] = []
    for _, _, resources in CASES:
        whole = tuple({one.urn: one for one in (*resources, *NETWORK)}.values())
        odd = tuple(bend(one, chance, share) for one in whole)
        source = chance.choice(("Pulumi program p", "Pulumi state s", "CloudFormation template t"))
        store = FactStore([seen("prod", odd, source), seen("test", whole, "Pulumi state s")])
        found = judge(CHECKS, store, ["prod"], lambda _check, trace: bugs.append(trace))
        assert {one.check for one in found} == {check.id for check in CHECKS}
    assert not bugs


@pytest.mark.parametrize("family", ["gateway", "hops"])
def test_no_value_of_a_program_is_too_odd_for_any_check(family):
    checks = tuple(check for check in CATALOG if check.id.startswith("cloud-"))
    whole = {one.urn: one for declared in stacks(family).values() for one in declared.resources}.values()
    chance = random.Random(f"odd-{family}")
    bugs: list[str] = []
    for _ in range(2):
        odd = tuple(bend(one, chance, 0.1) for one in whole)
        judge(checks, FactStore([seen("prod", odd, "Pulumi program p")]), ["prod"], lambda _, trace: bugs.append(trace))
    assert not bugs


def test_composite_alarms_that_name_each_other_tell_nobody():
    token = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    inputs = {"alarmActions": ()}
    circle = (
        declare(token, "one", {**inputs, "alarmName": "one", "alarmRule": 'ALARM("two")'}),
        declare(token, "two", {**inputs, "alarmName": "two", "alarmRule": 'ALARM("one")'}),
    )
    found = findings(LIVE, DeclaredResources(stack="s/t", source="Pulumi state s", resources=circle))
    assert {one.outcome for one in found} == {Outcome.FAIL}


def test_thousands_of_functions_under_one_role_are_compared_in_seconds():
    token, role = "aws:lambda/function:Function", "arn:aws:iam::123456789012:role/all"
    many = tuple(declare(token, f"f{number}", {"role": role}) for number in range(3000))
    before = time.process_time()
    found = findings(ROLES, DeclaredResources(stack="s/t", source="Pulumi state s", resources=many))
    assert {one.outcome for one in found} == {Outcome.FAIL}
    assert time.process_time() - before < 10.0
