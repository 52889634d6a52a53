"""Reads the layers' files into a `Checklist`. What is wrong is named by file, row and field."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml
from pydantic import ValidationError

from checks.checklist.document import LayerDocument
from checks.model.control import PARTS, Checklist, Control
from scanner.model.witness import Witness

LAYERS: Final = (
    "transport",
    "authentication",
    "authorization",
    "network",
    "integrity",
    "logging",
    "privacy",
    "operations",
)


class ChecklistError(ValueError):
    """A layer's file is not what it should be; the text names file, row and field."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # libyaml where it is built in
    """Refuses a key that stands twice in one mapping; YAML would keep the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                raise ChecklistError(f"{self.name}: the mapping at line {line} has {key!r} twice")
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _parse(name: str, text: str) -> object:
    loader = _Loader(text)
    loader.name = name
    try:
        return loader.get_single_data()
    except yaml.YAMLError as error:
        raise ChecklistError(f"{name}: {error}") from error
    finally:
        loader.dispose()


def _place(document: object, path: tuple[int | str, ...]) -> str:
    """The row's id (or its number) and the field that a validation error is about."""
    match path:
        case ("controls", int() as number, *rest):
            rows = document.get("controls") if isinstance(document, Mapping) else None
            row = rows[number] if isinstance(rows, list) else None
            named = row.get("id") if isinstance(row, Mapping) else None
            return ": ".join((str(named or f"row {number + 1}"), *map(str, rest)))
        case _:
            return ": ".join(map(str, path)) or "the document"


def read_layer(name: str, text: str) -> LayerDocument:
    """One layer from the text of its file.

    Raises: ChecklistError.
    """
    document = _parse(name, text)
    try:
        return LayerDocument.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise ChecklistError(f"{name}: {_place(document, first['loc'])}: {first['msg']}") from error


def _loops(control: Control, rows: Mapping[str, Control], above: tuple[str, ...] = ()) -> bool:
    return control.id in above or any(_loops(rows[row], rows, (*above, control.id)) for row in control.refines)


def _requirement_complaints(control: Control) -> Iterator[str]:
    for profile, requirement in control.requires.items():
        if profile not in PARTS:
            yield f"requires: no such profile: {profile}"
        foreign = requirement.witnesses - set(control.witnesses)
        if foreign:
            yield f"requires: {profile}: not among its witnesses: {', '.join(sorted(foreign))}"


def _attestation_complaints(control: Control) -> Iterator[str]:
    items = [one.item for one in control.attestations]
    if len(set(items)) < len(items):
        yield "attestations: an item stands twice"
    if bool(items) != (Witness.ATTESTATION in control.witnesses) and not control.rolls_up:
        yield "attestations: a row has items if, and only if, attestation is among its witnesses"


def _complaints(control: Control, rows: Mapping[str, Control]) -> Iterator[str]:
    unknown = [row for row in control.refines if row not in rows]
    if unknown:
        yield f"refines: no such row: {', '.join(unknown)}"
    elif _loops(control, rows):
        yield "refines: leads back to itself"
    if control.rolls_up and not control.refines:
        yield "rolls_up: there is nothing to fold, for it refines no row"
    if control.own_part and not control.rolls_up:
        yield "own_part: only a row that rolls up has one"
    yield from _requirement_complaints(control)
    yield from _attestation_complaints(control)


def join(layers: Iterable[tuple[str, LayerDocument]]) -> Checklist:
    """The checklist from its layers, each with the name of its file.

    Raises: ChecklistError where an id stands twice, or one row contradicts another.
    """
    rows: dict[str, Control] = {}
    file_of: dict[str, str] = {}
    headings = []
    for name, layer in layers:
        headings.append(layer.heading())
        for row in layer.controls:
            if row.id in rows:
                raise ChecklistError(f"{name}: {row.id}: id: stands in {file_of[row.id]}, too")
            rows[row.id], file_of[row.id] = row.control(layer.layer), name
    for control in rows.values():
        for complaint in _complaints(control, rows):
            raise ChecklistError(f"{file_of[control.id]}: {control.id}: {complaint}")
    return Checklist(layers=tuple(headings), controls=tuple(rows.values()))


def load(read: Callable[[str], str]) -> Checklist:
    """The checklist from whatever gives the text of a file by its name.

    Raises: ChecklistError.
    """
    layers = []
    for name in LAYERS:
        file = f"{name}.yaml"
        layer = read_layer(file, read(file))
        if layer.layer != name:
            raise ChecklistError(f"{file}: layer: is {layer.layer!r}, the file says {name!r}")
        layers.append((file, layer))
    return join(layers)


@cache
def checklist() -> Checklist:
    """The checklist that is published with the package: every layer in the order of `LAYERS`.

    Raises: ChecklistError.
    """
    folder = resources.files("checks.checklist")
    return load(lambda file: folder.joinpath(file).read_text(encoding="utf-8"))


def controls() -> tuple[Control, ...]:
    """All rows of the checklist, in its order."""
    return checklist().controls
