"""A Token (mod_tokens)."""

from __future__ import annotations

from collections.abc import Iterator

from infra.service.rules.codes import LANGUAGES
from infra.service.strict_json import JsonObject


def token_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together."""
    language = document.get("language")
    if language is not None and language.lower() not in LANGUAGES:
        yield "language: not an ISO 639-1 code"
