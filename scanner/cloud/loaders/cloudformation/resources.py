"""The resources of a template as `Resource`s, with what flows into each property."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scanner.cloud.bridge.template_names import TemplateNames, template_names
from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.cloud.loaders.cloudformation.converter import Built, Converter
from scanner.cloud.loaders.cloudformation.intrinsics import Values
from scanner.cloud.loaders.cloudformation.made_up import documents_of, made_up
from scanner.cloud.loaders.cloudformation.splits.beside import BESIDE, PART_OF
from scanner.cloud.loaders.cloudformation.splits.split import Beside
from scanner.cloud.loaders.cloudformation.splits.within import flow_log_target
from scanner.cloud.loaders.cloudformation.stages import stages_named
from scanner.cloud.loaders.cloudformation.written import Written
from scanner.cloud.one_line import one_line
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Provider, Resource
from scanner.model.tool_verdict import SourcePosition

FOREIGN: Final = "cloudformation:"  # in place of a Pulumi token, for types that have none
_ONLY_BESIDE: Final = frozenset({"AWS::IAM::Policy"})
_RECORDER: Final = "AWS::Config::ConfigurationRecorder"


@dataclass(slots=True)
class TemplateResources:
    """`by_origin`: the main resource of each id of the template. `unmapped_types`: kind of each that has no token.

    `unmapped_properties`: id and property. `dangling`: ids that are referred to and do not exist.
    """

    resources: list[Resource] = field(default_factory=list)
    by_origin: dict[str, Resource] = field(default_factory=dict)
    unmapped_types: list[str] = field(default_factory=list)
    unmapped_properties: list[str] = field(default_factory=list)
    dangling: set[str] = field(default_factory=set)


def template_resources(
    written: Iterable[Written],
    known: Known,
    stack: str,
    positions: Mapping[str, SourcePosition],
    absent: frozenset[str],
) -> TemplateResources:
    """Everything that is declared; `absent`: ids that a condition leaves out, to which nothing can refer."""
    everything = tuple(written)
    builder = _Builder(everything, known, stack, positions, absent)
    for one in everything:
        builder.add(one)
    return builder.done()


@dataclass(slots=True)
class _Draft:
    """A resource before its references are looked up: for each property, ids of the template or of drafts."""

    urn: str
    token: str
    name: str
    origin: str
    inputs: dict[str, CloudValue]
    referred: dict[str, set[str]]
    own: dict[str, str] = field(default_factory=dict)


class _Builder:
    def __init__(
        self,
        written: tuple[Written, ...],
        known: Known,
        stack: str,
        positions: Mapping[str, SourcePosition],
        absent: frozenset[str],
    ) -> None:
        self._names: TemplateNames = template_names()
        self._known = known
        self._stack = stack
        self._positions = positions
        self._absent = absent
        self._made_up = made_up(written, self._names, known)
        self._stages = stages_named(written)
        self._drafts: list[_Draft] = []
        self._urns: dict[str, str] = {}
        self._out = TemplateResources()

    def add(self, one: Written) -> None:
        """One resource and those beside it."""
        urn = one_line(f"urn:cloudformation:{self._stack}::{one.kind}::{one.name}")
        known = self._names.types.get(one.kind)
        built = self._converter(known[0]).resource(known[1], one.properties) if known else Built()
        self._out.unmapped_properties.extend(f"{one.name} {name}" for name in built.unmapped)
        if known is None:
            self._out.unmapped_types.append(one.kind)
        self._flow_log(built)
        main = _Draft(
            urn=urn,
            token=known[0] if known else f"{FOREIGN}{one.kind}",
            name=one_line(one.name),
            origin=one.origin,
            inputs=built.inputs,
            referred=built.referred,
        )
        besides = [self._draft(one, urn, beside) for beside in self._beside(one, built)]
        only = one.kind in _ONLY_BESIDE and besides
        drafts = besides if only else [main, *besides]
        self._urns[one.name] = drafts[0].urn
        self._drafts.extend(drafts)

    def _converter(self, token: str) -> Converter:
        return Converter(
            names=self._names,
            known=self._known,
            documents=documents_of(token),
            arns=self._made_up.arns,
            refs=self._made_up.refs,
        )

    def _flow_log(self, built: Built) -> None:
        if "ResourceId" in built.rebuilt and "ResourceType" in built.rebuilt:
            values = Values(known=self._known)
            made = flow_log_target(values, built.rebuilt["ResourceType"], built.rebuilt["ResourceId"])
            built.inputs.update(made)
            for prop in made:
                built.referred.setdefault(prop, set()).update(values.referred)

    def _beside(self, one: Written, built: Built) -> Iterator[Beside]:
        splits, parts = BESIDE.get(one.kind, {}), PART_OF.get(one.kind, frozenset())
        for name, raw in built.rebuilt.items():
            if name in splits:
                yield from splits[name](raw, one.properties)
            elif name not in parts:
                self._out.unmapped_properties.append(f"{one.name} {name}")
        if one.kind == _RECORDER:  # it records from the moment it is made (AWS::Config::ConfigurationRecorder)
            token = "aws:cfg/recorderStatus:RecorderStatus"
            yield Beside(token=token, suffix="Status", own=("name",), made={"isEnabled": True})

    def _draft(self, one: Written, owner: str, beside: Beside) -> _Draft:
        inputs: dict[str, CloudValue] = dict(beside.made)
        referred: dict[str, set[str]] = {}
        for prop, raw in beside.written.items():
            values = Values(known=self._known)
            if prop in documents_of(beside.token):
                values = Values(known=self._known, arns=self._made_up.arns, refs=self._made_up.refs)
            value = values.value(raw)
            if value is not ABSENT and value is not None:
                inputs[prop] = value
            if values.referred:
                referred[prop] = values.referred
        inputs |= {prop: UNKNOWN for prop in beside.own if prop not in inputs}
        name = one_line(f"{one.name}/{beside.suffix}")
        return _Draft(
            urn=one_line(f"urn:cloudformation:{self._stack}::{one.kind}::{name}"),
            token=beside.token,
            name=name,
            origin=one.origin,
            inputs=inputs,
            referred=referred,
            own=dict.fromkeys(beside.own, owner),
        )

    def done(self) -> TemplateResources:
        """All of them, once every id is known."""
        for draft in self._drafts:
            resource = self._resource(draft)
            self._out.resources.append(resource)
            if draft.name == draft.origin or draft.origin not in self._out.by_origin:
                self._out.by_origin[draft.origin] = resource
        return self._out

    def _resource(self, draft: _Draft) -> Resource:
        depends: dict[str, set[str]] = defaultdict(set)
        for prop, ids in draft.referred.items():
            for name in ids:
                if name in self._urns:
                    depends[prop].add(self._urns[name])
                elif name not in self._absent and not name.startswith("AWS::"):
                    self._out.dangling.add(name)
            depends[prop] |= {self._urns[stage] for stage in self._stages.meant(draft.name, prop, ids)}
        for prop, owner in draft.own.items():
            depends[prop].add(owner)
        return Resource(
            urn=draft.urn,
            token=draft.token,
            name=draft.name,
            stack=self._stack,
            inputs=draft.inputs,
            depends_on_by_property={prop: tuple(sorted(urns)) for prop, urns in sorted(depends.items()) if urns},
            provider=self._provider(),
            position=self._positions.get(draft.origin),
        )

    def _provider(self) -> Provider:
        region, account = self._known.pseudo.get("AWS::Region"), self._known.pseudo.get("AWS::AccountId")
        return Provider(
            urn=f"urn:cloudformation:{self._stack}::provider",
            region=region if isinstance(region, str) else None,
            account=account if isinstance(account, str) else None,
        )
