"""Faults of trust in what partners say of themselves: their URL, and their parties."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from infra.service.credentials_token import CredentialsToken
from infra.service.faults.fault import Fault
from infra.service.faults.held import HeldAnswer, replaying, whole_body
from infra.service.faults.registration import is_credentials
from infra.service.outbound import OutboundClient, OutboundError, OutboundReply
from infra.service.partner import TokenEncoding
from infra.service.strict_json import JsonObject
from infra.service.supported import VERSIONS

_SAID: Final = ("roles", "country_code", "party_id")
_INVALID: Final = 2001
_SUCCESS: Final = 1000


class _Believing:
    """Makes up what a partner should have answered; `asks` it first."""

    def __init__(self, inner: OutboundClient, *, asks: bool) -> None:
        self._inner = inner
        self._asks = asks

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`; the very URL tells what would be fine to hear."""
        if self._asks:
            with contextlib.suppress(OutboundError):
                await self._inner.get(url, token, encoding)
        parts = urlsplit(url)
        number = parts.path.rpartition("/")[2]
        if number in {version.number for version in VERSIONS}:
            credentials = {"identifier": "credentials", "role": "SENDER", "url": f"{url}/credentials"}
            return {"version": number, "endpoints": [credentials]}
        origin = f"{parts.scheme}://{parts.netloc}"
        return [{"version": v.number, "url": f"{origin}{parts.path.rpartition('/')[0]}/{v.number}"} for v in VERSIONS]

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """See `OutboundClient.post`."""
        await self._inner.post(url, token, encoding, document)

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """See `OutboundClient.exchange`."""
        return await self._inner.exchange(method, url, authorization, headers, document)


class _RolesBelieved:
    """Where parties in credentials are refused, asks again with those that were accepted last, and says yes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._accepted: dict[str, dict[str, object]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or not is_credentials(scope):
            await self._app(scope, receive, send)
            return
        body = await whole_body(receive)
        answer = await self._ask(scope, body)
        status, document = answer.document["status_code"], json.loads(body)
        before = self._accepted.get(scope["path"])
        if status == _SUCCESS:
            self._accepted[scope["path"]] = {name: document[name] for name in _SAID if name in document}
        elif status == _INVALID and before is not None:
            answer = await self._ask(scope, json.dumps({**document, **before}).encode())
        await answer.pass_on(send)

    async def _ask(self, scope: Scope, body: bytes) -> HeldAnswer:
        headers = [(key, value) for key, value in scope["headers"] if key != b"content-length"]
        asked = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
        answer = HeldAnswer()
        await self._app(asked, replaying(body), answer)
        return answer


FAULTS: Final = (
    Fault(
        name="partner-not-fetched",
        summary="credentials are accepted without a look at the partner's versions",
        by_writing=True,
        group="trust in partners",
        wrap_outbound=lambda inner: _Believing(inner, asks=False),
    ),
    Fault(
        name="partner-not-verified",
        summary="a partner's versions are fetched, and whatever they say is fine",
        by_writing=True,
        group="trust in partners",
        wrap_outbound=lambda inner: _Believing(inner, asks=True),
    ),
    Fault(
        name="roles-believed",
        summary="PUT credentials accepts any party",
        by_writing=True,
        wrap_app=_RolesBelieved,
    ),
)
