"""A stack as a graph: its resources by type, and who refers to whom."""

from dataclasses import dataclass

from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The resources of one stack by their Pulumi types, and who refers to whom."""

    declared: DeclaredResources

    def of(self, *tokens: str) -> tuple[Resource, ...]:
        """All resources of these types, sorted by URN."""
        return tuple(one for one in self.declared.resources if one.token in tokens)

    def referring(self, target: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types whose property `name` refers to `target`."""
        return tuple(one for one in self.of(*tokens) if refers(one, name, target))

    def referred(self, source: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types that the property `name` of `source` refers to."""
        return tuple(one for one in self.of(*tokens) if refers(source, name, one))


def refers(source: Resource, name: str, target: Resource) -> bool:
    """True if an output of `target` flows into the property, or its value is the target's id or ARN."""
    if target.urn in source.depends_on_by_property.get(name, ()):
        return True
    value = source.get(name)
    return isinstance(value, str) and value in {target.id, target.outputs.get("arn")}
