"""A stack with its aws-native resources under pulumi-aws's tokens and property names, URNs and lines as they were.

It goes by way of CloudFormation, whose schemas aws-native is made from and whose counterparts the names table has. What
has none keeps its own token, and is named.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scanner.cloud.bridge.template_names import template_names
from scanner.cloud.declared import Declared
from scanner.cloud.few_names import few_names
from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.cloud.loaders.cloudformation.converter import Converter
from scanner.cloud.loaders.cloudformation.resources import template_resources
from scanner.cloud.loaders.cloudformation.written import Written
from scanner.cloud.native.spelling import HIDDEN_HERE, UNKNOWN_HERE, template_properties, template_type
from scanner.model.resource import HIDDEN, UNKNOWN, CloudValue, Resource

_KNOWN: Final = Known(parameters={UNKNOWN_HERE: UNKNOWN, HIDDEN_HERE: HIDDEN}, pseudo={}, mappings={}, conditions={})


def translated(declared: Declared) -> Declared:
    """The same stack; `unmapped` names properties of aws-native resources that have no counterpart."""
    known = {one.urn: kind for one in declared.resources if (kind := template_type(one.token)) is not None}
    if not known:
        return declared
    natives = [one for one in declared.resources if one.urn in known]
    written = [_written(f"n{number}", one, known[one.urn]) for number, one in enumerate(natives)]
    made = template_resources(written, _KNOWN, "native", {}, frozenset())
    names = {one.name: native for one, native in zip(written, natives, strict=True)}
    places = {one.urn: _urn(one, names) for one in made.resources}
    own = [_as_before(one, names, places, known) for one in made.resources]
    others = [one for one in declared.resources if one.urn not in known]
    unmapped = [_named(text, names) for text in made.unmapped_properties]
    said = f"properties of aws-native resources that pulumi-aws does not have: {few_names(unmapped)}"
    return replace(
        declared,
        resources=tuple(sorted([*others, *own], key=lambda one: one.urn)),
        unmapped=(*declared.unmapped, *([said] if unmapped else [])),
    )


def _written(name: str, one: Resource, kind: str) -> Written:
    table = template_names().types[kind][1]
    return Written(name=name, kind=kind, properties=template_properties(table, one.inputs), origin=name)


def _urn(made: Resource, names: Mapping[str, Resource]) -> str:
    """The native resource's own, or, of one that stands beside it, with what it is about at the end."""
    name, slash, suffix = made.name.partition("/")
    return f"{names[name].urn}{slash}{suffix}"


def _as_before(
    made: Resource, names: Mapping[str, Resource], places: Mapping[str, str], known: Mapping[str, str]
) -> Resource:
    name, slash, suffix = made.name.partition("/")
    native = names[name]
    depends: dict[str, set[str]] = defaultdict(set)
    for prop, urns in made.depends_on_by_property.items():
        depends[prop] |= {places[urn] for urn in urns}
    for prop, urns in native.depends_on_by_property.items():
        for target in _counterparts(prop, native, known[native.urn]) & set(made.inputs):
            depends[target] |= set(urns)
    return replace(
        native,
        urn=_urn(made, names),
        token=made.token,
        name=f"{native.name}{slash}{suffix}",
        inputs=made.inputs,
        outputs={} if slash else native.outputs,
        id=None if slash else native.id,
        depends_on_by_property={prop: tuple(sorted(urns)) for prop, urns in sorted(depends.items())},
    )


def _counterparts(prop: str, native: Resource, kind: str) -> set[str]:
    """The names under which pulumi-aws has what the author wrote into one property."""
    table = template_names().types[kind][1]
    held: Mapping[str, CloudValue] = {prop: native.inputs.get(prop)}
    built = Converter(names=template_names(), known=_KNOWN).resource(table, template_properties(table, held))
    return set(built.inputs) | set(built.referred)


def _named(text: str, names: Mapping[str, Resource]) -> str:
    name, _, prop = text.partition(" ")
    return f"{names[name].name} {prop}" if name in names else text
