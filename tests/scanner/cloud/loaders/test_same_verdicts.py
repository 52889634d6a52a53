"""One idea in every form in which it can be given: our rules say the same of each."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Final, cast

import pytest

from checks.catalog import CATALOG
from checks.engine import judge
from checks.model.verdict import Outcome
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.loaders.catalog import loader_of
from scanner.cloud.place import Place
from scanner.model.cloud_input import (
    CloudInput,
    PreviewInput,
    ProgramInput,
    StateInput,
    TemplateInput,
    TerraformPlanInput,
)
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import Resource
from scanner.model.subject import ResourceSubject, StackSubject
from scanner.model.witness import Witness
from tests.scanner.cloud.engine_made import SAMPLES
from tests.scanner.cloud.running import PYTHON, run_of

CHECKS: Final = tuple(check for check in CATALOG if check.id.startswith("cloud-"))
EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)
FORMS: Final = ("preview", "state", "terraform plan", "template")
# A bucket is looked at as a public one where it is not known whom its policy lets in.
_WAYS: Final = "cloud-entry-points-no-way-around-gateway"
_MAY_BE_ONE_MORE: Final = ((_WAYS, "aws:s3/bucket:Bucket", Outcome.PASS), (_WAYS, "", Outcome.NOT_APPLICABLE))
Said = Counter[tuple[str, str, Outcome]]  # check, type of the resource, outcome


@pytest.fixture(scope="module")
def by_program(tmp_path_factory) -> tuple[Resource, ...]:
    folder = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").write_text("name: ocpi-sample\nruntime: python\n")
    (folder / "__main__.py").write_text((SAMPLES / "program.txt").read_text())
    (folder / "Pulumi.test.yaml").write_text('config: {"ocpi-sample:partnerToken": {secure: v1:x}}\n')
    config = {"aws:region": "eu-central-1"}
    given = ProgramInput(name="edge", directory=folder, stack="test", config=config, python=PYTHON)
    return run_of(given, folder).resources


def read(form: str, resources: tuple[Resource, ...], folder: Path) -> tuple[Resource, ...]:
    plan = folder / "plan.json"
    plan.write_text(json.dumps(write_plan(resources, token_map()).document), encoding="utf-8")
    forms: dict[str, CloudInput] = {
        "preview": PreviewInput(name="edge", file=SAMPLES / "preview-create.json"),
        "state": StateInput(name="edge", file=SAMPLES / "stack-export.json"),
        "terraform plan": TerraformPlanInput(name="edge", file=plan),
        "template": TemplateInput(name="edge", file=SAMPLES / "template.yaml"),
    }
    loaded = asyncio.run(loader_of(forms[form]).load(forms[form], cast("Place", None)))
    assert loaded.missing == ()
    return loaded.resources


def said(resources: tuple[Resource, ...]) -> Said:
    declared = DeclaredResources(stack="edge", source="Pulumi program edge", resources=resources, missing=())
    key = FactKey(
        fact=DeclaredResources,
        subject=StackSubject(environment="test", stack="edge"),
        identity=None,
        witness=Witness.CLOUD_DECLARED,
    )
    tokens = {one.urn: one.token for one in resources}
    found = judge(CHECKS, FactStore([Observation(key=key, result=Seen(fact=declared, evidence=EVIDENCE))]), ["test"])
    return Counter(
        (one.check, tokens[one.subject.urn] if isinstance(one.subject, ResourceSubject) else "", one.outcome)
        for one in found
    )


def test_a_state_leads_to_every_verdict_of_its_program(by_program, tmp_path):
    expected = said(by_program)
    assert sum(expected.values()) > 100
    assert said(read("state", by_program, tmp_path)) == expected


@pytest.mark.parametrize("form", FORMS)
def test_no_form_contradicts_another_and_most_verdicts_are_the_same(by_program, form, tmp_path):
    """What is unknown before a deployment, and made up for a program, is undecided: nothing passes that failed."""
    expected, found = said(by_program), said(read(form, by_program, tmp_path))
    for key in _MAY_BE_ONE_MORE:
        expected.pop(key, None)
        found.pop(key, None)
    extra, gone = found - expected, expected - found
    assert {outcome for _, _, outcome in extra} <= {Outcome.INCONCLUSIVE}
    assert _by_place(extra) == _by_place(gone)
    assert sum((expected & found).values()) > 100


def _by_place(verdicts: Said) -> Counter[tuple[str, str]]:
    return Counter((check, token) for check, token, _ in verdicts.elements())
