"""Texts for people, wherever they stand in an object (types: DisplayText)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from infra.service.rules.codes import LANGUAGES

_MARKUP: Final = re.compile(r"<[A-Za-z/!?][^<>]*>")
_DISPLAY_TEXT: Final = {"language", "text"}


def text_rules(value: Any) -> Iterator[str]:  # noqa: ANN401 - a JSON value has no narrower type
    """A language that exists, and no markup."""
    if isinstance(value, list):
        for item in value:
            yield from text_rules(item)
    elif isinstance(value, dict):
        if value.keys() == _DISPLAY_TEXT:
            yield from _judged(value)
        for item in value.values():
            yield from text_rules(item)


def _judged(value: dict[str, str]) -> Iterator[str]:
    if value["language"].lower() not in LANGUAGES:
        yield "language: not an ISO 639-1 code"
    if _MARKUP.search(value["text"]):
        yield "text: with markup"
