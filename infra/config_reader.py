"""Typed access to the stack's config. Every refusal names the key and says what to set."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import pulumi

_WIDEST: Final = 8  # bits; an allow-list with more in it allows everybody
# RFC 6890, without the ranges for documentation: examples use those
_INWARD: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/3"),
    )
)
_LONGEST: Final = 80  # characters of a value in a refusal
_MIDNIGHT: Final = " 00:00:00 +0000 UTC"  # what the engine makes of a date without quotes


class SettingsError(pulumi.RunError):
    """The config is not usable. The engine prints the sentence without a traceback."""


class Section:
    """The top level of the config, or one object inside it. `path` is how the user knows it."""

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        self.path = path
        self.values = values

    def error(self, key: str, problem: str) -> SettingsError:
        """`config ocpi-posture:region ...`."""
        return SettingsError(f"config {self._name(key)} {problem}")

    def known_keys_only(self, known: Collection[str]) -> None:
        """Refuse keys that nobody reads: most are misspelt."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"is not a setting; set one of: {', '.join(sorted(known))}")

    def text(self, key: str, pattern: str, what: str, default: str | None = None) -> str:
        """A string that matches `pattern` as a whole; `what` completes "set it to ...".

        Characters that are not seen are refused: they make one name look like another, in logs and in reports.
        """
        value = self._required(key, what, default)
        if not isinstance(value, str) or not re.fullmatch(pattern, value) or not value.isprintable():
            raise self.error(key, f"is {_shown(value)}; set it to {what}")
        return value

    def number(self, key: str, low: int, high: int, what: str, default: int | None = None) -> int:
        """An integer between `low` and `high`, both included. The engine hands numbers over as text."""
        value = self._required(key, f"{what}, {low} to {high}", default)
        if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.error(key, f"is {_shown(value)}; set it to {what}, {low} to {high}")
        return value

    def day(self, key: str, what: str) -> date:
        """An ISO 8601 date."""
        value = self._required(key, what, None)
        try:
            return date.fromisoformat(value.removesuffix(_MIDNIGHT))
        except (AttributeError, ValueError):
            raise self.error(key, f"is {_shown(value)}; set it to {what}, like 2026-01-31") from None

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of `allowed`."""
        value = self._required(key, f"one of: {', '.join(allowed)}", default)
        if value not in allowed:
            raise self.error(key, f"is {_shown(value)}; set it to one of: {', '.join(allowed)}")
        return str(value)

    def choices(self, key: str, allowed: Collection[str], default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list whose items are all of `allowed`, none twice; perhaps empty."""
        what = f"a list of: {', '.join(allowed)}"
        items = self._list(key, what, default)
        for item in items:
            if item not in allowed:
                raise self.error(key, f"names {_shown(item)}; set it to {what}")
        if len(set(items)) != len(items):
            raise self.error(key, "names something twice; set each once")
        return tuple(items)

    def some(self, key: str, allowed: Collection[str]) -> tuple[str, ...]:
        """The same, and not empty."""
        items = self.choices(key, allowed)
        if not items:
            raise self.error(key, f"is empty; set it to a list of: {', '.join(allowed)}")
        return items

    def texts(self, key: str, pattern: str, what: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of strings that each match `pattern` as a whole, none twice."""
        items = self._list(key, what, default)
        for item in items:
            if not isinstance(item, str) or not re.fullmatch(pattern, item):
                raise self.error(key, f"has {_shown(item)}; set it to {what}")
        if len(set(items)) != len(items):
            raise self.error(key, "names something twice; set each once")
        return tuple(items)

    def __contains__(self, key: object) -> bool:
        return key in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def section(self, key: str, what: str) -> Section:
        """One object."""
        value = self._required(key, what, None)
        if not isinstance(value, dict):
            raise self.error(key, f"is {_shown(value)}; set it to {what}")
        return Section(self._name(key), value)

    def named(self, key: str, what: str) -> Mapping[str, Section]:
        """Objects by name, not empty."""
        inner = self.section(key, what)
        if not set(inner):
            raise self.error(key, f"is empty; set it to {what}")
        return {name: inner.section(name, f"one of {what}") for name in inner}

    def sections(self, key: str, what: str) -> tuple[Section, ...]:
        """A list of objects, not empty."""
        items = self._list(key, what, None)
        if not items:
            raise self.error(key, f"is empty; set it to {what}")
        for number, item in enumerate(items):
            if not isinstance(item, dict):
                raise self.error(
                    f"{key}[{number}]", f"is {_shown(item)}; set it to an object, see Pulumi.example-test.yaml"
                )
        return tuple(Section(f"{self._name(key)}[{number}]", item) for number, item in enumerate(items))

    def networks(self, key: str, what: str) -> tuple[str, ...]:
        """A list of IPv4 networks that is not empty and holds public addresses only."""
        items = self._list(key, what, None)
        if not items:
            raise self.error(key, f"is empty; set it to {what}")
        return tuple(self._network(key, item, what) for item in items)

    def _network(self, key: str, item: object, what: str) -> str:
        try:
            network = ipaddress.IPv4Network(item) if isinstance(item, str) else None
        except ValueError:
            network = None
        if network is None or network.prefixlen < _WIDEST:
            raise self.error(key, f"has {_shown(item)}; set it to {what}, /{_WIDEST} or smaller")
        if any(network.overlaps(inward) for inward in _INWARD):
            raise self.error(key, f"has {_shown(item)}, which nobody on the internet calls from; set it to {what}")
        return str(network)

    def _list(self, key: str, what: str, default: Sequence[str] | None) -> list[Any]:
        value = self._required(key, what, default)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.error(key, f"is {_shown(value)}; set it to {what}")
        return list(value)

    def _required(self, key: str, what: str, default: object) -> Any:  # noqa: ANN401 - checked by the callers
        value = self.values.get(key, default)
        if value is None:
            raise self.error(key, f"is missing; set it to {what}")
        return value

    def _name(self, key: str) -> str:
        """An empty key is the section itself."""
        if not key:
            return self.path
        return f"{self.path}:{key}" if "[" not in self.path and ":" not in self.path else f"{self.path}.{key}"


def _shown(value: object) -> str:
    """As Python writes it; a long one is cut, so that the sentence can be read."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
