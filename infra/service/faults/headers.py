"""Faults of the headers of answers."""

from __future__ import annotations

import platform
from typing import Final

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from infra.service.faults.answers import changing_headers
from infra.service.faults.fault import Fault

_TARIFFS: Final = "/ocpi/cpo/2.2.1/tariffs"
_FOREIGN: Final = "https://pages.charging.example.org"


def _reveal_version(headers: MutableHeaders, _scope: Scope) -> None:
    headers["Server"] = f"uvicorn/{uvicorn.__version__} Python/{platform.python_version()}"


def _drop_pagination(headers: MutableHeaders, scope: Scope) -> None:
    if not scope["path"].startswith(_TARIFFS):
        return  # one module is enough, and leaves the other pagination faults to be seen elsewhere
    for name in ("Link", "X-Total-Count", "X-Limit"):
        del headers[name]


def _link_elsewhere(headers: MutableHeaders, _scope: Scope) -> None:
    link = headers.get("Link")
    if link is not None:
        path = link.split("://", 1)[1].partition("/")[2]
        headers["Link"] = f"<{_FOREIGN}/{path}"


def _drop_correlation_id(headers: MutableHeaders, _scope: Scope) -> None:
    del headers["X-Correlation-ID"]


def _allow_caching(headers: MutableHeaders, _scope: Scope) -> None:
    headers["Cache-Control"] = "public, max-age=3600"


def _drop_hsts(headers: MutableHeaders, _scope: Scope) -> None:
    del headers["Strict-Transport-Security"]


def _allow_framing(headers: MutableHeaders, _scope: Scope) -> None:
    headers["Content-Security-Policy"] = "default-src 'none'"  # which says nothing of frames


def _call_it_html(headers: MutableHeaders, _scope: Scope) -> None:
    headers["Content-Type"] = "text/html; charset=utf-8"


FAULTS: Final = (
    Fault(
        name="leaking-version-header",
        summary="the Server header names software and versions",
        wrap_app=changing_headers(_reveal_version),
    ),
    Fault(
        name="missing-pagination-headers",
        summary="the list of tariffs comes without Link, X-Total-Count and X-Limit",
        wrap_app=changing_headers(_drop_pagination),
    ),
    Fault(
        name="link-to-foreign-host",
        summary="the Link to the next page leads to another host",
        wrap_app=changing_headers(_link_elsewhere),
    ),
    Fault(
        name="no-correlation-id",
        summary="answers have no X-Correlation-ID",
        wrap_app=changing_headers(_drop_correlation_id),
    ),
    Fault(
        name="cacheable-answers",
        summary="answers may be kept by shared caches",
        wrap_app=changing_headers(_allow_caching),
    ),
    Fault(
        name="missing-hsts",
        summary="answers have no Strict-Transport-Security",
        wrap_app=changing_headers(_drop_hsts),
    ),
    Fault(
        name="framing-allowed",
        summary="the Content-Security-Policy does not say who may frame an answer",
        wrap_app=changing_headers(_allow_framing),
    ),
    Fault(
        name="wrong-content-type",
        summary="the JSON is called text/html",
        wrap_app=changing_headers(_call_it_html),
    ),
)
