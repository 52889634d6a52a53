"""Look-ups over the resources of a stack, made once: by type, by URN, and by who refers to whom."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, wraps
from typing import Final, TypeVar

from checks.resource_graph import types as aws
from checks.resource_graph.identifiers import NAMED_BY, identifiers, mentioned
from checks.resource_graph.openapi_resources import resources_in
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import texts
from scanner.model.resource import Resource

T = TypeVar("T")

_STACKS_KEPT: Final = 8  # those of a run's environments, as a rule
_LONGEST_MENTION: Final = 1024  # characters: documents and scripts are not references
_MOST_NAMESAKES: Final = 32  # what more resources are called than that tells none of them apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A property of one resource that refers to another."""

    source: Resource
    name: str
    target: Resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """`at` is the position of each URN; `by_token`, `outgoing` and `incoming` keep the order of the stack.

    `bodies`: URNs of the APIs whose OpenAPI body was read; what it declares is among the resources.
    """

    at: Mapping[str, int]
    by_token: Mapping[str, Sequence[Resource]]
    outgoing: Mapping[str, Sequence[Reference]]
    incoming: Mapping[str, Sequence[Reference]]
    bodies: frozenset[str] = frozenset()


class _Same:
    """Stands for one stack by identity: stacks hold mappings, so they have no hash."""

    def __init__(self, declared: DeclaredResources) -> None:
        self.declared = declared

    def __hash__(self) -> int:
        return id(self.declared)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.declared is self.declared


def once_a_stack(find: Callable[[DeclaredResources], T]) -> Callable[[DeclaredResources], T]:
    """What follows from a stack alone is found once, for every check that asks; the last few stacks are kept."""

    @lru_cache(maxsize=_STACKS_KEPT)
    def known(one: _Same) -> T:
        return find(one.declared)

    @wraps(find)
    def found(declared: DeclaredResources) -> T:
        return known(_Same(declared))

    return found


def together(name: str, several: Sequence[DeclaredResources]) -> DeclaredResources:
    """Several stacks as one, made once; complete where all of them are. One alone stays what it is."""
    return several[0] if len(several) == 1 else _joined(name, tuple(_Same(one) for one in several))


@lru_cache(maxsize=_STACKS_KEPT)
def _joined(name: str, several: tuple[_Same, ...]) -> DeclaredResources:
    seen = [one.declared for one in several]
    return DeclaredResources(
        stack=name,
        source=", ".join(one.source for one in seen),
        resources=tuple(resource for one in seen for resource in one.resources),
        missing=tuple(reason for one in seen for reason in one.missing),
    )


@once_a_stack
def index_of(declared: DeclaredResources) -> Index:
    """The index of a stack."""
    inside = {one.urn: found for one in declared.resources if (found := _inside(one)) is not None}
    described = [one for found in inside.values() for one in found]
    resources = sorted([*declared.resources, *described], key=lambda one: one.urn) if inside else declared.resources
    by_token: dict[str, list[Resource]] = {}
    for resource in resources:
        by_token.setdefault(resource.token, []).append(resource)
    outgoing: dict[str, list[Reference]] = {}
    incoming: dict[str, list[Reference]] = {}
    for reference in _references(resources):
        outgoing.setdefault(reference.source.urn, []).append(reference)
        incoming.setdefault(reference.target.urn, []).append(reference)
    at = {resource.urn: position for position, resource in enumerate(resources)}
    return Index(at=at, by_token=by_token, outgoing=outgoing, incoming=incoming, bodies=frozenset(inside))


def _inside(one: Resource) -> tuple[Resource, ...] | None:
    return resources_in(one) if one.token in (aws.REST_API, aws.HTTP_API) else None


def _references(resources: Sequence[Resource]) -> list[Reference]:
    """Each reference once: what flows into a property, and what a literal in it names."""
    by_urn = {one.urn: one for one in resources}
    named: dict[str, dict[str, Resource]] = {}
    for one in resources:
        for text in identifiers(one):
            named.setdefault(text, {})[one.urn] = one
    named = {text: known for text, known in named.items() if len(known) <= _MOST_NAMESAKES}
    found: list[Reference] = []
    for one in resources:
        for name in {**one.depends_on_by_property, **one.inputs}:
            targets = {urn: by_urn[urn] for urn in one.depends_on_by_property.get(name, ()) if urn in by_urn}
            for text in texts(one.inputs.get(name)):
                if len(text) <= _LONGEST_MENTION:
                    for mention in mentioned(text):
                        targets |= named.get(mention, {})
            if name == NAMED_BY.get(one.token):
                targets.pop(one.urn, None)  # to have a name is not to refer to oneself
            found += [Reference(source=one, name=name, target=target) for target in targets.values()]
    return found
