"""HAR 1.2 (W3C Web Performance, "HTTP Archive"): every HTTP request of a run, in order, for any HAR viewer.

A request whose exchange is evidence stands there whole, as it was stored: redacted. Of the others method, URL, status
and time are on record; their entries say so in `comment`. One page stands for one probe in one environment.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from reports.model.posture import Posture
from reports.model.recorded import RecordedRequest
from reports.text import storable
from scanner.model.json_value import JsonValue

JsonObject = dict[str, JsonValue]

_HTTP: Final = "HTTP/1.1"
_UNKNOWN: Final = -1  # HAR: information that is not available
_NOT_KEPT: Final = "headers and body were not stored"
_CUT: Final = "the body is stored in part"


def render_har(posture: Posture, requests: Iterable[RecordedRequest]) -> bytes:
    """The archive; the same run gives the same bytes."""
    ordered = sorted(requests, key=lambda request: (request.at, request.number))
    whole = sum(request.exchange is not None for request in ordered)
    log: JsonObject = {
        "version": "1.2",
        "creator": {"name": posture.tool.name, "version": posture.tool.version},
        "pages": [*_pages(ordered).values()],
        "entries": [_entry(request) for request in ordered],
        "comment": f"run {posture.run.id}: {len(ordered)} HTTP requests, {whole} of them with headers and body; "
        "redacted; handshakes, raw connections and subprocesses are not part of it",
    }
    return msgspec.json.format(json.dumps({"log": storable(log)}).encode(), indent=1) + b"\n"


def _pages(ordered: Iterable[RecordedRequest]) -> dict[str, JsonValue]:
    pages: dict[str, JsonValue] = {}
    for request in ordered:
        title = f"{request.environment}: {request.probe}"
        page: JsonValue = {
            "startedDateTime": _time(request.at),
            "id": _page(request),
            "title": title,
            "pageTimings": {},
        }
        pages.setdefault(_page(request), page)
    return pages


def _page(request: RecordedRequest) -> str:
    return f"{request.environment}/{request.probe}"


def _entry(request: RecordedRequest) -> JsonObject:
    elapsed = request.elapsed_ms or 0.0
    entry: JsonObject = {
        "pageref": _page(request),
        "startedDateTime": _time(request.at),
        "time": elapsed,
        "request": _request(request),
        "response": _response(request),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "comment": _comment(request),
    }
    if peer := _part(request, "connection").get("peer"):
        entry["serverIPAddress"] = peer
    return entry


def _request(request: RecordedRequest) -> JsonObject:
    stored = _part(request, "request")
    body = stored.get("body")
    url = str(stored.get("url", request.url))
    made: JsonObject = {
        "method": request.method,
        "url": url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(stored),
        "queryString": [{"name": name, "value": value} for name, value in _query(url)],
        "headersSize": _UNKNOWN,
        "bodySize": len(body.encode(errors="replace")) if body else 0 if stored else _UNKNOWN,
    }
    if body:
        made["postData"] = {"mimeType": _header(stored, "content-type"), "params": [], "text": body}
    return made


def _response(request: RecordedRequest) -> JsonObject:
    stored = _part(request, "response")
    content: JsonObject = {"size": stored.get("body_bytes", _UNKNOWN), "mimeType": _header(stored, "content-type")}
    if stored.get("body") is not None:
        content["text"] = stored["body"]
    return {
        "status": request.status or 0,
        "statusText": _phrase(request.status),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(stored),
        "content": content,
        "redirectURL": _header(stored, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _comment(request: RecordedRequest) -> str:
    said = [request.purpose + (f" (as {request.identity})" if request.identity else "")]
    if request.status is None:
        said.append(request.failure or "no answer is on record")
    if request.exchange is None:
        said.append(_NOT_KEPT)
    elif _part(request, "response").get("cut") or _part(request, "response").get("body") is None:
        said.append(_CUT)
    return "; ".join(said)


def _part(request: RecordedRequest, name: str) -> Mapping[str, Any]:
    part = (request.exchange or {}).get(name)
    return part if isinstance(part, Mapping) else {}


def _headers(stored: Mapping[str, Any]) -> list[JsonValue]:
    return [{"name": name, "value": value} for name, value in _pairs(stored)]


def _header(stored: Mapping[str, Any], wanted: str) -> str:
    return next((value for name, value in _pairs(stored) if name.lower() == wanted), "")


def _pairs(stored: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in stored.get("headers", ())]


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:  # a URL that a target gave, and that is none
        return []


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
