"""Which resources of a template there will be: conditions decided, loops written out, SAM's own types replaced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scanner.cloud.few_names import few_names
from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.cloud.loaders.cloudformation.intrinsics import Values
from scanner.cloud.loaders.cloudformation.sam.template import expanded, is_sam
from scanner.cloud.loaders.cloudformation.written import Written

_LOOP: Final = "Fn::ForEach::"
_HARMLESS: Final = ("AWS::Serverless-", "AWS::LanguageExtensions")  # carried out here, or change no resource
_NESTED: Final = "AWS::CloudFormation::Stack"


@dataclass(slots=True)
class Chosen:
    """`written`: what will be there. `absent`: ids that a condition leaves out. `missing`: one sentence a gap."""

    written: list[Written] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)


def chosen_resources(document: Mapping[str, Any], known: Known) -> Chosen:
    """Of a template that was read."""
    out = Chosen()
    resources = _written_out(document["Resources"], known, out)
    plain = {name: one for name, one in resources.items() if isinstance(one, dict) and isinstance(one.get("Type"), str)}
    if damaged := sorted(set(resources) - set(plain)):
        out.missing.append(f"entries of Resources that are none: {few_names(damaged)}")
    made = expanded(document, plain) if any(is_sam(str(one["Type"])) for one in plain.values()) else None
    if made:
        out.missing.extend(made.missing)
    undecided: list[str] = []
    for name, one in (made.resources if made else plain).items():
        holds = known.holds(str(one["Condition"])) if "Condition" in one else True
        if holds is None:
            undecided.append(name)
        if holds is not True:
            out.absent.add(name)
            continue
        properties = one.get("Properties")
        held = properties if isinstance(properties, dict) else {}
        origin = made.origins.get(name, name) if made else name
        out.written.append(Written(name=name, kind=one["Type"], properties=held, origin=origin))
    if undecided:
        out.missing.append(
            f"whether these are made depends on conditions that nothing here decides: {few_names(undecided)}"
        )
    out.missing.extend(_outside(document, plain))
    return out


def _written_out(resources: Mapping[str, Any], known: Known, out: Chosen) -> dict[str, Any]:
    """Loops as what they make (`Fn::ForEach`: name, collection, pattern)."""
    found: dict[str, Any] = {}
    for name, one in resources.items():
        if not name.startswith(_LOOP):
            found[name] = one
            continue
        each = _collection(one, known)
        if each is None:
            out.missing.append(f"what {name} makes depends on values that nothing here decides")
            continue
        variable, pattern = str(one[0]), one[2]
        for value in each:
            found |= {_put_in(key, variable, value): _put_in(held, variable, value) for key, held in pattern.items()}
    return found


def _collection(one: Any, known: Known) -> list[str] | None:  # noqa: ANN401 - JSON
    if not isinstance(one, list) or len(one) != 3 or not isinstance(one[2], dict):  # noqa: PLR2004 - as above
        return None
    values = Values(known=known).value(one[1])
    return (
        [str(value) for value in values]
        if isinstance(values, tuple) and all(isinstance(v, str) for v in values)
        else None
    )


def _put_in(node: Any, variable: str, value: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, str):
        return node.replace(f"${{{variable}}}", value).replace(f"&{{{variable}}}", value)
    if isinstance(node, list):
        return [_put_in(one, variable, value) for one in node]
    if isinstance(node, dict):
        if node == {"Ref": variable}:
            return value
        return {_put_in(key, variable, value): _put_in(one, variable, value) for key, one in node.items()}
    return node


def _outside(document: Mapping[str, Any], resources: Mapping[str, Any]) -> list[str]:
    """What changes or adds resources, and does not stand in this file."""
    macros = document.get("Transform")
    listed = macros if isinstance(macros, list) else [macros] if macros is not None else []
    names = [str(one.get("Name")) if isinstance(one, dict) else str(one) for one in listed]
    found = []
    if other := sorted(name for name in names if not name.startswith(_HARMLESS)):
        found.append(f"macros change the template when it is deployed: {few_names(other)}")
    if nested := sorted(name for name, one in resources.items() if one["Type"] == _NESTED):
        found.append(f"nested stacks are templates of their own, which were not read: {few_names(nested)}")
    if modules := sorted(name for name, one in resources.items() if str(one["Type"]).endswith("::MODULE")):
        found.append(f"modules stand in the registry, which was not read: {few_names(modules)}")
    return found
