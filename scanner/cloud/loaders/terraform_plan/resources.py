"""The resources that a plan leaves behind, as `Resource`s; data sources are look-ups and give none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from scanner.cloud.bridge.pulumi_names import PulumiNames, pulumi_names
from scanner.cloud.loaders.terraform_plan.addresses import ModulePath, instance_key, module_path
from scanner.cloud.loaders.terraform_plan.deferred_policies import DeferredPolicies
from scanner.cloud.loaders.terraform_plan.nodes import mapping, objects
from scanner.cloud.loaders.terraform_plan.providers import Providers
from scanner.cloud.loaders.terraform_plan.references import References, Scope
from scanner.cloud.loaders.terraform_plan.sources import Sources
from scanner.cloud.loaders.terraform_plan.values import Leaf, Rebuilder
from scanner.cloud.one_line import one_line
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import unknown_leaves
from scanner.model.made_up_arns import POLICIES, arn_of
from scanner.model.resource import UNKNOWN, CloudValue, Resource

AWS: Final = "aws_"
FOREIGN: Final = "terraform:"  # in place of a Pulumi token, for types that have none


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedResources:
    """`by_address`: every managed resource. `unmapped`: AWS types that have no Pulumi name, one for each resource.

    `lost`: address and attribute of unknown values that come from locals, so that nothing tells what flows into them.
    `repeated`: addresses that stand in the plan more than once; the last one is taken.
    """

    by_address: Mapping[str, Resource]
    unmapped: tuple[str, ...]
    lost: tuple[str, ...]
    repeated: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """One resource of the planned values, and where it stands."""

    values: Mapping[str, Any]
    module: ModulePath
    key: str
    urn: str
    token: str | None


def planned_resources(document: Mapping[str, Any], stack: str, sources: Sources) -> PlannedResources:
    """Of a plan without secrets (`masked_plan`); `stack` is what verdicts call it."""
    names = pulumi_names()
    listed = [(str(one.values["address"]), one) for one in _planned(document, stack, names)]
    planned = dict(listed)
    urns: dict[tuple[ModulePath, str, str], dict[str, str]] = defaultdict(dict)
    for one in planned.values():
        urns[(one.module, one.values["type"], one.values["name"])][one.key] = one.urn
    configuration = mapping(document.get("configuration"))
    reader = _Reader(
        stack=stack,
        names=names,
        references=References(configuration=configuration, urns=urns),
        unknown=_unknown(document),
        providers=Providers(configuration=mapping(configuration.get("provider_config")), stack=stack),
        sources=sources,
    )
    resources = {address: reader.resource(address, one) for address, one in planned.items()}
    resources |= _with_deferred_policies(document, planned, resources, reader)
    return PlannedResources(
        by_address=resources,
        unmapped=_unmapped(planned.values()),
        lost=tuple(reader.lost),
        repeated=tuple(sorted(address for address, number in Counter(a for a, _ in listed).items() if number > 1)),
    )


def _with_deferred_policies(
    document: Mapping[str, Any], planned: Mapping[str, _Planned], resources: Mapping[str, Resource], reader: "_Reader"
) -> Iterator[tuple[str, Resource]]:
    """Those resources whose policy a data source puts together once the ARNs in it are known."""
    by_urn = {one.urn: one for one in resources.values()}
    changes = {str(one.get("address")): mapping(one.get("change")) for one in objects(document.get("resource_changes"))}
    deferred = DeferredPolicies(
        changes=changes, references=reader.references, arn_of=lambda urn: arn_of(by_urn[urn]) if urn in by_urn else None
    )
    for address, resource in resources.items():
        found = dict(_policies(deferred, planned[address], address, resource, reader))
        if found:
            yield address, replace(resource, inputs={**resource.inputs, **found})


def _policies(
    deferred: DeferredPolicies, one: _Planned, address: str, resource: Resource, reader: "_Reader"
) -> Iterator[tuple[str, CloudValue]]:
    written = mapping(
        reader.references.configured(one.module, one.values["type"], one.values["name"]).get("expressions")
    )
    prefix = address.rpartition(f"{one.values['type']}.{one.values['name']}")[0]
    table = reader.names.table(one.token) if one.token else None
    for attribute, expression in written.items():
        prop, _ = reader.names.property(table, attribute)
        if resource.inputs.get(prop) is UNKNOWN and prop in POLICIES:
            yield prop, deferred.text(expression, one.module, prefix)


def count_managed(document: Mapping[str, Any]) -> int:
    """How many resources a plan leaves behind."""
    return sum(1 for _ in _managed(_root(document)))


def _unmapped(planned: Iterable["_Planned"]) -> tuple[str, ...]:
    kinds = (str(one.values["type"]) for one in planned if one.token is None)
    return tuple(sorted(kind for kind in kinds if kind.startswith(AWS)))


def _planned(document: Mapping[str, Any], stack: str, names: PulumiNames) -> Iterator[_Planned]:
    for module, values in _managed(_root(document)):
        token = names.token(values["type"])
        urn = f"urn:terraform:{stack}::{values['type']}::{values['address']}"
        yield _Planned(
            values=values, module=module_path(module), key=instance_key(values), urn=one_line(urn), token=token
        )


def _root(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(mapping(document.get("planned_values")).get("root_module"))


def _managed(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    named = ("address", "type", "name")
    for one in objects(module.get("resources")):
        if one.get("mode") == "managed" and all(isinstance(one.get(name), str) and one[name] for name in named):
            yield str(module.get("address", "")), one
    for below in objects(module.get("child_modules")):
        yield from _managed(below)


def _unknown(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        str(one.get("address")): mapping(mapping(one.get("change")).get("after_unknown"))
        for one in objects(document.get("resource_changes"))
    }


class _Reader:
    def __init__(
        self,
        *,
        stack: str,
        names: PulumiNames,
        references: References,
        unknown: Mapping[str, Any],
        providers: Providers,
        sources: Sources,
    ) -> None:
        self._stack = stack
        self.names = names
        self._rebuilder = Rebuilder(names=names)
        self.references = references
        self._unknown = unknown
        self._providers = providers
        self._sources = sources
        self._tells = references.tell_constants()
        self.lost: list[str] = []

    def resource(self, address: str, one: _Planned) -> Resource:
        kind, name = one.values["type"], one.values["name"]
        written = self.references.configured(one.module, kind, name)
        table = self.names.table(one.token) if one.token else None
        leaf = Leaf(
            value=mapping(one.values.get("values")),
            unknown=self._unknown.get(address),
            sensitive=one.values.get("sensitive_values"),
            written=[mapping(written.get("expressions"))] if written and self._tells else None,
        )
        done = self._rebuilder.resource(table, leaf)
        own_id = done.filled.get("id")
        return Resource(
            urn=one.urn,
            token=one.token or f"{FOREIGN}{kind}",
            name=_name(one, address),
            stack=self._stack,
            inputs=done.inputs,
            outputs=done.filled,
            depends_on_by_property=self._depends(one, table, written, done.inputs),
            provider=self._providers.of(written, done.inputs.get("region")),
            id=own_id if isinstance(own_id, str) else None,
            position=self._sources.position(kind, name, in_root=not one.module),
        )

    def _depends(
        self, one: _Planned, table: int | None, written: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        scope = Scope(module=one.module, key=one.key)
        for attribute, expression in sorted(mapping(written.get("expressions")).items()):
            trail = self.references.trail(expression, scope, written)
            prop, _ = self.names.property(table, attribute)
            urns = tuple(sorted(trail.urns - {one.urn}))
            if urns:
                found[prop] = urns
            elif trail.lost and any(True for _ in unknown_leaves(inputs.get(prop))):
                self.lost.append(f"{one.values['address']} {attribute}")
        return found


def _name(one: _Planned, address: str) -> str:
    """The address without the type: `module.edge.main[0]`."""
    return one_line(address.replace(f"{one.values['type']}.", "", 1))
