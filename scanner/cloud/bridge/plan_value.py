"""One Pulumi value as Terraform writes it in a plan: names, blocks, documents as text, whole numbers, no unknowns."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from scanner.cloud.bridge.token_map import Rule, TokenMap
from scanner.model.late_dataclass import dataclass
from scanner.model.leaves import unknown_leaves
from scanner.model.resource import ABSENT, HIDDEN, UNKNOWN, CloudValue

SECRET_TEXT: Final = "[secret]"  # as the engine writes it in a preview
ASSET_KEY: Final = "asset"  # {"asset": {"path": ..}}: a file or archive that the program hands over


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanValue:
    """`value` as it stands in the plan (`ABSENT`: left out), `unknown` as in `after_unknown` (False: nothing is)."""

    value: object
    unknown: object = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Converter:
    """Rebuilds values by the map; `unmatched` collects dotted property paths that Terraform's schema does not have."""

    known: TokenMap
    unmatched: list[str] = field(default_factory=list)

    def properties(self, table: int, inputs: Mapping[str, CloudValue], path: str = "") -> PlanValue:
        """The attributes of one object, by the table of its type."""
        values: dict[str, object] = {}
        unknowns: dict[str, object] = {}
        for name, value in inputs.items():
            rule = self.known.rule(table, name)
            if rule.unmatched:
                self.unmatched.append(f"{path}{name}")
                continue
            done = self.value(rule, value, f"{path}{name}.")
            if done.value is not ABSENT:
                values[rule.name] = done.value
            if done.unknown:
                unknowns[rule.name] = done.unknown
        return PlanValue(value=values, unknown=unknowns or False)

    def value(self, rule: Rule, value: CloudValue, path: str) -> PlanValue:
        """One property by its rule."""
        if value is UNKNOWN:
            return PlanValue(value=ABSENT, unknown=True)
        if value is HIDDEN:
            return PlanValue(value=SECRET_TEXT)
        if rule.asset:
            return PlanValue(value=_asset_path(value))
        if rule.json_text and not isinstance(value, str):
            return _as_text(value)
        done = self._structure(rule, value, path)
        if rule.wrap and not isinstance(value, list | tuple):
            return PlanValue(value=[done.value], unknown=[done.unknown] if done.unknown else False)
        return done

    def _structure(self, rule: Rule, value: CloudValue, path: str) -> PlanValue:
        if isinstance(value, Mapping):
            if rule.user_keys or rule.below is None:
                return self._user_keys(rule, value, path)
            return self.properties(rule.below, value, path)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return self._items(rule, value, path)
        return PlanValue(value=_scalar(value))

    def _user_keys(self, rule: Rule, value: Mapping[str, CloudValue], path: str) -> PlanValue:
        below = Rule(name=rule.name, below=rule.below)
        done = {key: self._leaf(below, inner, path) for key, inner in value.items()}
        unknown = {key: one.unknown for key, one in done.items() if one.unknown}
        values = {key: one.value for key, one in done.items() if one.value is not ABSENT}
        return PlanValue(value=values, unknown=unknown or False)

    def _items(self, rule: Rule, value: Sequence[CloudValue], path: str) -> PlanValue:
        """An unknown item is null, as in Terraform's own plans: its place in the list is known."""
        below = Rule(name=rule.name, below=rule.below, user_keys=rule.user_keys)
        done = [self._leaf(below, inner, path) for inner in value]
        unknown = [one.unknown for one in done]
        values = [None if one.value is ABSENT else one.value for one in done]
        return PlanValue(value=values, unknown=unknown if any(unknown) else False)

    def _leaf(self, rule: Rule, value: CloudValue, path: str) -> PlanValue:
        return self.value(rule, value, path)


def _scalar(value: CloudValue) -> CloudValue:
    """Numbers arrive as floats from the engine's protocol; Terraform's are whole where they are whole."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _plain(value: CloudValue) -> object:
    if value is HIDDEN:
        return SECRET_TEXT
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return _scalar(value)


def _as_text(value: CloudValue) -> PlanValue:
    """A document is one value: with anything unknown inside, it is unknown as a whole."""
    if any(True for _ in unknown_leaves(value)):
        return PlanValue(value=ABSENT, unknown=True)
    return PlanValue(value=json.dumps(_plain(value), separators=(",", ":")))


def _asset_path(value: CloudValue) -> str:
    inner = value.get(ASSET_KEY) if isinstance(value, Mapping) else None
    path = inner.get("path") if isinstance(inner, Mapping) else None
    return path if isinstance(path, str) else ASSET_KEY
