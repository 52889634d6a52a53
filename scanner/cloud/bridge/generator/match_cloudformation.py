"""Which Pulumi token and properties a CloudFormation type has: both come from AWS, so names agree but for their form.

A name is taken if it is the same without case, underscores and plural; if it is so without the type's own name before
it (`TopicName`, `KeyPolicy`) or with or without `Id`, `Arn`, `Name` behind it, without what says that
it is a part (`Config`, `Document`); or if a person wrote it down. Nothing is
guessed by likeness: what finds no name is kept as such, and named wherever a template uses it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Final

from scanner.cloud.bridge.generator.cloudformation_schema import Kinds
from scanner.cloud.bridge.generator.shapes import Field, Fields, Shape, Universe
from scanner.cloud.bridge.names import folded
from scanner.model.late_dataclass import dataclass

_SUFFIXES: Final = ("id", "arn", "name", "ref", "identifier")
_WRAPPERS: Final = ("config", "configuration", "specification", "document", "setting")
_PREFIXES: Final = ("enable", "is")
_PAIRS: Final = (frozenset({"Key", "Value"}), frozenset({"Name", "Value"}))

INSIDE: Final = "*"
REBUILT: Final = "@"

Entry = dict[str, str | int]
Table = dict[str, Entry | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person wrote: `tokens` type to token, `modules` service to Pulumi modules, `properties` owner to names.

    A property that is written as "" has no counterpart in Pulumi, or is rebuilt by code.
    """

    tokens: Mapping[str, str]
    modules: Mapping[str, list[str]]
    properties: Mapping[str, Mapping[str, str]]


@dataclass(slots=True)
class TemplateMapper:
    """Builds the tables; `unmatched` is for the review."""

    cloudformation: Universe
    pulumi: Universe
    kinds: Kinds
    said: Said
    tables: list[Table] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    _index: dict[tuple[str, str], int] = field(default_factory=dict)

    def tokens(self) -> dict[str, str]:
        """Every type whose token is certain: said, or the same module and name."""
        by_name: dict[tuple[str, str], list[str]] = {}
        for token in sorted(self.pulumi.resources):
            _, module, name = token.split(":")
            by_name.setdefault((module.partition("/")[0], folded(name)), []).append(token)
        found = dict(self.said.tokens)
        for kind in sorted(self.cloudformation.resources):
            certain = self._token(kind, by_name)
            if certain and kind not in found:
                found[kind] = certain
        return dict(sorted(found.items()))

    def _token(self, kind: str, by_name: Mapping[tuple[str, str], list[str]]) -> str | None:
        parts = kind.split("::")
        if len(parts) != 3:  # noqa: PLR2004 - AWS::Service::Name
            return None
        modules = self.said.modules.get(parts[1], [parts[1].lower()])
        for module in modules:
            for name in (folded(parts[2]), folded(parts[2]).removeprefix(folded(parts[1]))):
                if len(tokens := by_name.get((module, name), [])) == 1:
                    return tokens[0]
        return None

    def resource(self, kind: str, token: str) -> int:
        """The table of one type."""
        fields = {name: one for name, one in self.pulumi.resources[token].items() if one.settable}
        return self._table(kind, token, self.cloudformation.resources.get(kind, {}), fields)

    def _table(self, owner: str, target: str, fields: Fields, targets: Fields) -> int:
        if (owner, target) in self._index:
            return self._index[(owner, target)]
        self._index[(owner, target)] = index = len(self.tables)
        self.tables.append({})
        self.tables[index] = dict(self._entries(owner, fields, targets))
        return index

    def _entries(self, owner: str, fields: Fields, targets: Fields) -> Iterator[tuple[str, Entry | None]]:
        said = self.said.properties.get(owner, {})
        by_fold = {folded(name): name for name in sorted(targets, reverse=True)}
        for name, one in sorted(fields.items()):
            found = said[name] if name in said else self._found(owner, name, by_fold, fields)
            if found in {INSIDE, REBUILT}:
                yield name, self._written(owner, one, found, targets)
                continue
            if name not in said and found and folded(found) != folded(name):
                self.derived.append(f"{owner} {name} -> {found}")
            said_path, _, only = (found or "").partition("?")
            path, _, inner = said_path.partition("<")
            if path.split(".")[0] not in targets:
                self.unmatched.append(f"{owner} {name}")
                yield name, None
            else:
                entry = self._entry(owner, one, path, targets)
                yield name, {**entry, **({"v": only} if only else {}), **({"i": inner} if inner else {})}

    def _found(self, owner: str, name: str, by_fold: Mapping[str, str], fields: Fields) -> str | None:
        mine = folded(name)
        taken = {folded(other) for other in fields} - {mine}
        own = folded(owner.rpartition("::")[2].rpartition(".")[2])
        shorter = [mine.removeprefix(own)] if mine.startswith(own) and mine != own else []
        for one in (mine, *shorter):
            tries = [one, *(one + suffix for suffix in _SUFFIXES)]
            tries += [one.removesuffix(suffix) for suffix in _SUFFIXES if one.endswith(suffix)]
            tries += [one.removesuffix(word) for word in _WRAPPERS if one.endswith(word)]
            tries += [one + word for word in _WRAPPERS]
            tries += [one.removeprefix(prefix) for prefix in _PREFIXES if one.startswith(prefix)]
            for attempt in tries:
                if attempt and attempt in by_fold and (attempt == mine or attempt not in taken):
                    return by_fold[attempt]
        return None

    def _written(self, owner: str, one: Field, how: str, targets: Fields) -> Entry:
        """`c` is rebuilt by code; `x` stands for what is inside, which belongs to the object around it."""
        if how == REBUILT:
            return {"c": 1}
        below = self.cloudformation.fields_below(one)
        return {"x": 1, "t": self._table(one.block or "", f"{owner} {self._target(owner)}", below, targets)}

    def _target(self, owner: str) -> str:
        """Which object the fields belong to: the same block may stand in several."""
        return next((target for (said, target), _ in self._index.items() if said == owner), "")

    def _entry(self, owner: str, one: Field, path: str, targets: Fields) -> Entry:
        """N name, k kind of scalar, t table below, m list of pairs to a map, o first of a list, l list around it.

        Beside these: v true where the template has this value, i what stands at this name.
        """
        entry: Entry = {"n": path}
        target = self._at(path, targets)
        if kind := self.kinds.get(owner, {}).get(one.name):
            entry["k"] = kind
        if target is None:
            return entry
        if one.shape is Shape.LIST and target.shape is Shape.MAP and self._are_pairs(one):
            return {**entry, "m": 1}
        if one.shape is Shape.LIST and target.shape in {Shape.OBJECT, Shape.STRING, Shape.SCALAR} and not target.json:
            entry["o"] = 1
        elif one.shape in {Shape.OBJECT, Shape.STRING, Shape.SCALAR} and target.shape is Shape.LIST:
            entry["l"] = 1
        below, above = self.cloudformation.fields_below(one), self.pulumi.fields_below(target)
        if below and above and not target.json:
            entry["t"] = self._table(one.block or "", target.block or "", below, above)
        return entry

    def _at(self, path: str, targets: Fields) -> Field | None:
        first, _, rest = path.partition(".")
        target = targets.get(first)
        if not rest or target is None:
            return target
        return self._at(rest.removeprefix("0.") if rest[:2] == "0." else rest, self.pulumi.fields_below(target))

    def _are_pairs(self, one: Field) -> bool:
        return frozenset(self.cloudformation.fields_below(one)) in _PAIRS


def template_document(mapper: TemplateMapper, nothing: Sequence[str]) -> dict[str, Any]:
    """The data that `template_names` loads."""
    indices = {kind: (token, mapper.resource(kind, token)) for kind, token in mapper.tokens().items()}
    tables, numbers = _interned(mapper.tables)
    types = {kind: [token, numbers[index]] for kind, (token, index) in indices.items()}
    return {
        "format": 1,
        "pulumi_aws": mapper.pulumi.version,
        "cloudformation": mapper.cloudformation.version,
        "types": types,
        "tables": tables,
        "nothing": list(nothing),
    }


def _interned(tables: list[Table]) -> tuple[list[Table], list[int]]:
    """The same tables without repetition, and the new index of each old one."""
    numbers = [0] * len(tables)
    while True:
        order: dict[str, int] = {}
        new = [order.setdefault(json.dumps(_renumbered(one, numbers), sort_keys=True), len(order)) for one in tables]
        if new == numbers:
            break
        numbers = new
    kept: dict[int, Table] = {}
    for table, number in zip(tables, numbers, strict=True):
        kept.setdefault(number, _renumbered(table, numbers))
    return [kept[number] for number in sorted(kept)], numbers


def _renumbered(table: Table, numbers: list[int]) -> Table:
    return {
        name: {**entry, "t": numbers[int(entry["t"])]} if entry and "t" in entry else entry
        for name, entry in table.items()
    }


def review_lines(mapper: TemplateMapper) -> str:
    """What a person reads after a run: names that are not plainly the same, and what has none."""
    types = mapper.tokens()
    services = sorted({kind.split("::")[1] for kind in types})
    missing = [kind for kind in sorted(mapper.cloudformation.resources) if kind not in types]
    sections = {
        f"CloudFormation schemas of cfn-lint {mapper.cloudformation.version}, pulumi-aws {mapper.pulumi.version}": [],
        "tokens": [f"{kind} {token}" for kind, token in types.items()],
        "names found without an affix": sorted(set(mapper.derived)),
        "properties without a counterpart": sorted(set(mapper.unmatched)),
        "types without a token, of services that have some": [k for k in missing if k.split("::")[1] in services],
    }
    return "\n".join(f"# {title}\n" + "".join(f"{line}\n" for line in lines) for title, lines in sections.items())
