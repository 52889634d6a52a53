"""Small Pulumi programs, good and bad, as the stacks that they declare.

A file of `programs/` holds one function a case and ends with `globals()[pulumi.Config("case").require("name")]()`. A
case is a whole program: it declares a stack that a check passes, fails or cannot decide.
"""

import ast
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from checks.engine import judge
from checks.model.check import Check
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.gaps import unseen
from scanner.cloud.program import read_run
from scanner.cloud.project import Project
from scanner.gate.process import ProcessResult
from scanner.model.cloud_input import ProgramInput
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.subject import ResourceSubject, StackSubject, Subject
from scanner.model.witness import Witness
from tests.checks.families.cloud.resident import ask
from tests.scanner.cloud.running import PYTHON, ROOT
from tests.targets.once import once_a_run

_PROGRAMS: Final = Path(__file__).with_name("programs")
_SDK: Final = next(Path(PYTHON).parents[1].glob("lib/python3*/site-packages/pulumi_aws"))
_HOST: Final = ROOT / "scanner" / "cloud" / "program_host"
_EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)


def names(family: str) -> tuple[str, ...]:
    """The cases of `programs/FAMILY.py`: its functions without a leading underscore, in their order."""
    tree = ast.parse((_PROGRAMS / f"{family}.py").read_text(encoding="utf-8"))
    return tuple(one.name for one in tree.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"))


@once_a_run
def stacks(family: str) -> Mapping[str, DeclaredResources]:
    """What every case of `programs/FAMILY.py` declares; a program that stops half-way is an error of the test."""
    file = _PROGRAMS / f"{family}.py"
    project = Project(
        name="small",
        directory=_PROGRAMS,
        main=file,
        python=PYTHON,
        config={},
        secret_keys=(),
        account="123456789012",
        region="eu-central-1",
    )
    request = {
        "main": str(file),
        "project": "small",
        "stack": "test",
        "secret_keys": [],
        "json_text": token_map().json_text,
        "account": project.account,
        "region": project.region,
        "deadline_s": 60.0,
        "homes": [],
    }
    answers = run_each({case: {**request, "config": {"case:name": case}} for case in names(family)}, _imports(file))
    return {case: _declared(case, answer, project) for case, answer in answers.items()}


def run_each(
    requests: Mapping[str, Mapping[str, object]], modules: Sequence[str], path: Sequence[Path] = ()
) -> dict[str, dict[str, object]]:
    """What the host answers to each request; all are run by forks of the resident process."""
    job = {"host": str(_HOST), "path": [str(one) for one in path], "modules": list(modules), "requests": requests}
    return ask(job)


def _imports(file: Path) -> list[str]:
    """Modules that the programs import, and those of pulumi_aws that load on first use: all are loaded once."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return [*plain, *(str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)), *loaded_late(file)]


def loaded_late(file: Path) -> list[str]:
    """Modules of pulumi_aws that a file touches as `aws.NAME`: they load on first use."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    lazy = {
        f"pulumi_aws.{node.attr}"
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "aws"
    }
    return sorted(name for name in lazy if (_SDK / name.rpartition(".")[2]).is_dir())


def as_result(answer: Mapping[str, object]) -> ProcessResult:
    """One of the answers as the gate hands over what a host said."""
    return ProcessResult(
        exit_code=0,
        stdout=json.dumps(answer).encode(),
        stderr=b"",
        timed_out=False,
        truncated=False,
        elapsed_s=0.0,
    )


def _declared(case: str, answer: Mapping[str, object], project: Project) -> DeclaredResources:
    given = ProgramInput(name=case, directory=project.directory, stack="test")
    run = read_run(as_result(answer), given, project)
    if run.problem:
        raise AssertionError(f"{case}: {run.problem} ({run.problem_at})")
    return DeclaredResources(stack=f"{case}/test", source="program", resources=run.resources, missing=unseen(run))


def findings(check: Check[DeclaredResources], declared: DeclaredResources) -> tuple[Finding, ...]:
    """What one check says of one stack."""
    subject = StackSubject(environment="test", stack=declared.stack)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    seen = Observation(key=key, result=Seen(fact=declared, evidence=_EVIDENCE))
    return judge((check,), FactStore([seen]), ["test"])


def outcomes(check: Check[DeclaredResources], family: str, case: str) -> Mapping[str, Outcome]:
    """By the name of the resource; what is said of the stack as a whole has the stack's own name."""
    declared = stacks(family)[case]
    said = findings(check, declared)
    return {_name(finding.subject): finding.outcome for finding in said}


def _name(subject: Subject) -> str:
    return subject.urn.rpartition("::")[2] if isinstance(subject, ResourceSubject) else subject.label()
