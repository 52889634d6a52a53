"""What a Content-Security-Policy lets a browser do with an answer that is nothing but data."""

from collections.abc import Iterable, Mapping
from typing import Final

NOTHING: Final = frozenset({(), ("'none'",)})  # an empty list of sources matches nothing, too
Directives = Mapping[str, tuple[str, ...]]


def lax_in(policies: Iterable[str]) -> str | None:
    """What the policies of one answer leave open, or None.

    Every policy is enforced, so one that forbids is enough (Content Security Policy Level 3). Fetch directives fall
    back to `default-src`; `frame-ancestors` does not.
    """
    read = [_directives(policy) for header in policies for policy in header.split(",") if policy.strip()]
    if not read:
        return "Content-Security-Policy: missing"
    open_ = [
        name
        for name, forbids in (("default-src 'none'", _loads_nothing), ("frame-ancestors 'none'", _is_framed_nowhere))
        if not any(forbids(policy) for policy in read)
    ]
    return f"Content-Security-Policy without {' and '.join(open_)}" if open_ else None


def _directives(policy: str) -> Directives:
    """By name; of several of one name the first counts."""
    named: dict[str, tuple[str, ...]] = {}
    for directive in policy.lower().split(";"):
        name, *sources = directive.split() or [""]
        named.setdefault(name, tuple(sources))
    return named


def _loads_nothing(policy: Directives) -> bool:
    return "default-src" in policy and all(sources in NOTHING for name, sources in policy.items() if "-src" in name)


def _is_framed_nowhere(policy: Directives) -> bool:
    return policy.get("frame-ancestors") in NOTHING
