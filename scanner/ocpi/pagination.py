"""Pagination headers (transport_and_format, paginated response) as a fact."""

import re
from typing import Final

from scanner.model.exchange import Exchange
from scanner.model.facts.ocpi.pages import SeenPage
from scanner.model.target import Endpoint
from scanner.ocpi.reply import Reply
from scanner.ocpi.url_place import absolute, seen_url

ONE: Final = 1
_LEAST_ABOVE: Final = 1000
_MOST_ABOVE: Final = 10_000
_NEXT: Final = re.compile(r"<([^<>]{1,4096})>\s*;[^,<]{0,200}?rel\s*=\s*\"?next\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,15}", re.ASCII)


def seen_page(reply: Reply, asked: int | None, endpoint: Endpoint) -> SeenPage:
    """One page as a fact."""
    following = next_link(reply.exchange)
    return SeenPage(
        asked=asked,
        answer=reply.answer,
        is_list=isinstance(reply.data, list),
        objects=len(reply.objects),
        total_count=_count(reply.exchange, "X-Total-Count"),
        limit=_count(reply.exchange, "X-Limit"),
        link_next=seen_url("Link", following, endpoint) if following else None,
    )


def next_link(exchange: Exchange) -> str | None:
    """The URL of the next page (RFC 8288, `rel="next"`), made absolute."""
    found = _NEXT.search(", ".join(exchange.header_values("Link")))
    return absolute(exchange.url, found[1]) if found else None


def above_any_cap(page: SeenPage) -> int:
    """A limit to ask for that is above what the first page suggests, and bounded, so that nobody is hurt by it.

    Never a round number: a platform that caps at 1000 would seem to grant what it only happens to allow.
    """
    return min(max(10 * (page.limit or page.objects), _LEAST_ABOVE), _MOST_ABOVE) + 1


def _count(exchange: Exchange, name: str) -> int | None:
    value = (exchange.header(name) or "").strip()
    return int(value) if _NUMBER.fullmatch(value) else None
