"""Lists Checkov's policies on AWS and what each means for the checklist: `python -m checks.mappings.generator`.

For maintainers, after Checkov or `checkov.yaml` changed. Checkov runs as a process of its own: importing it changes
logging and signal handlers, and takes seconds.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from checks.mappings.catalogue import FILE, Policy
from checks.mappings.loader import rule_table

_TOOL: Final = "checkov"
_LIST: Final = """
import json, sys
from checkov.terraform.plan_runner import Runner
from checkov.terraform.checks.data.registry import data_registry
from checkov.terraform.checks.provider.registry import provider_registry
from checkov.terraform.checks.resource.registry import resource_registry

graph = Runner().graph_registry
for folder in sys.argv[1:]:
    resource_registry.load_external_checks(folder)
    graph.load_external_checks(folder)
graph.load_checks()
found = {}
for kind, registry in (("resource", resource_registry), ("provider", provider_registry), ("data", data_registry)):
    for group in (registry.checks, registry.wildcard_checks):
        for type_, checks in group.items():
            for check in checks:
                found.setdefault(check.id, [check.name, kind, set()])[2].add(type_)
for check in graph.checks:
    found.setdefault(check.id, [check.name, "graph", set()])[2].update(check.resource_types)
json.dump({rule: [name, kind, sorted(types)] for rule, (name, kind, types) in found.items()}, sys.stdout)
"""


def installed(*folders: Path) -> tuple[Policy, ...]:
    """Every policy on AWS of the installed Checkov, and those of `folders`, sorted by id; a few seconds.

    Raises: subprocess.CalledProcessError if Checkov cannot be loaded.
    """
    command = [sys.executable, "-I", "-c", _LIST, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, check=True, env={"LOG_LEVEL": "CRITICAL"})
    found = json.loads(done.stdout)
    rules = rule_table()
    policies = []
    for rule, (title, kind, types) in found.items():
        if "_AWS_" not in rule and "_OCPI_" not in rule:
            continue
        mapped = rules.get((_TOOL, rule))
        policies.append(
            Policy(
                rule=rule,
                kind=kind,
                title=" ".join(title.split()),
                types=tuple(one for one in types if one.startswith("aws")),
                severity=mapped.severity if mapped else None,
                controls=mapped.controls if mapped else (),
            )
        )
    return tuple(sorted(policies, key=Policy.sort_key))


def drift(known: Iterable[Policy], found: Iterable[Policy]) -> tuple[str, ...]:
    """One sentence for each policy that is new, gone or changed; none where the committed catalogue is right."""
    before, after = {one.rule: one for one in known}, {one.rule: one for one in found}
    new = [f"{rule} is new: {after[rule].title}" for rule in after if rule not in before]
    gone = [f"{rule} is gone: {before[rule].title}" for rule in before if rule not in after]
    changed = [f"{rule} has changed" for rule in after if rule in before and before[rule] != after[rule]]
    return (*new, *gone, *changed)


def main() -> None:
    """Write the catalogue, and say what is new in it."""
    found = installed(Path(__file__).resolve().parents[1] / "policies")
    known = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    for sentence in drift(map(Policy.from_line, known.splitlines()), found):
        sys.stderr.write(f"{sentence}\n")
    FILE.write_text("".join(f"{one.line()}\n" for one in found), encoding="utf-8")


if __name__ == "__main__":
    main()
