"""Properties of a template as Pulumi's, by the names table; what has no counterpart is named."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any, Final

from scanner.cloud.bridge.template_names import TemplateNames, TemplateRule
from scanner.cloud.loaders.cloudformation.conditions import Known
from scanner.cloud.loaders.cloudformation.intrinsics import Values
from scanner.cloud.loaders.cloudformation.splits.within import AS_TEXT, WITHIN
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue, Marker

SECRETS: Final = frozenset(
    [
        "SecretString",
        "MasterUserPassword",
        "MasterPassword",
        "Password",
        "AuthToken",
        "ClientSecret",
        "PrivateKey",
        "OAuthToken",
    ]
)


@dataclass(slots=True)
class Built:
    """`inputs` with Pulumi's names. `referred`: for each of them, logical ids. `rebuilt`: what code makes of, as it is.

    `unmapped`: names of properties without a counterpart.
    """

    inputs: dict[str, CloudValue] = field(default_factory=dict)
    referred: dict[str, set[str]] = field(default_factory=dict)
    rebuilt: dict[str, Any] = field(default_factory=dict)
    unmapped: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """Goes through one resource's properties."""

    names: TemplateNames
    known: Known
    documents: frozenset[str] = frozenset()
    arns: Mapping[str, str] = field(default_factory=dict)
    refs: Mapping[str, CloudValue] = field(default_factory=dict)

    def resource(self, table: int, properties: Mapping[str, Any]) -> Built:
        """All properties of one resource; in its `documents` references stand for what they will be."""
        built = Built()
        self._into(built, table, properties, "")
        return built

    def _into(self, built: Built, table: int, node: Mapping[str, Any], path: str) -> None:
        for name, written in node.items():
            raw = self.decided(written)
            rule = self.names.rule(table, name)
            if raw is ABSENT:
                continue
            if rule is None:
                built.unmapped.append(f"{path}{name}")
            elif rule.rebuilt or name in AS_TEXT:
                self._rebuild(built, name, raw, path)
            elif rule.inside and rule.below is not None:
                self._inside(built, rule.below, raw, f"{path}{name}.")
            else:
                self._put(built, rule, name, raw, path)

    def _rebuild(self, built: Built, name: str, raw: Any, path: str) -> None:  # noqa: ANN401 - JSON
        if name not in WITHIN:
            built.rebuilt[f"{path}{name}"] = raw
            return
        values = Values(known=self.known)
        for prop, value in WITHIN[name](values, raw).items():
            built.inputs[prop] = value
            built.referred.setdefault(prop, set()).update(values.referred)

    def _inside(self, built: Built, below: int, raw: Any, path: str) -> None:  # noqa: ANN401 - JSON
        if isinstance(raw, dict) and not _is_function(raw):
            self._into(built, below, raw, path)
            return
        values = Values(known=self.known)
        values.value(raw)
        rules = (self.names.rule(below, name) for name in self.names.tables[below])
        for first in {rule.path.partition(".")[0] for rule in rules if rule and rule.path}:
            built.inputs[first] = UNKNOWN
            built.referred.setdefault(first, set()).update(values.referred)

    def _put(self, built: Built, rule: TemplateRule, name: str, raw: Any, path: str) -> None:  # noqa: ANN401 - JSON
        filled = rule.path.partition(".")[0] in self.documents
        values = Values(known=self.known, arns=self.arns, refs=self.refs) if filled else Values(known=self.known)
        unmapped: list[str] = []
        value = self._value(rule, raw, values, f"{path}{name}", unmapped)
        built.unmapped.extend(unmapped)
        if name in SECRETS and value is not UNKNOWN and value is not ABSENT:
            value = HIDDEN
        if value is ABSENT:
            return
        first, *rest = rule.path.split(".")
        if values.referred:
            built.referred.setdefault(first, set()).update(values.referred)
        if not rest:
            built.inputs[first] = value
            return
        held = built.inputs.get(first)
        built.inputs[first] = {**(held if isinstance(held, dict) else {}), rest[0]: value}

    def decided(self, raw: Any) -> Any:  # noqa: ANN401 - JSON
        """The side of a decided `Fn::If`, as it is written; `ABSENT` for `AWS::NoValue`."""
        while isinstance(raw, dict) and len(raw) == 1 and isinstance(raw.get("Fn::If"), list):
            given = raw["Fn::If"]
            holds = self.known.holds(str(given[0])) if len(given) == 3 else None  # noqa: PLR2004 - condition, then, else
            if holds is None:
                return raw
            raw = given[1] if holds else given[2]
        return ABSENT if raw == {"Ref": "AWS::NoValue"} else raw

    def _value(self, rule: TemplateRule, raw: Any, values: Values, path: str, unmapped: list[str]) -> CloudValue:  # noqa: ANN401 - JSON
        if rule.inner and not (isinstance(raw, dict) and _is_function(raw)):
            raw = _inner(raw, rule.inner)
        value = self._shaped(rule, self.decided(raw), values, path, unmapped)
        if rule.only:
            return value if isinstance(value, Marker) else value == rule.only
        if rule.listed and not isinstance(value, tuple | Marker):
            return (value,)
        if rule.listed and value is UNKNOWN and values.referred:
            return (UNKNOWN,)
        return value

    def _shaped(self, rule: TemplateRule, raw: Any, values: Values, path: str, unmapped: list[str]) -> CloudValue:  # noqa: ANN401 - JSON
        if isinstance(raw, Marker):
            return raw
        if isinstance(raw, list):
            items = [one for one in (self.decided(item) for item in raw) if one is not ABSENT]
            if rule.pairs:
                return dict(_pairs(items, values))
            if rule.first:
                for other in items[1:]:
                    values.value(other)  # one policy may be that of several queues: it refers to all of them
                return self._item(rule, items[0], values, path, unmapped) if items else ABSENT
            return tuple(self._item(rule, one, values, path, unmapped) for one in items)
        return self._item(rule, raw, values, path, unmapped)

    def _item(self, rule: TemplateRule, raw: Any, values: Values, path: str, unmapped: list[str]) -> CloudValue:  # noqa: ANN401 - JSON
        if isinstance(raw, dict) and rule.below is not None and not _is_function(raw):
            return self._object(rule.below, raw, values, path, unmapped)
        return _typed(rule.kind, values.value(raw))

    def _object(self, table: int, raw: Mapping[str, Any], values: Values, path: str, unmapped: list[str]) -> CloudValue:
        inner = Built()
        self._into(inner, table, raw, f"{path}.")
        for ids in inner.referred.values():
            values.referred |= ids
        unmapped.extend((*inner.unmapped, *inner.rebuilt))
        return inner.inputs


def _is_function(raw: Mapping[str, Any]) -> bool:
    name = next(iter(raw)) if len(raw) == 1 else ""
    return name == "Ref" or name.startswith("Fn::")


def _inner(raw: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(raw, list):
        return [_inner(one, name) for one in raw]
    return raw.get(name) if isinstance(raw, dict) else raw


def _pairs(items: list[Any], values: Values) -> Iterator[tuple[str, CloudValue]]:
    for one in items:
        if isinstance(one, dict) and "Value" in one:
            key = values.value(one.get("Key", one.get("Name")))
            value = values.value(one["Value"])
            if isinstance(key, str) and value is not ABSENT:
                yield key, value


def _typed(kind: str, value: CloudValue) -> CloudValue:
    """Numbers and booleans that a template writes as text."""
    if not isinstance(value, str) or not kind:
        return value
    if kind == "b" and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if kind == "i":
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return value
