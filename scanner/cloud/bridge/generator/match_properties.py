"""Which Terraform attribute is which Pulumi property, and how the value has to be rebuilt.

Only what differs from plain snake case is kept. A Pulumi object is wrapped in a list of one where Terraform has a list,
a set or a block; nested types are followed in pairs (Pulumi's type, Terraform's block). Where Terraform's schema is
open (WAFv2 statements are), Pulumi's types alone decide: an object is wrapped, a list of objects loses its plural.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from scanner.cloud.bridge.generator.match_tokens import Match
from scanner.cloud.bridge.generator.shapes import Field, Fields, Shape, Universe
from scanner.cloud.bridge.names import folded, singular, snake

_SUFFIXES: Final = ("id", "arn", "name")
_ALIKE: Final = 0.75
_SKIPPED: Final = frozenset({"id"})

Entry = dict[str, str | int]
Overrides = Mapping[str, Mapping[str, str]]


@dataclass(slots=True, kw_only=True)
class Review:
    """What a person has to look at after each run; counts by how a name was found."""

    fuzzy: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    odd_shapes: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, how: str) -> None:
        """One more name that was found this way."""
        self.counts[how] = self.counts.get(how, 0) + 1


def _fuzzy(name: str, targets: Fields) -> str | None:
    mine = folded(name)
    for suffix in _SUFFIXES:
        for target in sorted(targets):
            theirs = folded(target)
            if theirs == mine + suffix or mine == theirs + suffix:
                return target
    ranked = sorted((-SequenceMatcher(None, mine, folded(t), autojunk=False).ratio(), t) for t in targets)
    return ranked[0][1] if ranked and -ranked[0][0] >= _ALIKE else None


def _wraps(one: Field, target: Field) -> bool:
    if one.shape is Shape.OBJECT:
        return target.shape in {Shape.LIST, Shape.ANY} or (target.shape is Shape.OBJECT and not target.unwrapped)
    return one.shape in {Shape.STRING, Shape.SCALAR} and target.shape is Shape.LIST


def _is_odd(one: Field, target: Field) -> bool:
    """Shapes that do not fit, and that the rules do not explain."""
    if one.shape is Shape.LIST:
        return target.shape not in {Shape.LIST, Shape.ANY}
    return one.shape is Shape.MAP and target.shape not in {Shape.MAP, Shape.ANY}


class PropertyMapper:
    """Builds the table of nested types while it goes through the matched resources."""

    def __init__(self, pulumi: Universe, terraform: Universe, overrides: Overrides) -> None:
        self._pulumi = pulumi
        self._terraform = terraform
        self._overrides = overrides
        self._index: dict[tuple[str, str | None], int] = {("", ""): 0}
        self.types: list[dict[str, Entry]] = [{}]
        self.review = Review()

    def resource(self, match: Match) -> int:
        """Index of the table of one matched resource."""
        fields = self._pulumi.resources[match.token]
        return self._table((match.token, match.terraform), fields, self._terraform.resources[match.terraform])

    def _table(self, key: tuple[str, str | None], fields: Fields, targets: Fields | None) -> int:
        if key in self._index:
            return self._index[key]
        self._index[key] = index = len(self.types)
        self.types.append({})
        named = dict(self._named(key[0], fields, targets))
        self.types[index] = {name: entry for name, entry in named.items() if entry}
        return index

    def _named(self, owner: str, fields: Fields, targets: Fields | None) -> Iterator[tuple[str, Entry]]:
        settable = {name: one for name, one in fields.items() if one.settable and name not in _SKIPPED}
        found = self._find(owner, settable, targets)
        for name, one in sorted(settable.items()):
            target = found.get(name)
            if targets is not None and target is None:
                self.review.count("unmatched")
                self.review.unmatched.append(f"{owner} {name}")
                yield name, {"u": 1}
            else:
                yield name, self._entry(owner, one, target)

    def _find(self, owner: str, fields: Fields, targets: Fields | None) -> dict[str, Field]:
        if targets is None:
            return {}
        overrides = self._overrides.get(owner, {})
        by_fold = {folded(target): target for target in sorted(targets, reverse=True)}
        found: dict[str, Field] = {}
        for name in fields:
            target = overrides.get(name) or (snake(name) if snake(name) in targets else by_fold.get(folded(name)))
            if target:
                how = "override" if name in overrides else "exact" if target == snake(name) else "plural or case"
                self.review.count(how)
                found[name] = targets[target]
        taken = {target.name for target in found.values()}
        for name in sorted(set(fields) - set(found)):
            guess = _fuzzy(name, {t: f for t, f in targets.items() if t not in taken and f.settable})
            if guess:
                self.review.count("fuzzy")
                self.review.fuzzy.append(f"{owner} {name} -> {guess}")
                found[name] = targets[guess]
                taken.add(guess)
        return found

    def _entry(self, owner: str, one: Field, target: Field | None) -> Entry:
        """Exceptions of one property: n name, w wrap, j JSON text, a asset, t table of objects below, m user's keys."""
        derived = singular(snake(one.name)) if one.block and one.shape is Shape.LIST else snake(one.name)
        name = target.name if target else derived
        entry: Entry = {"n": name} if name != snake(one.name) else {}
        if target and _is_odd(one, target):
            self.review.odd_shapes.append(f"{owner} {one.name}: {one.shape} for {target.shape}")
        if one.json or (
            target is not None and target.shape is Shape.STRING and one.shape in {Shape.OBJECT, Shape.LIST}
        ):
            return {**entry, "j": 1}
        if one.asset:
            return {**entry, "a": 1}
        if one.shape is Shape.OBJECT if target is None else _wraps(one, target):
            entry["w"] = 1
        if one.block:
            entry["t"] = self._below(one, target)
            if one.shape is Shape.MAP:
                entry["m"] = 1
        return entry

    def _below(self, one: Field, target: Field | None) -> int:
        fields = self._pulumi.blocks[one.block or ""]
        if target is None or target.shape is Shape.ANY:
            return self._table((one.block or "", None), fields, None)
        return self._table((one.block or "", target.block), fields, self._terraform.fields_below(target))


def interned(types: list[dict[str, Entry]]) -> tuple[list[dict[str, Entry]], list[int]]:
    """The same tables without repetition, and the new index of each old one; recursive ones are compared by content."""
    numbers = [0] * len(types)
    while True:
        contents = [_content(table, numbers) for table in types]
        order: dict[tuple[object, ...], int] = {}
        new = [order.setdefault(content, len(order)) for content in contents]
        if new == numbers:
            break
        numbers = new
    kept: dict[int, dict[str, Entry]] = {}
    for table, number in zip(types, numbers, strict=True):
        kept.setdefault(number, _renumbered(table, numbers))
    return [kept[number] for number in sorted(kept)], numbers


def _renumbered(table: dict[str, Entry], numbers: list[int]) -> dict[str, Entry]:
    return {
        name: {**entry, "t": numbers[int(entry["t"])]} if "t" in entry else entry
        for name, entry in sorted(table.items())
    }


def _content(table: dict[str, Entry], numbers: list[int]) -> tuple[object, ...]:
    return tuple((name, tuple(sorted(entry.items()))) for name, entry in _renumbered(table, numbers).items())
