"""The mapping names policies that Checkov has and rows that the checklist has."""

import json
import subprocess
import sys
from pathlib import Path

from checks.checklist.loader import controls
from checks.mappings.loader import rule_table
from scanner.model.witness import Witness

LIST_POLICIES = """
import json, sys
from checkov.terraform.plan_runner import Runner
from checkov.terraform.checks.resource.registry import resource_registry as resources
from checkov.terraform.checks.provider.registry import provider_registry as providers
runner = Runner()
resources.load_external_checks(sys.argv[1])
runner.graph_registry.load_checks()
runner.graph_registry.load_external_checks(sys.argv[1])
ids = {c.id for r in (resources, providers) for g in (r.checks, r.wildcard_checks) for cs in g.values() for c in cs}
json.dump(sorted(ids | {c.id for c in runner.graph_registry.checks}), sys.stdout)
"""


def known_policies() -> set[str]:
    policies = str(Path("checks/policies").resolve())
    command = [sys.executable, "-I", "-c", LIST_POLICIES, policies]
    done = subprocess.run(command, capture_output=True, check=True, env={"LOG_LEVEL": "CRITICAL"})
    return set(json.loads(done.stdout))


def test_every_mapped_policy_exists_and_every_policy_of_ours_is_mapped():
    known = known_policies()
    assert len(known) > 400
    mapped = {rule for tool, rule in rule_table() if tool == "checkov"}
    assert mapped - known == set()
    assert {policy for policy in known if "_OCPI_" in policy} - mapped == set()


def test_every_mapped_row_exists_and_is_one_that_the_declared_cloud_can_speak_to():
    rows = {row.id: row for row in controls()}
    named = {control for rule in rule_table().values() for control in rule.controls}
    assert named - set(rows) == set()
    clouds = {Witness.CLOUD_DECLARED, Witness.CLOUD_LIVE}
    assert {row for row in named if not clouds & set(rows[row].witnesses)} == set()


def test_no_rule_is_mapped_to_a_row_that_only_rolls_up_others():
    rolled = {row.id for row in controls() if row.rolls_up}
    assert {rule.rule for rule in rule_table().values() if rolled & set(rule.controls)} == set()
