"""Secrets that a state shows in clear (`--show-secrets`): wherever one is repeated, it is hidden as well."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from scanner.cloud.loaders.engine_format import EngineState
from scanner.gate.secret_forms import any_word, forms_of
from scanner.model.leaves import texts
from scanner.model.resource import HIDDEN, CloudValue, Resource

_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"
_SHORTEST: Final = 8  # shorter texts occur by chance
_PUBLIC: Final = "arn:"  # the name of something, which Pulumi holds secret when it was made from a secret


def plain_secrets(states: Iterable[EngineState]) -> frozenset[str]:
    """Every text that stands in the states as the value of a secret."""
    values = (value for one in states for value in (one.inputs, one.outputs))
    return frozenset(text for value in values for text in _plain(value))


def _plain(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            yield from telling(_decoded(value.get("plaintext")))
        else:
            for inner in value.values():
                yield from _plain(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _plain(inner)


def _decoded(plaintext: Any) -> Any:  # noqa: ANN401 - JSON
    """The value of a secret is kept as JSON text."""
    try:
        return json.loads(plaintext) if isinstance(plaintext, str) else None
    except ValueError:
        return plaintext


def telling(value: CloudValue) -> Iterator[str]:
    """The texts in a secret that are long enough to be known again."""
    return (text for text in texts(value) if len(text) >= _SHORTEST and not text.startswith(_PUBLIC))


class KnownSecrets:
    """Finds secrets in texts, in any form in which one may be written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for text in secrets for form in forms_of(text) if len(form) >= _SHORTEST}
        self._by_begin: dict[str, list[str]] = {}
        for form in sorted(forms):
            self._by_begin.setdefault(form[:_SHORTEST], []).append(form)
        self._begins = re.compile(f"(?=({any_word(self._by_begin)}))") if forms else None

    def __bool__(self) -> bool:
        return self._begins is not None

    def in_(self, text: str) -> bool:
        """True where the text holds any of them."""
        if self._begins is None:
            return False
        begins = self._begins.finditer(text)
        return any(text.startswith(form, at.start()) for at in begins for form in self._by_begin[at[1]])

    def masked(self, text: str) -> str:
        """A sentence that may quote a document or a tool: as it is, or not at all."""
        return "[redacted]" if self.in_(text) else text


def hiding(resources: Sequence[Resource], secrets: KnownSecrets) -> tuple[Resource, ...]:
    """The resources with every value hidden that holds one of the secrets: it is one itself."""
    if not secrets:
        return tuple(resources)
    return tuple(
        replace(
            one,
            id=None if one.id and secrets.in_(one.id) else one.id,
            inputs={name: _hidden(value, secrets) for name, value in one.inputs.items()},
            outputs={name: _hidden(value, secrets) for name, value in one.outputs.items()},
        )
        for one in resources
    )


def _hidden(value: CloudValue, secrets: KnownSecrets) -> CloudValue:
    if isinstance(value, str):
        return HIDDEN if secrets.in_(value) else value
    if isinstance(value, Mapping):
        return {name: _hidden(inner, secrets) for name, inner in value.items()}
    if isinstance(value, Sequence):
        return tuple(_hidden(inner, secrets) for inner in value)
    return value
