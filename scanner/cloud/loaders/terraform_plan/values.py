"""Terraform's values as Pulumi's, with what the author did not write left out.

A plan holds nulls for what nobody set, empty lists for blocks that are not there, and the provider's own defaults. The
configuration beside it says which attributes were written; blocks made by `dynamic` stand in the values only.
"""

from dataclasses import field
from itertools import zip_longest
from typing import Any, Final

from scanner.cloud.bridge.plan_value import ASSET_KEY, SECRET_TEXT
from scanner.cloud.bridge.pulumi_names import PulumiNames, item_rule
from scanner.cloud.bridge.token_map import Rule
from scanner.cloud.loaders.terraform_plan.nodes import mapping
from scanner.model.late_dataclass import dataclass
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue

_EXPRESSION: Final = frozenset({"constant_value", "references"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value of a plan, with what is said beside it in the same form: unknown, sensitive, written."""

    value: Any
    unknown: Any = None
    sensitive: Any = None
    written: Any = None

    def at(self, name: str) -> "Leaf":
        """The attribute of an object."""
        return Leaf(
            value=_get(self.value, name),
            unknown=_get(self.unknown, name),
            sensitive=_get(self.sensitive, name),
            written=_written(self.written, name),
        )

    def names(self) -> list[str]:
        """Every attribute that has a value, or will have one."""
        return list(dict.fromkeys((*mapping(self.value), *mapping(self.unknown))))

    def items(self) -> list["Leaf"]:
        """The items of a list; all of them share what was written."""
        beside = [part if isinstance(part, list) else [] for part in (self.unknown, self.sensitive)]
        return [
            Leaf(value=value, unknown=unknown, sensitive=sensitive, written=self.written)
            for value, unknown, sensitive in zip_longest(self.value, *beside)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """`inputs`: what the author wrote. `filled`: known values that the provider filled in."""

    inputs: dict[str, CloudValue] = field(default_factory=dict)
    filled: dict[str, CloudValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilder:
    """Turns attributes into properties by the map."""

    names: PulumiNames

    def resource(self, table: int | None, leaf: Leaf) -> Rebuilt:
        """All properties of one resource; `leaf.written`: a list of one with its expressions, None: not known."""
        done = Rebuilt()
        for name in leaf.names():
            one = leaf.at(name)
            prop, rule = self.names.property(table, name)
            value = self._value(rule, one)
            if value is ABSENT:
                continue
            if _is_authors(leaf, one):
                done.inputs[prop] = value
            elif value is not UNKNOWN:
                done.filled[prop] = value
        return done

    def _properties(self, table: int | None, leaf: Leaf) -> CloudValue:
        found: dict[str, CloudValue] = {}
        for name in leaf.names():
            one = leaf.at(name)
            prop, rule = self.names.property(table, name)
            value = self._value(rule, one)
            if value is not ABSENT and _is_authors(leaf, one):
                found[prop] = value
        return found

    def _value(self, rule: Rule, leaf: Leaf) -> CloudValue:
        if leaf.unknown is True:
            return UNKNOWN
        if leaf.value is None or (leaf.value == [] and not _is_set(leaf)):
            return ABSENT
        if leaf.sensitive is True or leaf.value == SECRET_TEXT:
            return HIDDEN
        if rule.asset:
            return {ASSET_KEY: {"kind": "archive", "path": leaf.value}}
        if isinstance(leaf.value, list):
            return self._list(rule, leaf)
        if isinstance(leaf.value, dict):
            return self._object(rule, leaf)
        value: CloudValue = leaf.value
        return value

    def _list(self, rule: Rule, leaf: Leaf) -> CloudValue:
        items = [self._value(item_rule(rule), one) for one in leaf.items()]
        if rule.wrap and len(items) <= 1:
            return items[0] if items else ABSENT
        return tuple(one for one in items if one is not ABSENT)

    def _object(self, rule: Rule, leaf: Leaf) -> CloudValue:
        if rule.user_keys or rule.below is None:
            below = Rule(name=rule.name, below=rule.below)
            known = {key: self._kept(below, leaf.at(key)) for key in leaf.names()}
            return {key: value for key, value in known.items() if value is not ABSENT}
        return self._properties(rule.below, leaf)

    def _kept(self, rule: Rule, leaf: Leaf) -> CloudValue:
        """An object whose table is not known keeps its names: they may be the author's (tags)."""
        if isinstance(leaf.value, dict) and rule.below is not None:
            return self._properties(rule.below, leaf)
        return self._value(rule, leaf)


def _get(value: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    """`True` beside an object means all that it holds."""
    return value.get(name) if isinstance(value, dict) else value if value is True else None


def _written(expressions: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    """What was written at a name: of a list of blocks, the blocks of all of them together."""
    if isinstance(expressions, dict):
        return None if expressions.keys() & _EXPRESSION else expressions.get(name)
    if isinstance(expressions, list):
        found = [one[name] for one in expressions if isinstance(one, dict) and name in one]
        if not found:
            return None
        return [inner for one in found for inner in one] if all(isinstance(one, list) for one in found) else found[0]
    return None


def _is_set(leaf: Leaf) -> bool:
    """True if an empty list was written as one, and is no block that is not there."""
    return isinstance(leaf.written, dict)


def _is_authors(owner: Leaf, one: Leaf) -> bool:
    """True unless the provider filled it in; what holds objects may come from a `dynamic` block, and is kept."""
    if one.written is not None or not _has_blocks(owner.written):
        return True
    return one.unknown is not True and _holds_objects(one.value)


def _has_blocks(written: Any) -> bool:  # noqa: ANN401 - JSON
    """True if the configuration says of this object which attributes were written."""
    if isinstance(written, dict):
        return not written.keys() & _EXPRESSION and bool(written)
    return isinstance(written, list) and bool(written)


def _holds_objects(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)
