"""What a declared cloud costs beside Checkov: plan writing, Terraform plan and template reading, and our own rules.

The stack of `tests/scanner/cloud/programs/twin` is taken several times over. Checkov alone judges the plan that was
written from it, in a process of its own; our part is measured in another process, without what it takes to start one
and to import the packages, which a scan has done anyway. Processor time counts: the machine may be busy.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from checks.catalog import CATALOG
from checks.engine import judge
from checks.model.check import Check
from scanner.cloud.bridge.plan_writer import write_plan
from scanner.cloud.bridge.token_map import token_map
from scanner.cloud.checkov_host.ocpi_posture_checkov.answers import Answers
from scanner.cloud.checkov_host.ocpi_posture_checkov.loading import load
from scanner.cloud.checkov_host.ocpi_posture_checkov.offline import refuse_network
from scanner.cloud.loaders.terraform_plan.loader import load_plan
from scanner.model.cloud_input import TerraformPlanInput
from scanner.model.codec import adapter
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.resource import CloudValue, Resource
from scanner.model.subject import StackSubject
from scanner.model.witness import Witness
from tests.bench.child import Cost, cost_of
from tests.scanner.cloud.running import program, run_of

SIZES: Final = {66: 1.1, 528: 1.1, 5000: 1.5}  # resources to the limit, as a multiple of Checkov alone
ROUNDS: Final = {66: 3, 528: 3, 5000: 1}
_EVIDENCE: Final = (EvidenceRef(id="e1", sha256="0" * 64, path="evidence/e1.json"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Processor seconds of each part of ours, and by how many MiB the process grew."""

    seconds: dict[str, float]
    grown_mib: float


def copies(resources: Sequence[Resource], wanted: int) -> tuple[Resource, ...]:
    """The same resources several times over, each copy with names, ids and references of its own."""
    made = (one for number in range(wanted) for one in _copy(resources, number))
    return tuple(one for _, one in zip(range(wanted), made, strict=False))


def _copy(resources: Sequence[Resource], number: int) -> Iterator[Resource]:
    own = f"-{number}"
    for one in resources:
        yield replace(
            one,
            urn=f"{one.urn}{own}",
            name=f"{one.name}{own}",
            id=f"{one.id}{own}" if one.id else None,
            outputs={name: f"{value}{own}" if isinstance(value, str) else value for name, value in one.outputs.items()},
            inputs={name: _moved(name, value, one, own) for name, value in one.inputs.items()},
            depends_on_by_property={
                p: tuple(f"{urn}{own}" for urn in urns) for p, urns in one.depends_on_by_property.items()
            },
        )


def _moved(name: str, value: CloudValue, one: Resource, own: str) -> CloudValue:
    """A value that came from another resource comes from that of the same copy."""
    return f"{value}{own}" if isinstance(value, str) and name in one.depends_on_by_property else value


def declared_checks() -> tuple[Check[Any], ...]:
    """Our own rules on a declared cloud."""
    return tuple(one for one in CATALOG if one.looks_at.fact is DeclaredResources)


def ours(file: Path, plan: Path) -> Part:
    """Write the plan and judge by our own rules; then read the plan that was written, as one of Terraform's."""
    declared = adapter(DeclaredResources).validate_json(file.read_bytes())
    checks, known = declared_checks(), token_map()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    written = write_plan(declared.resources, known, changes=False)
    plan.write_text(json.dumps(written.document), encoding="utf-8")
    converted = time.process_time()
    subject = StackSubject(environment="bench", stack=declared.stack)
    key = FactKey(fact=DeclaredResources, subject=subject, identity=None, witness=Witness.CLOUD_DECLARED)
    seen = Observation(key=key, result=Seen(fact=declared, evidence=_EVIDENCE))
    found = judge(checks, FactStore([seen]), ["bench"])
    judged = time.process_time()
    load_plan(TerraformPlanInput(name="bench", file=plan))
    read = time.process_time()
    if not found:
        raise SystemExit("no rule said anything")
    return Part(
        seconds={"write plan": converted - started, "our rules": judged - converted, "read plan": read - judged},
        grown_mib=(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    )


def checkov(plan: Path) -> None:
    """Checkov with all its policies on one plan, and nothing else."""
    os.environ["BC_SKIP_MAPPING"] = "TRUE"
    sys.addaudithook(refuse_network)
    answers = Answers()
    load(answers, [])(str(plan), "terraform_plan")
    if not answers.results:
        raise SystemExit("Checkov said nothing")


def measure(folder: Path, size: int, resources: Sequence[Resource]) -> None:
    """Both sides in turns, and the ratio against the limit."""
    fact = DeclaredResources(stack="twin/bench", source="bench", resources=copies(resources, size))
    stored, plan, log = folder / "resources.json", folder / "plan.json", folder / "log"
    stored.write_bytes(adapter(DeclaredResources).dump_json(fact))
    ratios, memory, parts = [], [], dict[str, list[float]]()
    for _ in range(ROUNDS[size]):
        answer = folder / "part.json"
        _child(["ours", str(stored), str(plan), str(answer)], log)
        part = json.loads(answer.read_text())
        alone = _child(["checkov", str(plan)], log)
        for name, seconds in part["seconds"].items():
            parts.setdefault(name, []).append(seconds)
        mine = part["seconds"]["write plan"] + part["seconds"]["our rules"]
        ratios.append((alone.cpu_s + mine) / alone.cpu_s)
        memory.append((alone.peak_mib + part["grown_mib"]) / alone.peak_mib)
        parts.setdefault("Checkov alone", []).append(alone.cpu_s)
    cpu, grown = statistics.median(ratios), statistics.median(memory)
    shown = ", ".join(f"{name} {statistics.median(seconds):.2f} s" for name, seconds in parts.items())
    kept = "kept" if max(cpu, grown) <= SIZES[size] else "NOT kept"
    print(f"{size:>5} resources: {shown}")
    print(f"      processor {cpu:.3f}, memory {grown:.3f} of Checkov alone; limit {SIZES[size]} {kept}")


def _child(arguments: list[str], log: Path) -> Cost:
    cost = cost_of([sys.executable, "-m", "tests.bench.declared_cloud", *arguments], os.environ, log)
    if cost.exit_code:
        sys.exit(f"{arguments[0]} ended with {cost.exit_code}:\n{log.read_text(errors='replace')[-2000:]}")
    return cost


def main() -> int:
    """All sizes, or those that are named; or one side, for a child process."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.declared_cloud", description=__doc__)
    parser.add_argument("what", nargs="*", help="sizes; or `ours RESOURCES PLAN ANSWER`, `checkov PLAN`")
    what = parser.parse_args().what
    if what[:1] == ["ours"]:
        part = ours(Path(what[1]), Path(what[2]))
        Path(what[3]).write_text(json.dumps({"seconds": part.seconds, "grown_mib": part.grown_mib}))
    elif what[:1] == ["checkov"]:
        checkov(Path(what[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="ocpi-posture-bench-") as name:
            folder = Path(name).resolve()
            resources = run_of(program("twin"), folder).resources
            print(f"our own rules on a declared cloud: {len(declared_checks())}")
            for size in [int(one) for one in what] or SIZES:
                measure(folder, size, resources)
    return 0


if __name__ == "__main__":
    sys.exit(main())
