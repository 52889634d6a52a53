"""Pages of lists (OCPI 2.2.1, transport_and_format: pagination)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from infra.service.call import Answer, Call
from infra.service.datetimes import parse_datetime
from infra.service.settings import Settings
from infra.service.status import invalid_parameter
from infra.service.store import Collection, StoredObject, Visibility, Window

Served = Callable[[StoredObject], bool]

_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_PARAMETERS: Final = ("date_from", "date_to", "offset", "limit")


def _all(_found: StoredObject) -> bool:
    return True


async def list_page(call: Call, collection: Collection, visibility: Visibility, served: Served = _all) -> Answer:
    """One page of the visible objects, with Link (when there is more), X-Total-Count and X-Limit.

    Objects that are not to be `served` are missing on their page; the pages stay as they are.

    X-Limit is the most that this server ever returns; a smaller `limit` is honoured. Other parameters are ignored.
    Raises Refusal (HTTP 400, OCPI 2001) for a parameter that is repeated or malformed.
    """
    parameters = _read(call.query)
    window = _window(parameters, call.services.settings)
    page = await call.services.store.page(collection, visibility, window)
    headers = [("X-Total-Count", str(page.total)), ("X-Limit", str(call.services.settings.page_limit))]
    if window.offset + len(page.objects) < page.total and page.objects:
        headers.insert(0, ("Link", _next_link(call, parameters, window)))
    return Answer(data=[o.body for o in page.objects[: window.limit] if served(o)], headers=tuple(headers))


def _read(query: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in query:
        if name not in _PARAMETERS:
            continue
        if name in found:
            raise invalid_parameter(f"{name} is given twice")
        found[name] = value
    return found


def _window(parameters: dict[str, str], settings: Settings) -> Window:
    date_from, date_to = _date(parameters, "date_from"), _date(parameters, "date_to")
    if date_from is not None and date_to is not None and date_to < date_from:
        raise invalid_parameter("date_to is before date_from")
    limit = min(_number(parameters, "limit", settings.page_size), settings.page_limit)
    if limit == 0:
        raise invalid_parameter("limit must be at least 1")
    return Window(offset=_number(parameters, "offset", 0), limit=limit, date_from=date_from, date_to=date_to)


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    if name not in parameters:
        return default
    if not _NUMBER.fullmatch(parameters[name]):
        raise invalid_parameter(f"{name} is not a number from 0 to 999999999")
    return int(parameters[name])


def _date(parameters: dict[str, str], name: str) -> datetime | None:
    if name not in parameters:
        return None
    try:
        return parse_datetime(parameters[name])
    except ValueError:
        raise invalid_parameter(f"{name} is not an OCPI DateTime") from None


def _next_link(call: Call, parameters: dict[str, str], window: Window) -> str:
    following = {"offset": str(window.offset + window.limit), "limit": str(window.limit)}
    following |= {name: parameters[name] for name in ("date_from", "date_to") if name in parameters}
    return f'<{call.services.settings.public_origin}{call.route.template}?{urlencode(following, safe=":")}>; rel="next"'
