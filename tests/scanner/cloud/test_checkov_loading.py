"""What Checkov's worker leaves out while it loads, and has as soon as it is needed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scanner.cloud import checkov_host
from scanner.cloud.checkov_host.ocpi_posture_checkov.providers import has_others

HOST = Path(checkov_host.__file__).parent
BUCKET = {
    "address": "google_storage_bucket.b",
    "mode": "managed",
    "type": "google_storage_bucket",
    "name": "b",
    "provider_name": "registry.terraform.io/hashicorp/google",
    "values": {"name": "b", "location": "EU"},
}
PLAN = {
    "format_version": "1.2",
    "terraform_version": "1.5.0",
    "planned_values": {"root_module": {"resources": [BUCKET]}},
    "resource_changes": [{**BUCKET, "change": {"actions": ["create"], "before": None, "after": BUCKET["values"]}}],
    "configuration": {},
}
LOADED_IN_TWO_STEPS = """
import json, os, sys
answer = os.dup(1); os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
os.environ["BC_SKIP_MAPPING"] = "TRUE"
from ocpi_posture_checkov.answers import Answers
from ocpi_posture_checkov.loading import load
answers = Answers()
run = load(answers, [])
from checkov.terraform.checks.resource.registry import resource_registry as registry
first = {*registry.checks, *registry.wildcard_checks}
early = sorted(name for name in ("git", "networkx.algorithms", "numpy", "pydantic") if name in sys.modules)
run(sys.argv[2], "terraform_plan")
told = {
    "first": sorted(first),
    "later": sorted({*registry.checks, *registry.wildcard_checks} - first),
    "early": early,
    "rules": sorted({one["rule"] for one in answers.results}),
}
os.write(answer, json.dumps(told).encode())
"""
FUNCTION = {
    "function_name": "yes",
    "timeout": 1.0,
    "tracing_config": [{"mode": "Active"}],
    "environment": [
        {"variables": {"SINCE": "2025-01-01", "CODE": "0x1F", "RATE": "1e3", "KEY": "AKIA" + "IOSFODNN7EXAMPLE"}}
    ],
    "vpc_config": [],
    "tags": {},
    "description": None,
}
GROUP = {
    "description": "caf\u00e9",
    "ingress": [{"from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"], "self": False, "description": "on"}],
}
READ_IN_TWO_WAYS = """
import json, os, sys
answer = os.dup(1); os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
os.environ["BC_SKIP_MAPPING"] = "TRUE"
from ocpi_posture_checkov.answers import Answers
from ocpi_posture_checkov.loading import load
answers = Answers()
run = load(answers, [])
from checkov.cloudformation.parser import cfn_yaml
from checkov.runner_filter import RunnerFilter
from checkov.terraform.plan_runner import Runner
by_yaml, reads = [], cfn_yaml.loads
cfn_yaml.loads = lambda *given: by_yaml.append(given) or reads(*given)
told = []
def judged(judge):
    judge()
    told.append([sorted(answers.results, key=json.dumps), len(by_yaml)])
    answers.results.clear()
judged(lambda: run(sys.argv[2], "terraform_plan"))
cfn_yaml.MAX_IAC_FILE_SIZE = 50_000_000
chosen = RunnerFilter(framework=["terraform_plan"], skip_checks=["CKV_TF_*"])
judged(lambda: Runner().run(root_folder=None, files=[sys.argv[2]], runner_filter=chosen))
os.write(answer, json.dumps(told).encode())
"""
NAMES = """
import sys
sys.path.insert(0, sys.argv[1])
from ocpi_posture_checkov.late_names import NamesLater
sys.meta_path.insert(0, NamesLater())
from networkx import DiGraph, edge_dfs
from tabulate import tabulate
print(isinstance({}, DiGraph), "networkx.algorithms" in sys.modules)
graph = DiGraph([(1, 2)])
print(isinstance(graph, DiGraph), isinstance({}, DiGraph), list(edge_dfs(graph, 1)), "tabulate.version" in sys.modules)
class Own(DiGraph):
    pass
print(isinstance(Own(), DiGraph), isinstance(graph, Own), tabulate([["a"]], tablefmt="plain"))
"""


def told_by(script: str, *arguments: object) -> str:
    given = [sys.executable, "-I", "-c", script, str(HOST), *map(str, arguments)]
    return subprocess.run(given, capture_output=True, text=True, check=True).stdout


def read_in_two_ways(declared: list[dict[str, Any]], folder: Path) -> Any:
    """What is said of the plan, and how often something was read as YAML: by our worker, and by Checkov as it comes."""
    document = {**PLAN, "planned_values": {"root_module": {"resources": declared}}, "resource_changes": []}
    plan = folder / "plan.json"
    plan.write_text(json.dumps(document), encoding="utf-8")
    return json.loads(told_by(READ_IN_TWO_WAYS, plan))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> dict[str, list[str]]:
    plan = tmp_path_factory.mktemp("plan") / "plan.json"
    plan.write_text(json.dumps(PLAN), encoding="utf-8")
    told: dict[str, list[str]] = json.loads(told_by(LOADED_IN_TWO_STEPS, plan))
    return told


def test_a_plan_of_another_provider_is_judged_by_its_policies(loaded):
    assert loaded["early"] == []
    assert "google_storage_bucket" in loaded["later"]
    assert any(rule.startswith("CKV_GCP_") for rule in loaded["rules"])


def test_every_kind_whose_policies_come_later_asks_for_them(loaded, tmp_path):
    document = tmp_path / "plan.json"
    unheard = []
    for kind in loaded["later"]:
        document.write_text(json.dumps({"resources": [{"type": "aws_s3_bucket"}, {"type": kind}]}), encoding="utf-8")
        if not has_others(document):
            unheard.append(kind)
    assert len(loaded["later"]) > 200
    assert unheard == []
    document.write_text(json.dumps({"type": "aws_sns_topic", "values": {"type": "AWS_PROXY"}}), encoding="utf-8")
    assert not has_others(document)


def test_a_plan_that_is_read_as_json_is_judged_as_one_that_is_read_as_yaml(tmp_path):
    declared = [
        {"address": f"{kind}.a", "mode": "managed", "type": kind, "name": "a", "provider_name": "aws", "values": values}
        for kind, values in (("aws_lambda_function", FUNCTION), ("aws_security_group", GROUP))
    ]
    (ours, read_by_us), (plain, read_by_checkov) = read_in_two_ways(declared, tmp_path)
    assert (read_by_us, read_by_checkov) == (0, 1)
    assert ours == plain
    assert {"PASSED", "FAILED"} <= {one["result"] for one in ours}
    assert any(one["rule"] == "CKV_AWS_45" and one["result"] == "FAILED" for one in ours)


def test_a_plan_with_a_sign_that_no_reader_of_yaml_takes_is_judged(tmp_path):
    bucket = {
        **BUCKET,
        "address": "aws_s3_bucket.b",
        "type": "aws_s3_bucket",
        "values": {"tags": {"plug": "\U0001f50c"}},
    }
    (ours, _), (plain, _) = read_in_two_ways([bucket], tmp_path)
    assert ours
    assert plain == []


def test_a_name_that_waits_is_the_class_itself_once_it_is_used():
    assert told_by(NAMES) == "False False\nTrue False [(1, 2)] False\nTrue False a\n"
