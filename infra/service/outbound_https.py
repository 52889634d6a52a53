"""The HTTPS client for calls to partners: verified TLS, public addresses only, no redirects, small answers.

A partner names the URL, so it is hostile input: without these rules a handshake would read our internal network for it
(server-side request forgery). The address that was checked is the one that is connected to: there is no second look-up.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import ssl
import uuid
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult

from infra.service.credentials_token import CredentialsToken
from infra.service.outbound import OutboundError, OutboundReply, retry_after
from infra.service.partner import TokenEncoding
from infra.service.settings import OutboundSettings
from infra.service.status import StatusCode
from infra.service.strict_json import InvalidJsonError, JsonObject, parse_json

_OK: Final = 200
_CHUNK: Final = 16 * 1024  # bytes
# IPv6 ranges that carry an IPv4 address inside, which a gateway may reach: NAT64, 6to4, Teredo
_TRANSLATED: Final = tuple(
    ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class HttpsClient:
    """See `OutboundClient`. One connection per call, closed afterwards."""

    def __init__(self, settings: OutboundSettings) -> None:
        """Raises OSError when the CA file cannot be read."""
        self._settings = settings
        self._context = ssl.create_default_context(cafile=settings.ca_path)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        return await self._successful("GET", url, token.authorization(encoding), None)

    async def post(self, url: str, token: CredentialsToken, encoding: TokenEncoding, document: JsonObject) -> None:
        """See `OutboundClient.post`."""
        await self._successful("POST", url, token.authorization(encoding), document)

    async def exchange(
        self, method: str, url: str, authorization: str, headers: Mapping[str, str], document: JsonObject | None
    ) -> OutboundReply:
        """See `OutboundClient.exchange`."""
        self._check_url(url)
        body = None if document is None else json.dumps(document).encode()
        sent = {"Authorization": authorization, **headers}
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                status, received, data = await self._fetch(method, url, sent, body)
        except TimeoutError:
            raise OutboundError("timeout") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise OutboundError(f"connection: {type(error).__name__}") from None
        return OutboundReply(http_status=status, headers=received, document=_document(status, received, data))

    async def _successful(self, method: str, url: str, authorization: str, document: JsonObject | None) -> Any:  # noqa: ANN401
        ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
        reply = await self.exchange(method, url, authorization, ids, document)
        if reply.http_status != _OK:
            raise OutboundError(f"http_status: {reply.http_status}")
        if reply.document.get("status_code") != StatusCode.SUCCESS:
            raise OutboundError("not_successful")
        return reply.document.get("data")

    async def _fetch(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "ocpi-reference-service"}
        sent |= headers if body is None else {**headers, "Content-Type": "application/json"}
        connector = aiohttp.TCPConnector(
            ssl=self._context, resolver=_GuardedResolver(self._settings), use_dns_cache=False, force_close=True
        )
        async with (
            aiohttp.ClientSession(connector=connector, trust_env=False, auto_decompress=False) as session,
            session.request(method, yarl.URL(url, encoded=True), headers=sent, data=body, allow_redirects=False) as got,
        ):
            received = {name.lower(): value for name, value in got.headers.items()}
            return got.status, received, await self._read(got)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        data = b""
        async for chunk in self._chunks(response):
            data += chunk
            if len(data) > self._settings.max_answer_bytes:
                raise OutboundError("too_large")
        return data

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        async for chunk in response.content.iter_chunked(_CHUNK):
            yield chunk

    def _check_url(self, url: str) -> None:
        """A literal address never reaches the resolver, so it is checked here."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise OutboundError("invalid_url") from None
        if parts.scheme != "https" or not host or parts.username is not None or parts.password is not None:
            raise OutboundError("invalid_url")
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return
        _check_address(host, str(address), self._settings)


def _document(status: int, headers: Mapping[str, str], data: bytes) -> JsonObject:
    try:
        answer = parse_json(data)
    except InvalidJsonError:
        reason = "invalid_json" if status == _OK else f"http_status: {status}"
        raise OutboundError(reason, retry_after(headers)) from None
    if not isinstance(answer, dict):
        raise OutboundError("not_successful")
    return answer


class _GuardedResolver(AbstractResolver):
    """The system's resolver, whose answer is refused as a whole when one address in it is not public."""

    def __init__(self, settings: OutboundSettings) -> None:
        self._settings = settings

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses that may be connected to. Raises OutboundError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        for _, _, _, _, address in found:
            _check_address(host, str(address[0]), self._settings)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=int(kind),
                proto=proto,
                flags=socket.AI_NUMERICHOST,
            )
            for kind, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Nothing to give back."""


def _check_address(host: str, address: str, settings: OutboundSettings) -> None:
    if host.lower() in settings.private_hosts:
        return
    if not is_public(address):
        raise OutboundError("address_not_public")


def is_public(address: str) -> bool:
    """True for a unicast address of the public internet, also when it hides an IPv4 address."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if any(parsed in network for network in _TRANSLATED):
            return False
    return parsed.is_global and not parsed.is_multicast
