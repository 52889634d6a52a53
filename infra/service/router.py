"""URL templates to handlers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

from infra.service.call import Route
from infra.service.status import Refusal, StatusCode, not_found

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resource:
    template: str
    pattern: re.Pattern[str]
    methods: Mapping[str, Route]


class Router:
    """Finds the route of a method and path. Literal segments win over placeholders; one trailing slash is ignored."""

    def __init__(self, routes: Iterable[Route]) -> None:
        by_template: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_template.setdefault(route.template, {})[route.method] = route
        self._resources = tuple(
            _Resource(template=t, pattern=_compile(t), methods=by_template[t])
            for t in sorted(by_template, key=lambda t: t.count("{"))
        )

    def match(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route of a percent-encoded path, and its parameters decoded.

        Raises Refusal: 404, or 405 with the methods that are allowed.
        """
        for resource in self._resources:
            match = resource.pattern.fullmatch(path)
            if match is None:
                continue
            if method not in resource.methods:
                raise _not_allowed(resource)
            return resource.methods[method], {name: unquote(value) for name, value in match.groupdict().items()}
        raise not_found("No such resource")


def _compile(template: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(template)
    literal, names = parts[0::2], parts[1::2]
    pattern = re.escape(literal[0])
    for name, following in zip(names, literal[1:], strict=True):
        pattern += rf"(?P<{name}>[^/]+)" + re.escape(following)
    return re.compile(pattern + "/?")


def _not_allowed(resource: _Resource) -> Refusal:
    return method_not_allowed(*sorted(resource.methods))


def method_not_allowed(*allowed: str) -> Refusal:
    """HTTP 405 with OCPI 2000; the Allow header names what is allowed."""
    return Refusal(
        HTTPStatus.METHOD_NOT_ALLOWED,
        StatusCode.CLIENT_ERROR,
        "Method not allowed",
        headers=(("Allow", ", ".join(allowed)),),
    )
