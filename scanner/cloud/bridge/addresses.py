"""Terraform addresses for Pulumi resources, and the way back."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from scanner.cloud.bridge.token_map import TokenMap
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import Resource

_NOT_ALLOWED: Final = re.compile(r"[^A-Za-z0-9_-]")
_NOT_FIRST: Final = re.compile(r"^[^A-Za-z_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A resource under the name it has in the plan; `address` is `type.name`."""

    resource: Resource
    type: str
    name: str

    @property
    def address(self) -> str:
        """`aws_subnet.private-a`."""
        return f"{self.type}.{self.name}"


def plan_name(name: str) -> str:
    """A Pulumi name with everything replaced that a Terraform name must not hold (lines, dots, `${}`)."""
    return _NOT_FIRST.sub("_", _NOT_ALLOWED.sub("_", name)) or "_"


def addressed(resources: Iterable[Resource], known: TokenMap) -> tuple[Addressed, ...]:
    """The resources that the map knows, sorted by URN, each with an address of its own (`name`, `name_2`, ..)."""
    used: set[tuple[str, str]] = set()
    found = []
    for resource in sorted(resources, key=lambda one: one.urn):
        kind = known.terraform_type(resource.token)
        if kind is None:
            continue
        name = _free(plan_name(resource.name), kind, used)
        used.add((kind, name))
        found.append(Addressed(resource=resource, type=kind, name=name))
    return tuple(found)


def _free(name: str, kind: str, used: set[tuple[str, str]]) -> str:
    candidate, number = name, 1
    while (kind, candidate) in used:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def by_urn(resources: Iterable[Addressed]) -> Mapping[str, Addressed]:
    """For references: the addressed resource of each URN."""
    return {one.resource.urn: one for one in resources}
