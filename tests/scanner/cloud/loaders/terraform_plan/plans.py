"""Plans in the form of `terraform show -json`, in few words: what was written, what Terraform adds to it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scanner.cloud.declared import Declared
from scanner.cloud.loaders.terraform_plan.loader import load_plan
from scanner.model.cloud_input import TerraformPlanInput
from scanner.model.resource import Resource


def constant(value: Any) -> dict[str, Any]:
    return {"constant_value": value}


def references(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def planned(
    address: str,
    values: Mapping[str, Any],
    *,
    unknown: Mapping[str, Any] | None = None,
    sensitive: Mapping[str, Any] | None = None,
    index: int | str | None = None,
) -> dict[str, Any]:
    """One resource of the planned values, with what the document says of it elsewhere under `_unknown`."""
    kind, name = address.rpartition("module.")[2].split(".")[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": name.partition("[")[0],
        **({} if index is None else {"index": index}),
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 1,
        "values": dict(values),
        "sensitive_values": dict(sensitive or {}),
        "_unknown": dict(unknown or {}),
    }


def configured(address: str, expressions: Mapping[str, Any], mode: str = "managed", **more: Any) -> dict[str, Any]:
    kind, name = address.removeprefix("data.").split(".")
    return {
        "address": address,
        "mode": mode,
        "type": kind,
        "name": name,
        "provider_config_key": "aws",
        "expressions": dict(expressions),
        "schema_version": 1,
        **more,
    }


def plan(
    resources: list[dict[str, Any]],
    configuration: list[dict[str, Any]],
    *,
    modules: list[dict[str, Any]] | None = None,
    calls: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    everything = [*resources, *(one for module in modules or [] for one in module["resources"])]
    changes = [
        {
            **{name: one[name] for name in ("address", "mode", "type", "name")},
            "change": {
                "actions": ["create"],
                "before": None,
                "after": one["values"],
                "after_unknown": one["_unknown"],
                "before_sensitive": False,
                "after_sensitive": one["sensitive_values"],
            },
        }
        for one in everything
    ]
    root: dict[str, Any] = {"resources": resources, **({"child_modules": modules} if modules else {})}
    held: dict[str, Any] = {"resources": configuration, **({"module_calls": calls} if calls else {})}
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": root},
        "resource_changes": changes,
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": held},
        "complete": True,
        "errored": False,
        **more,
    }


def load(folder: Path, document: Mapping[str, Any]) -> Declared:
    file = folder / "plan.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    return load_plan(TerraformPlanInput(name="edge", file=file))


def by_name(declared: Declared) -> dict[str, Resource]:
    return {one.name: one for one in declared.resources}


def flows(one: Resource) -> dict[str, list[str]]:
    """For each property, the addresses of what flows into it."""
    return {
        name: [urn.rpartition("::")[2] for urn in urns] for name, urns in sorted(one.depends_on_by_property.items())
    }
