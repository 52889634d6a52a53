"""The way back from a plan: for each address its Pulumi resource and source line, and all that the plan leaves out."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from scanner.cloud.bridge.plan_writer import PlanCoverage, WrittenPlan
from scanner.cloud.declared import Declared
from scanner.model.resource import Resource

_SCHEMA: Final = "1"


def plan_map(plan: WrittenPlan, declared: Declared) -> str:
    """JSON: `resources` by address, `missing` in sentences, `left_out` whole."""
    document: dict[str, Any] = {
        "schema_version": _SCHEMA,
        "source": declared.source,
        "resources": {address: _entry(one) for address, one in sorted(plan.resources.items())},
        "missing": list(declared.missing),
        "left_out": asdict(plan.coverage),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _entry(one: Resource) -> dict[str, str | int | None]:
    position = one.position
    return {
        "urn": one.urn,
        "type": one.token,
        "file": position.file if position else None,
        "line": position.line if position and position.line else None,
    }


def left_out(coverage: PlanCoverage, resources: Mapping[str, Resource]) -> Iterator[str]:
    """One line for each kind of thing that is declared and not in the plan, with how often."""
    for token, count in coverage.unmapped_tokens.items():
        yield f"{token} ({count}): no Terraform type is known for it"
    for token, count in coverage.other_providers.items():
        yield f"{token} ({count}): a resource of another provider, which no AWS policy judges"
    tokens = {one.urn: one.token for one in resources.values()}
    properties = Counter(f"{tokens.get(urn, urn)} {path}" for urn, path in coverage.unmapped_properties)
    for name, count in sorted(properties.items()):
        yield f"{name} ({count}): Terraform has no such attribute"
    for urn in coverage.hidden_keys:
        yield f"{urn}: its access key is secret, hard coded or not"
    if coverage.unknown:
        yield f"properties that are unknown until deploy ({len(coverage.unknown)}): policies on them give no answer"
