"""One stack as a Pulumi program, in HCL, as a Terraform plan, as a CloudFormation template: the answers are one."""

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from checks.catalog import CATALOG
from checks.engine import judge
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.loaders.cloudformation.loader import load_template
from scanner.cloud.loaders.terraform_plan.loader import load_plan
from scanner.model.cloud_input import TemplateInput, TerraformPlanInput
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import Resource
from scanner.model.subject import ResourceSubject, StackSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.checkov_many import judge_plans
from tests.scanner.cloud.hcl_oracle import judge_hcl
from tests.scanner.cloud.running import PROGRAMS, program, run_of
from tests.targets.once import once_a_run

TWIN: Final = PROGRAMS / "twin"
EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)

# Checkov judges lifecycle blocks in HCL only: it leaves these out of every plan, Terraform's own included.
IN_HCL_ONLY: Final = {
    ("CKV_AWS_217", "aws_api_gateway_deployment.now"),
    ("CKV_AWS_233", "aws_acm_certificate.ocpi"),
    ("CKV_AWS_237", "aws_api_gateway_rest_api.ocpi"),
}
# In HCL the ARN of the policy is a reference that Checkov cannot read; the program gives the ARN.
KNOWN_IN_THE_PLAN: Final = {("CKV2_AWS_56", "aws_iam_role_policy_attachment.read"): ("UNKNOWN", "PASSED")}

# Pulumi holds the value of every parameter secret, and then nobody can say whether it is one; a template shows it.
SECRET_IN_PULUMI: Final = {
    ("cloud-secrets-not-in-parameters", "ParameterPlain"): ("inconclusive", "pass"),
}
WHOLES: Final = ("Bucket", "Method", "Stage")  # types of the template of which parts are resources of Pulumi's

Said = dict[tuple[str, str], str]  # (check, resource) to outcome


@once_a_run
def declared_by_program() -> tuple[Resource, ...]:
    with tempfile.TemporaryDirectory() as folder:
        run = run_of(program("twin"), Path(folder))
    assert run.problem is None
    return run.resources


def test_checkov_says_of_the_program_what_it_says_of_the_hcl():
    plan = write_plan(declared_by_program(), token_map())
    assert len(plan.resources) >= 60
    assert len({address.partition(".")[0] for address in plan.resources}) >= 50
    hcl, planned = judge_hcl(TWIN), judge_plans({"twin": plan.document})["twin"]
    assert len([rule for rule, _ in hcl if rule.startswith("CKV2_")]) >= 40
    assert set(hcl) - set(planned) == IN_HCL_ONLY
    assert set(planned) - set(hcl) == set()
    different = {key: (hcl[key], planned[key]) for key in planned if hcl[key] != planned[key]}
    assert different == KNOWN_IN_THE_PLAN


def verdicts(resources: Iterable[Resource]) -> Said:
    """What our own rules say of each resource, under its type and name: `StageLive`."""
    everything = tuple(resources)
    names = {one.urn: called(one) for one in everything}
    subject = StackSubject(environment="test", stack="twin")
    fact = DeclaredResources(stack="twin", source="test", resources=everything)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    checks = tuple(one for one in CATALOG if one.looks_at.fact is DeclaredResources)
    facts = FactStore([Observation(key=key, result=Seen(fact=fact, evidence=EVIDENCE))])
    said: Said = {}
    for one in judge(checks, facts, ["test"]):
        about = names.get(one.subject.urn, "?") if isinstance(one.subject, ResourceSubject) else "stack"
        said[(one.check, about)] = str(one.outcome)
    return said


def differences(one: Said, other: Said) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    return {key: (one.get(key), other.get(key)) for key in {*one, *other} if one.get(key) != other.get(key)}


def called(one: Resource) -> str:
    """Type and name; a template's ids are that already, those of a part of a resource go by the whole."""
    kind = one.token.rpartition(":")[2]
    whole, _, part = one.name.partition("/")
    if part:
        return kind + whole.removeprefix(next(known for known in WHOLES if whole.startswith(known)))
    return whole if whole.startswith(kind) else kind + whole[:1].upper() + whole[1:]


def as_terraform_writes_it(plan: dict[str, Any]) -> dict[str, Any]:
    """The plan before a first deployment: what comes from other resources is unknown, and nulls stand for the rest."""
    account = {"allowed_account_ids": {"constant_value": ["123456789012"]}}
    plan["configuration"]["provider_config"] = {"aws": {"name": "aws", "expressions": account}}
    plan["resource_changes"] = []
    configured = {one["address"]: one for one in plan["configuration"]["root_module"]["resources"]}
    for one in plan["planned_values"]["root_module"]["resources"]:
        flowing = configured[one["address"]]["expressions"]
        parts = {name: apart(value, flowing.get(name)) for name, value in one["values"].items()}
        configured[one["address"]]["provider_config_key"] = "aws"
        configured[one["address"]]["expressions"] = {name: written for name, (written, _, _) in parts.items()}
        known = {name: value for name, (_, value, _) in parts.items() if value is not None}
        one["values"] = {**known, "timeouts": None, "never_set": None, "no_such_block": []}
        unknown = {name: unknown for name, (_, _, unknown) in parts.items() if unknown} | {"arn": True, "id": True}
        head = {name: one[name] for name in ("address", "mode", "type", "name")}
        change = {"actions": ["create"], "before": None, "after": one["values"], "after_unknown": unknown}
        plan["resource_changes"].append({**head, "change": change})
    return plan


def apart(value: Any, flowing: Any, *, inside: bool = False) -> tuple[Any, Any, Any]:
    """A value as it is written, as it is planned (None: unknown as a whole), and what of it is unknown."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        blocks = [{name: apart(inner, flowing, inside=True) for name, inner in one.items()} for one in value]
        return (
            [{name: part[0] for name, part in one.items()} for one in blocks],
            [{name: part[1] for name, part in one.items() if part[1] is not None} for one in blocks],
            [{name: part[2] for name, part in one.items() if part[2]} for one in blocks],
        )
    comes = flowing and (not inside or isinstance(value, list) or "arn:" in str(value))
    return (flowing, None, True) if comes else ({"constant_value": value}, value, False)


def test_our_rules_say_of_a_terraform_plan_what_they_say_of_the_program(tmp_path):
    plan = as_terraform_writes_it(write_plan(declared_by_program(), token_map()).document)
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    loaded = load_plan(TerraformPlanInput(name="twin", file=tmp_path / "plan.json"))
    assert loaded.missing == ()
    mine, theirs = verdicts(declared_by_program()), verdicts(loaded.resources)
    assert len(mine) >= 100
    assert differences(mine, theirs) == {}


def test_our_rules_say_of_a_template_what_they_say_of_the_program():
    loaded = load_template(TemplateInput(name="twin", file=TWIN / "template.yaml", account="123456789012"))
    assert (loaded.missing, loaded.unmapped) == ((), ())
    there = {called(one) for one in loaded.resources}
    mine = verdicts(one for one in declared_by_program() if called(one) in there)
    theirs = verdicts(loaded.resources)
    assert len(mine) >= 100
    assert differences(mine, theirs) == SECRET_IN_PULUMI
