"""Every text that Terraform marks sensitive somewhere in a plan, and how it is taken out of other places."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanner.cloud.bridge.plan_value import SECRET_TEXT
from scanner.cloud.loaders.terraform_plan.nodes import mapping, objects
from scanner.model.late_dataclass import dataclass

LONG: Final = 6  # characters from which a secret is also looked for inside other text
CHANGES: Final = (("after", "after_sensitive"), ("before", "before_sensitive"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubber:
    """`texts`: all secrets. `inside`: finds the long ones in other text (None: there is none)."""

    texts: frozenset[str]
    inside: re.Pattern[str] | None

    def exactly(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The value without any of the secrets, alone or inside other text."""
        return self._walk(value, self.texts)

    def inside_only(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """The value without the long ones: a short word that is a secret somewhere may be a plain word here."""
        return self._walk(value, frozenset()) if self.inside else value

    def _walk(self, value: Any, whole: frozenset[str]) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            return {name: self._walk(inner, whole) for name, inner in value.items()}
        if isinstance(value, list):
            return [self._walk(inner, whole) for inner in value]
        if not isinstance(value, str):
            return value
        if value in whole:
            return SECRET_TEXT
        return self.inside.sub(SECRET_TEXT, value) if self.inside else value


def scrubber_of(document: Mapping[str, Any]) -> Scrubber:
    """Knows the secrets of one plan."""
    texts = frozenset(_secrets(document))
    long = sorted((text for text in texts if len(text) >= LONG), key=lambda text: (-len(text), text))
    return Scrubber(texts=texts, inside=re.compile("|".join(map(re.escape, long))) if long else None)


def _secrets(document: Mapping[str, Any]) -> Iterator[str]:
    """The text of every sensitive value: of resources and outputs, planned or as they were, and of root variables."""
    for one in objects(document.get("resource_changes")):
        change = mapping(one.get("change"))
        for name, marks in CHANGES:
            yield from _marked(change.get(name), change.get(marks))
    for part in (document.get("planned_values"), mapping(document.get("prior_state")).get("values")):
        values = mapping(part)
        yield from _in_module(mapping(values.get("root_module")))
        for output in mapping(values.get("outputs")).values():
            yield from _texts(mapping(output).get("value")) if mapping(output).get("sensitive") else ()
    root = mapping(mapping(document.get("configuration")).get("root_module"))
    declared = mapping(root.get("variables"))
    for name, given in mapping(document.get("variables")).items():
        yield from _texts(mapping(given).get("value")) if mapping(declared.get(name)).get("sensitive") else ()


def _in_module(module: Mapping[str, Any]) -> Iterator[str]:
    for one in objects(module.get("resources")):
        yield from _marked(one.get("values"), one.get("sensitive_values"))
    for below in objects(module.get("child_modules")):
        yield from _in_module(below)


def _marked(value: Any, marks: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if marks is True:
        yield from _texts(value)
    elif isinstance(value, dict) and isinstance(marks, dict):
        for name, inner in value.items():
            yield from _marked(inner, marks.get(name))
    elif isinstance(value, list) and isinstance(marks, list):
        for inner, mark in zip(value, marks, strict=False):
            yield from _marked(inner, mark)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and value:
        yield value
