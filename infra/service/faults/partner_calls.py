"""Faults of the service as a client of its partners: whom it trusts, where it goes, how much it takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.faults.fault import Fault
from infra.service.faults.held import json_object, replaying, whole_body
from infra.service.faults.registration import is_credentials
from infra.service.outbound import OutboundClient
from infra.service.settings import OutboundSettings

_MARKED: Final = "/-really-at-/"
_GROUP: Final = "outbound client"


def _client(name: str) -> Callable[[OutboundClient, OutboundSettings], OutboundClient]:
    """The careless client of that name; its module needs aiohttp, so it is loaded when the fault is chosen."""

    def made(_correct: OutboundClient, settings: OutboundSettings) -> OutboundClient:
        from infra.service.faults import careless_client  # noqa: PLC0415

        module: ModuleType = careless_client
        client: OutboundClient = getattr(module, name)(settings)
        return client

    return made


def _same(app: ASGIApp) -> ASGIApp:
    return app


def _fault(name: str, summary: str, client: str, wrap_app: Callable[[ASGIApp], ASGIApp] = _same) -> Fault:
    made = _client(client)
    return Fault(name=name, summary=summary, group=_GROUP, by_writing=True, replace_client=made, wrap_app=wrap_app)


class _TakesPlaintextUrls:
    """Lets http URLs of partners pass the look at their scheme."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"POST", "PUT"} or not is_credentials(scope):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        document = json_object(body)
        url = document.get("url")
        if isinstance(url, str) and url.startswith("http://"):
            document["url"] = f"https://{urlsplit(url).netloc}{_MARKED}{quote(url, safe='')}"
            body = json.dumps(document).encode()
        headers = [(key, value) for key, value in scope["headers"] if key != b"content-length"]
        sent = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        await self._app(sent, replaying(body), send)


FAULTS: Final = (
    _fault("client-trusts-any-certificate", "certificates of partners are not looked at", "TrustsAnyCertificate"),
    _fault("client-ignores-names", "any partner's certificate will do for any other", "IgnoresNames"),
    _fault("client-ignores-expiry", "certificates of partners hold for ever", "IgnoresExpiry"),
    _fault("client-takes-weak-keys", "keys of partners may be of any length", "TakesWeakKeys"),
    _fault("client-speaks-old-tls", "partners are called over TLS 1.0 and 1.1, too", "SpeaksOldTls"),
    _fault(
        "client-calls-in-plaintext", "a partner's URL may be http", "CallsInPlaintext", wrap_app=_TakesPlaintextUrls
    ),
    _fault("client-follows-redirects", "partners may redirect to other origins", "FollowsRedirects"),
    _fault("client-follows-into-plaintext", "partners may redirect to http", "FollowsIntoPlaintext"),
    _fault("client-takes-token-along", "a partner's token goes along with its redirect", "TakesTokenAlong"),
    _fault("client-follows-links", "a partner's version details may be on another origin", "FollowsLinks"),
    _fault("client-calls-inward", "partners' URLs may lead to addresses that are not public", "CallsInward"),
    _fault("client-redirected-inward", "a redirect may lead to addresses that are not public", "FollowsInward"),
    _fault("client-waits-for-ever", "a partner's answer may take an hour", "WaitsForEver"),
    _fault("client-reads-without-end", "a partner's answer may have any length", "ReadsWithoutEnd"),
    _fault("client-unpacks-everything", "the length of a packed answer is not looked at", "UnpacksEverything"),
    _fault("client-believes-errors", "data in answers that are errors is taken", "BelievesErrors"),
    _fault("client-mends-json", "answers without their end are mended", "MendsJson"),
    _fault("client-keeps-half-answers", "what came before a connection broke is taken for all", "KeepsHalfAnswers"),
    _fault("client-retries-at-once", "a partner that asks to wait is asked again and again", "RetriesAtOnce"),
)
