"""Which resources flow into an attribute, as the plan's configuration says: through variables, outputs, data sources.

A plan has no locals: a reference to one is where the trail ends.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Final

from scanner.cloud.loaders.terraform_plan.addresses import (
    ModulePath,
    configured_module,
    module_reference,
    resource_reference,
)
from scanner.cloud.loaders.terraform_plan.nodes import mapping, objects, texts
from scanner.model.late_dataclass import dataclass

_OWN_KEY: Final = ("each.", "count.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a reference stands: the module instance, and the key of the instance that it belongs to."""

    module: ModulePath
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Where references lead: URNs; `lost`: at least one of them ends in a local value, which no plan shows."""

    urns: frozenset[str]
    lost: bool


@dataclass(slots=True)
class References:
    """Resolves references of one plan; `urns`: (module, type, name) to the instances' keys and URNs."""

    configuration: Mapping[str, Any]
    urns: Mapping[tuple[ModulePath, str, str], Mapping[str, str]]
    _modules: dict[ModulePath, dict[tuple[str, str, bool], Mapping[str, Any]]] = field(default_factory=dict)
    _calls: dict[ModulePath, set[ModulePath]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for module, _, _ in self.urns:
            for depth in range(len(module)):
                self._calls[module[:depth]].add(module[: depth + 1])

    def configured(self, module: ModulePath, kind: str, name: str, *, data: bool = False) -> Mapping[str, Any]:
        """The configuration of one resource; an empty one if there is none."""
        if module not in self._modules:
            found = objects(configured_module(self.configuration, module).get("resources"))
            self._modules[module] = {
                (str(one.get("type")), str(one.get("name")), one.get("mode") == "data"): one for one in found
            }
        return self._modules[module].get((kind, name, data), {})

    def tell_constants(self) -> bool:
        """True if the configuration holds constants, and with them everything that was written.

        Plans that were made from something else (such as those of `ocpi-posture plan`) hold references only.
        """
        return _holds(self.configuration.get("root_module"), "constant_value")

    def trail(self, expression: Any, scope: Scope, repeated: Mapping[str, Any]) -> Trail:  # noqa: ANN401 - JSON
        """Of one attribute of a resource; `repeated`: the resource's configuration, for what `each` stands for."""
        walk = _Walk(self)
        walk.expression(expression, scope, repeated)
        return Trail(urns=frozenset(walk.found), lost=walk.lost)

    def instances(self, module: ModulePath, kind: str, name: str, key: str) -> Iterable[str]:
        """URNs of one instance, or of all where no key is given."""
        known = self.urns.get((module, kind, name), {})
        return [known[key]] if key in known else known.values() if not key else ()

    def called(self, module: ModulePath, name: str, key: str) -> list[ModulePath]:
        """Instances of a module that `module` calls."""
        return [one for one in self._calls[module] if one[-1][0] == name and key in {"", one[-1][1]}]


class _Walk:
    def __init__(self, references: References) -> None:
        self._all = references
        self._been: set[tuple[Scope, str]] = set()
        self.found: set[str] = set()
        self.lost = False

    def expression(self, expression: Any, scope: Scope, repeated: Mapping[str, Any]) -> None:  # noqa: ANN401 - JSON
        said = tuple(_references(expression))
        own = any(text.startswith(_OWN_KEY) for text in said)
        if any(text.startswith("each.value") for text in said):
            said += texts(mapping(repeated.get("for_each_expression")).get("references"))
        exact = {one for text in said if (one := _head(text)) is not None and one.endswith("]")}
        for text in said:
            if not any(one.startswith(f"{text}[") for one in exact):
                self._follow(text, Scope(module=scope.module, key=scope.key if own else ""))

    def _follow(self, text: str, scope: Scope) -> None:
        if (scope, text) in self._been:
            return
        self._been.add((scope, text))
        if text.startswith("var."):
            self._variable(text.split(".")[1].partition("[")[0], scope)
        elif text.startswith("module."):
            self._output(text, scope)
        elif text.startswith("local."):
            self.lost = True
        else:
            self._resource(text, scope)

    def _variable(self, name: str, scope: Scope) -> None:
        """What the calling module hands in; a root variable is a value, and nothing flows into it."""
        if not scope.module:
            return
        parent, (called, key) = scope.module[:-1], scope.module[-1]
        call = mapping(mapping(configured_module(self._all.configuration, parent).get("module_calls")).get(called))
        self.expression(mapping(call.get("expressions")).get(name), Scope(module=parent, key=key), call)

    def _output(self, text: str, scope: Scope) -> None:
        meant = module_reference(text)
        if meant is None:
            return
        name, key, output = meant
        for module in self._all.called(scope.module, name, key or scope.key):
            outputs = mapping(configured_module(self._all.configuration, module).get("outputs"))
            for one in (outputs.get(output),) if output else outputs.values():
                self.expression(mapping(one).get("expression"), Scope(module=module), {})

    def _resource(self, text: str, scope: Scope) -> None:
        meant = resource_reference(text)
        if meant is None:
            return
        if meant.data:
            asked = self._all.configured(scope.module, meant.type, meant.name, data=True)
            self.expression(asked.get("expressions"), scope, asked)
            return
        known = self._all.urns.get((scope.module, meant.type, meant.name), {})
        same = scope.key if scope.key in known else ""
        self.found.update(self._all.instances(scope.module, meant.type, meant.name, meant.key or same))


def _head(text: str) -> str | None:
    """`aws_subnet.a[0]` of `aws_subnet.a[0].id`, to know that `aws_subnet.a` beside it means no more than that."""
    meant = resource_reference(text.removeprefix("module."))
    return text[: text.index("]") + 1] if meant and meant.key and "]" in text else None


def _references(expression: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """All references in an expression, or in the nested expressions of blocks."""
    if isinstance(expression, list):
        for one in expression:
            yield from _references(one)
    elif isinstance(expression, dict):
        held = expression.get("references")
        if isinstance(held, list):
            yield from texts(held)
            return
        for name, one in expression.items():
            if name != "constant_value":
                yield from _references(one)


def _holds(node: Any, name: str) -> bool:  # noqa: ANN401 - JSON
    if isinstance(node, dict):
        return name in node or any(_holds(one, name) for one in node.values())
    return isinstance(node, list) and any(_holds(one, name) for one in node)
