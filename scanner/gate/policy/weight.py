"""What a request weighs, by itself: the least effect that its method, module and path allow it to be declared with."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from scanner.model.effect import Effect
from scanner.model.intent import HttpIntent
from scanner.model.party import Party

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MODULE_EFFECTS: Final = {
    "cdrs": Effect.LASTING,
    "sessions": Effect.LASTING,
    "tokens": Effect.LASTING,
    "credentials": Effect.REGISTRATION,
    "commands": Effect.ACTUATE,
    "chargingprofiles": Effect.ACTUATE,
}
_CLIENT_OWNED: Final = frozenset({"locations", "tariffs", "sessions", "tokens", "chargingpreferences"})
_OVERRIDES: Final = re.compile(r"(?i)^(x-)?(http-)?method(-override)?$|^_method$")
_ORDER: Final = tuple(Effect)


@lru_cache(maxsize=4096)
def least_effect(method: str, url: str, module: str | None = None) -> Effect:
    """The least effect that a request may be declared with: by its method, its module, and module names in its path.

    Judged as if a vulnerable target obeyed it: credentials make or end a token, commands and charging profiles move
    hardware, and OCPI has no way to take back a CDR, a session or a token. A target names its own paths, so the path
    alone proves nothing; it can only make a request weigh more.
    """
    if method in SAFE_METHODS:
        return Effect.READ
    names = {segment.lower() for segment in _segments(url)} | {(module or "").lower()}
    found = {effect for name, effect in _MODULE_EFFECTS.items() if name in names}
    return max(found, key=_ORDER.index, default=Effect.WRITE)


@lru_cache(maxsize=4096)
def owners_in_path(url: str) -> tuple[Party, ...]:
    """Every party that a server could take for the owner of a client-owned object, in the order of the path.

    It stands after the module: `/{module}/{cc}/{party}/..` (OCPI 2.2.1 transport_and_format); of several modules in a
    path a server may mean any.
    """
    segments = tuple(filter(None, _segments(url)))
    found = []
    for position, segment in enumerate(segments):
        if segment.lower() in _CLIENT_OWNED and len(segments) > position + 2:
            country_code, party_id = segments[position + 1 : position + 3]
            if len(country_code) == len("NL") and len(party_id) == len("TNM"):
                found.append(Party(country_code=country_code, party_id=party_id))
    return tuple(found)


def undeclared(intent: HttpIntent) -> str | None:
    """What would make the request do more than its method says, or hides what it does."""
    if _overridden(intent.url) or any(_overrides(name) for name in intent.headers):
        return "another method stands in a header or parameter; send that method itself"
    if intent.method not in SAFE_METHODS and {".", ".."} & set(_segments(intent.url)):
        return f"{intent.method} {intent.url}: a path with dots leads elsewhere than it says"
    if intent.method not in SAFE_METHODS and intent.module is None:
        return f"{intent.method} {intent.url} does not name its OCPI module"
    if intent.method != intent.method.upper() or not intent.method.isalpha():
        return f"{intent.method!r} is not a method"
    return None


@lru_cache(maxsize=1024)
def _overrides(name: str) -> bool:
    return _OVERRIDES.match(name.strip()) is not None


def _overridden(url: str) -> bool:
    if "?" not in url or not ("%" in url or "method" in url.lower()):  # nothing could become that name
        return False
    return any(_overrides(name) for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True))


@lru_cache(maxsize=4096)
def _segments(url: str) -> tuple[str, ...]:
    """Path segments as the most generous server would read them: unquoted again and again, without parameters."""
    path = urlsplit(url).path
    while (plain := unquote(path)) != path:
        path = plain
    return tuple(segment.partition(";")[0] for segment in path.replace("\\", "/").split("/"))
