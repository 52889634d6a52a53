"""What the objects of a list show, counted as they pass by; no object is kept, ids as short hashes only."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final, Generic, TypeVar

from scanner.model.facts.ocpi.objects import SeenViolation
from scanner.model.facts.ocpi.reads import SeenBrokenRule, SeenTestData
from scanner.model.json_value import JsonValue
from scanner.model.ocpi.rules.catalog import RULES
from scanner.model.ocpi.rules.judge import broken_rules
from scanner.model.ocpi.rules.rule import Basis, BrokenRule
from scanner.model.ocpi.validator import validate
from scanner.ocpi.depth.words_of_tests import words_in

MOST_GROUPS: Final = 50
# Plaintext URLs are a matter of the transport checks.
_JUDGED_ELSEWHERE: Final = frozenset({"web-address-https", "endpoint-url-https", "response-url-https"})
_INDEX: Final = re.compile(r"/\d+(?=/|$)")
K = TypeVar("K", bound=tuple[str, ...])


@dataclass(slots=True)
class Groups(Generic[K]):
    """How many objects belong to each group, and one exact pointer of each."""

    counts: Counter[K] = field(default_factory=Counter)
    examples: dict[K, str] = field(default_factory=dict)

    def add(self, found: Mapping[K, str]) -> None:
        """One object: its groups, each with a pointer. A new group beyond twice the bound is not kept."""
        for group, pointer in found.items():
            if group in self.counts or len(self.counts) < 2 * MOST_GROUPS:
                self.counts[group] += 1
                self.examples.setdefault(group, pointer)

    def ranked(self) -> list[K]:
        """The most frequent first."""
        return sorted(self.counts, key=lambda group: (-self.counts[group], group))[:MOST_GROUPS]


class Gathered:
    """Objects of one list, of one type of one version."""

    def __init__(self, version: str, object_type: str, now: datetime) -> None:
        self._version, self._type, self._now = version, object_type, now
        self._types: Groups[tuple[str, str, str]] = Groups()
        self._rules: Groups[tuple[str, str]] = Groups()
        self._broken: dict[tuple[str, str], BrokenRule] = {}
        self._tests: Groups[tuple[str]] = Groups()
        self._ids: set[bytes] = set()
        self.repeated_ids = 0
        self.examined = 0
        self.further = 0

    @property
    def ids(self) -> int:
        """Different ids seen."""
        return len(self._ids)

    def add(self, objects: Iterable[JsonValue], *, first_page: bool) -> None:
        """The objects of one page; the types of the first page were judged when it was read before."""
        for number, item in enumerate(objects):
            pointer = f"/data/{number}"
            self.examined += 1
            self._note_id(item)
            self._note_rules(item, pointer)
            self._tests.add({(_pattern(found),): found for found in words_in(item, pointer)})
            if not first_page:
                self.further += 1
                found = validate(self._version, self._type, item, pointer)
                self._types.add({(_pattern(v.pointer), v.rule.value, v.expected): v.pointer for v in found})

    def violations(self) -> tuple[SeenViolation, ...]:
        """Of types, on further pages."""
        counts, examples = self._types.counts, self._types.examples
        return tuple(
            SeenViolation(pointer=g[0], rule=g[1], expected=g[2], count=counts[g], example=examples[g])
            for g in self._types.ranked()
        )

    def broken_rules(self) -> tuple[SeenBrokenRule, ...]:
        """Of meaning, on all pages."""
        return tuple(
            SeenBrokenRule(
                pointer=group[0],
                rule=group[1],
                section=self._broken[group].section,
                expected=self._broken[group].expected,
                required=group[1] in _required(),
                count=self._rules.counts[group],
                example=self._rules.examples[group],
            )
            for group in self._rules.ranked()
        )

    def test_data(self) -> tuple[SeenTestData, ...]:
        """Words of tests, by pointer."""
        counts, examples = self._tests.counts, self._tests.examples
        return tuple(SeenTestData(pointer=g[0], count=counts[g], example=examples[g]) for g in self._tests.ranked())

    def _note_rules(self, item: JsonValue, pointer: str) -> None:
        found: dict[tuple[str, str], str] = {}
        for broken in broken_rules(self._version, self._type, item, now=self._now):
            if broken.rule in _JUDGED_ELSEWHERE:
                continue
            group = (f"/data/*{_pattern(broken.pointer)}", broken.rule)
            found.setdefault(group, pointer + broken.pointer)
            if len(self._broken) < 2 * MOST_GROUPS:
                self._broken.setdefault(group, broken)
        self._rules.add({group: at for group, at in found.items() if group in self._broken})

    def _note_id(self, item: JsonValue) -> None:
        """By owner and id, without case (CiString); objects without an id are left out."""
        if not isinstance(item, Mapping):
            return
        identifier = item.get("id") or item.get("uid")
        if not isinstance(identifier, str):
            return
        named = "/".join(str(item.get(key, "")) for key in ("country_code", "party_id")) + f"/{identifier}"
        digest = hashlib.blake2b(named.lower().encode(errors="replace"), digest_size=12).digest()
        self.repeated_ids += digest in self._ids
        self._ids.add(digest)


def _pattern(pointer: str) -> str:
    return _INDEX.sub("/*", pointer)


@cache
def _required() -> frozenset[str]:
    return frozenset(rule.id for rule in RULES if rule.basis is Basis.REQUIRED)
