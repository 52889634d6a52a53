"""The pages of one list, as long as they lead on, at one origin, and not for ever (transport_and_format: pagination).

X-Total-Count is not looked at: what a partner says about the length of its list decides nothing here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from infra.service.datetimes import format_datetime
from infra.service.origins import https_origin
from infra.service.pulling.intake import identity_of
from infra.service.pulling.patience import Fetch, Patience, PullError
from infra.service.pulling.settings import PullSettings

_MOST_BARREN: Final = 5  # pages in a row that bring nothing: what is left out of a page leaves it empty


def first_page(endpoint: str, since: datetime | None, settings: PullSettings) -> str:
    """The URL that a pass begins at."""
    query = {} if since is None else {"date_from": format_datetime(since)}
    query |= {"offset": "0", "limit": str(settings.page_size)}
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query, safe=':')}"


async def pages(fetch: Fetch, patience: Patience, first: str) -> AsyncIterator[list[Any]]:
    """The `data` of each page. Raises PullError, also after pages that were good."""
    settings, url = patience.settings, first
    seen, known, barren = set[str](), set[str](), 0
    while True:
        if len(seen) >= settings.most_pages:
            raise PullError("too_many_pages")
        seen.add(url)
        reply = await patience.ask(fetch, url)
        data = reply.document.get("data")
        if not isinstance(data, list):
            raise PullError("not_a_list")
        if len(data) > settings.most_on_a_page:
            raise PullError("page_too_long")
        barren = 0 if _brings_anything(data, known) else barren + 1
        if barren >= _MOST_BARREN:
            raise PullError("no_progress")
        yield data
        following = reply.next_page
        if following is None:
            return
        if https_origin(following) != https_origin(first):
            raise PullError("link_elsewhere")
        if following in seen:
            raise PullError("link_loop")
        url = following


def _brings_anything(page: list[Any], known: set[str]) -> bool:
    """False for a page that is empty, or of which everything was on earlier ones."""
    named = {name for one in page if (name := identity_of(one)) is not None}
    is_new = not named <= known
    known |= named
    return is_new
