"""Terraform addresses taken apart: modules, type, name, and the key of one instance."""

import re
from collections.abc import Mapping
from typing import Any, Final

from scanner.cloud.loaders.terraform_plan.nodes import mapping
from scanner.model.late_dataclass import dataclass

_KEY: Final = r'(?:\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\])?'
_MODULE: Final = re.compile(rf"module\.(?P<name>[^.\[]+){_KEY}(?:\.|$)")
_RESOURCE: Final = re.compile(rf"(?P<data>data\.)?(?P<type>[A-Za-z][\w-]*)\.(?P<name>[\w-]+){_KEY}")

ModulePath = tuple[tuple[str, str], ...]  # (name, key) from the root; the key as it is written, "" without


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """What a reference means: a resource or data source by type and name; `key` "" where all instances are meant."""

    type: str
    name: str
    key: str
    data: bool


def module_path(address: str) -> ModulePath:
    """`module.a[0].module.b` as (("a", "0"), ("b", ""))."""
    return tuple((one["name"], one["key"] or "") for one in _MODULE.finditer(address))


def resource_reference(text: str) -> Referred | None:
    """`data.aws_vpc.main`, `aws_kms_key.a["x"].arn`; None for what is no resource (`var.x`, `each.key`)."""
    found = _RESOURCE.match(text)
    if not found or "_" not in found["type"]:
        return None
    return Referred(type=found["type"], name=found["name"], key=found["key"] or "", data=bool(found["data"]))


def instance_key(resource: Mapping[str, Any]) -> str:
    """The key of a planned resource, written as in an address; "" for one without count or for_each."""
    index = resource.get("index")
    if isinstance(index, bool) or index is None:
        return ""
    return str(index) if isinstance(index, int) else f'"{index}"'


def module_reference(text: str) -> tuple[str, str, str] | None:
    """(`c`, key, `out`) for `module.c[0].out`; the output is "" where the whole module is meant."""
    found = re.match(rf"module\.(?P<name>[^.\[]+){_KEY}(?:\.(?P<out>[\w-]+))?", text)
    return (found["name"], found["key"] or "", found["out"] or "") if found else None


def configured_module(configuration: Mapping[str, Any], path: ModulePath) -> Mapping[str, Any]:
    """The configuration of a module; an empty one if there is none."""
    module = mapping(configuration.get("root_module"))
    for name, _ in path:
        module = mapping(mapping(mapping(module.get("module_calls")).get(name)).get("module"))
    return module
