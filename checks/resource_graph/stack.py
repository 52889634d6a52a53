"""A stack as a graph: its resources by type, and who refers to whom."""

from collections.abc import Collection

from checks.resource_graph.identifiers import identifiers, mentioned
from checks.resource_graph.index import Index, Reference, index_of
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """The resources of one stack by their Pulumi types, and who refers to whom.

    Looking up is quick however large the stack is: the index is made once for each `DeclaredResources`.
    """

    declared: DeclaredResources

    @property
    def index(self) -> Index:
        """Look-ups over the resources."""
        return index_of(self.declared)

    def of(self, *tokens: str) -> tuple[Resource, ...]:
        """All resources of these types, sorted by URN."""
        return self._sorted([one for token in dict.fromkeys(tokens) for one in self.index.by_token.get(token, ())])

    def referring(self, target: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types whose property `name` refers to `target`."""
        return self._sorted(
            [each.source for each in self.incoming(target) if each.name == name and each.source.token in tokens]
        )

    def referred(self, source: Resource, name: str, *tokens: str) -> tuple[Resource, ...]:
        """Resources of these types that the property `name` of `source` refers to."""
        return self._sorted(
            [each.target for each in self.outgoing(source) if each.name == name and each.target.token in tokens]
        )

    def outgoing(self, source: Resource) -> tuple[Reference, ...]:
        """Every reference of a resource to others of the stack."""
        return tuple(self.index.outgoing.get(source.urn, ()))

    def incoming(self, target: Resource) -> tuple[Reference, ...]:
        """Every reference of others of the stack to a resource."""
        return tuple(self.index.incoming.get(target.urn, ()))

    def _sorted(self, found: Collection[Resource]) -> tuple[Resource, ...]:
        at = self.index.at
        return tuple(sorted({one.urn: one for one in found}.values(), key=lambda one: at[one.urn]))


def refers(source: Resource, name: str, target: Resource) -> bool:
    """True if an output of `target` flows into the property, or a value in it is the target's id, ARN or host."""
    if target.urn in source.depends_on_by_property.get(name, ()):
        return True
    names = set(identifiers(target))
    return any(mention in names for text in texts(source.get(name)) for mention in mentioned(text))
