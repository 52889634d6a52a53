"""One resource as the program declares it, which knows what of it was looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Declared:
    """`default_tags` are the provider's; every taggable resource gets them as well."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    default_tags: Mapping[str, str]
    _used: set[str] = field(default_factory=set)

    def take(self, key: str, default: Any = None) -> Any:
        """An input, from now on counted as looked at."""
        self._used.add(key)
        return self.inputs.get(key, default)

    def some(self, *keys: str) -> dict[str, Any]:
        """Those inputs of these that are set."""
        self._used |= set(keys)
        return {key: self.inputs[key] for key in keys if self.inputs.get(key) is not None}

    def rest(self) -> dict[str, Any]:
        """All that nobody has looked at so far."""
        return self.some(*(key for key in self.inputs if key not in self._used and key != "tags"))

    @property
    def tags(self) -> dict[str, str]:
        """The provider's, and its own before them."""
        return {**self.default_tags, **(self.take("tags") or {})}

    def overlooked(self) -> list[str]:
        """Inputs that no call was made of."""
        return sorted(key for key, value in self.inputs.items() if key not in self._used and value is not None)

    @property
    def physical_name(self) -> str:
        """Its own, or one as the engine makes it: the name in the program and seven random characters."""
        given = self.take("name")
        return given if isinstance(given, str) else f"{self.name}-{hashlib.sha256(self.name.encode()).hexdigest()[:7]}"

    def tag_list(self) -> list[dict[str, str]]:
        """As most services want them."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]
