"""Which Terraform type is which Pulumi token: by the likeness of their properties, and of their names.

Most pairs have one name and one set of properties and are settled at once. The rest is assigned best first, one to one,
in three rounds; each round learns from sure pairs how Pulumi's modules are called in Terraform (`amp` is `prometheus`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from scanner.cloud.bridge.generator.shapes import Fields, Universe
from scanner.cloud.bridge.names import folded, snake
from scanner.model.late_dataclass import dataclass

_IGNORED: Final = frozenset({"id", "timeout"})
_EVERYWHERE: Final = frozenset({"arn", "tag", "tagsall", "region", "name"})
_EVERYWHERE_WEIGHT: Final = 0.2
_NESTED_WEIGHT: Final = 0.5
_SURE: Final = 0.8  # likeness of properties from which an equal name settles it
_LEARN: Final = 0.9  # likeness of properties from which a pair teaches its prefix
_ENOUGH: Final = 0.62  # score below which a token stays without a type
_BEST: Final = 15  # candidates by properties whose names are compared
_ROUNDS: Final = 3
_KNOWN_PREFIX: Final = 0.15

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A token and its type; `likeness` of their properties from 0 to 1."""

    token: str
    terraform: str
    likeness: float


def features(fields: Fields, universe: Universe) -> dict[str, float]:
    """Folded property paths with their weights; two levels deep for what can be set."""
    found: dict[str, float] = {}
    for field in fields.values():
        top = folded(field.name)
        if top in _IGNORED:
            continue
        found[top] = _EVERYWHERE_WEIGHT if top in _EVERYWHERE else 1.0
        for below in universe.fields_below(field) if field.settable else ():
            found[f"{top}.{folded(below)}"] = _NESTED_WEIGHT
    return found


def likeness(one: Features, other: Features) -> float:
    """Weighted Jaccard index, 0 to 1."""
    both = sum(weight for path, weight in one.items() if path in other)
    either = sum(one.values()) + sum(other.values()) - both
    return both / either if either else 1.0


def _split(token: str) -> tuple[str, str]:
    """`aws:ec2/vpc:Vpc` to (`ec2`, `Vpc`)."""
    _, module, kind = token.split(":")
    return module.split("/")[0], kind


def _plain(name: str) -> str:
    return name.removeprefix("aws_").replace("_", "").lower()


def _other_version(token: str) -> str:
    """`aws:s3/bucketAclV2:BucketAclV2` to `aws:s3/bucketAcl:BucketAcl`, and back."""
    head, _, kind = token.rpartition(":")
    if kind.endswith("V2"):
        return f"{head.removesuffix('V2')}:{kind.removesuffix('V2')}"
    return f"{head}V2:{kind}V2"


def _name_likeness(token: str, terraform: str, prefixes: Mapping[str, set[str]]) -> float:
    module, kind = _split(token)
    full, short, target = _plain(module + kind), _plain(kind), _plain(terraform)
    if target in {full, short}:
        return 1.0
    ratio = SequenceMatcher(None, full, target, autojunk=False).ratio()
    if target.endswith(short):
        ratio = max(ratio, 0.5 + 0.5 * len(short) / len(target))
    if any(_plain(prefix + kind) == target for prefix in prefixes.get(module, ())):
        ratio = 1.0
    return ratio + (_KNOWN_PREFIX if any(target.startswith(_plain(p)) for p in prefixes.get(module, ())) else 0.0)


class _Matcher:
    def __init__(self, pulumi: Universe, terraform: Universe) -> None:
        self._tokens = {token: features(fields, pulumi) for token, fields in pulumi.resources.items()}
        self._types = {name: features(fields, terraform) for name, fields in terraform.resources.items()}
        self._matches: dict[str, Match] = {}
        self._taken: set[str] = set()
        self._prefixes: dict[str, set[str]] = defaultdict(set)
        self._by_feature: dict[str, list[str]] = defaultdict(list)
        for name, paths in self._types.items():
            for path, weight in paths.items():
                if weight == 1.0:
                    self._by_feature[path].append(name)

    def settle(self, token: str, terraform: str) -> None:
        like = likeness(self._tokens[token], self._types[terraform])
        self._matches[token] = Match(token=token, terraform=terraform, likeness=like)
        self._taken.add(terraform)
        module, kind = _split(token)
        plain = terraform.removeprefix("aws_")
        if like > _LEARN and plain.endswith(snake(kind)):
            self._prefixes[module].add(plain.removesuffix(snake(kind)))

    def equal_names(self) -> None:
        by_name = {_plain(name): name for name in self._types}
        for token in sorted(self._tokens):
            module, kind = _split(token)
            name = by_name.get(_plain(module + kind))
            if name and likeness(self._tokens[token], self._types[name]) >= _SURE:
                self.settle(token, name)

    def _candidates(self, token: str) -> Iterator[tuple[float, str]]:
        mine = self._tokens[token]
        names = {name for path in mine for name in self._by_feature.get(path, ())} - self._taken
        if all(weight < 1.0 for weight in mine.values()):
            names = set(self._types) - self._taken
        ranked = sorted(((likeness(mine, self._types[name]), name) for name in names), reverse=True)
        for like, name in ranked[:_BEST]:
            yield 0.6 * like + 0.4 * _name_likeness(token, name, self._prefixes), name

    def best_first(self) -> None:
        pairs = [
            (-score, token, name)
            for token in sorted(self._tokens)
            if token not in self._matches
            for score, name in self._candidates(token)
            if score >= _ENOUGH
        ]
        for _, token, name in sorted(pairs):
            if token not in self._matches and name not in self._taken:
                self.settle(token, name)

    def second_versions(self) -> None:
        """`XxxV2` and `Xxx` are the same type under two tokens, where only one of them found a type."""
        for token in sorted(set(self._tokens) - set(self._matches)):
            twin = self._matches.get(_other_version(token))
            if twin:
                like = likeness(self._tokens[token], self._types[twin.terraform])
                self._matches[token] = Match(token=token, terraform=twin.terraform, likeness=like)

    def all_matches(self) -> tuple[Match, ...]:
        return tuple(self._matches[token] for token in sorted(self._matches))


def match_tokens(pulumi: Universe, terraform: Universe, overrides: Iterable[tuple[str, str]] = ()) -> tuple[Match, ...]:
    """Every token that has a type, sorted by token; `overrides` (token, type) go before everything."""
    matcher = _Matcher(pulumi, terraform)
    for token, name in overrides:
        matcher.settle(token, name)
    matcher.equal_names()
    for _ in range(_ROUNDS):
        matcher.best_first()
    matcher.second_versions()
    return matcher.all_matches()
