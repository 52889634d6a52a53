"""A Token (mod_tokens)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from infra.service.strict_json import JsonObject

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2}", re.ASCII)  # ISO 639-1


def token_rules(document: JsonObject) -> Iterator[str]:
    """What does not fit together."""
    language = document.get("language")
    if language is not None and not _LANGUAGE.fullmatch(language):
        yield "language: not an ISO 639-1 code"
