"""Send one HTTP request to one pinned address and read a bounded answer. Only the gate calls this."""

import asyncio
import socket
import ssl
import time
import zlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from scanner.gate.wire import Wire
from scanner.model.exchange import Exchange, Failed, FailureKind

_CHUNK: Final = 65_536
_IDLE_S: Final = 30.0  # a probe may think between two requests on one connection
_CUT_OFF: Final = "the target closed the connection before the answer was complete"


class _PinnedResolver(AbstractResolver):
    """Answers with the addresses that the gate has approved, so a name cannot be rebound between check and use."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The approved addresses for whatever name is asked."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@dataclass(slots=True)
class _Connected:
    """What is known of the connection that a request went over."""

    way: "_Way | None" = None
    since: float = 0.0
    reused: bool = False


_CURRENT: Final[ContextVar[_Connected]] = ContextVar("connected")


@dataclass(frozen=True, slots=True)
class _Way:
    """What is the same for every request over one connection."""

    peer: str | None
    tls_version: str | None
    tls_cipher: str | None


class _ObservedConnector(aiohttp.TCPConnector):
    """Notes address and TLS parameters before the answer is read: a short answer releases the connection at once."""

    def __init__(self, addresses: tuple[str, ...], *, limit: int) -> None:
        super().__init__(
            resolver=_PinnedResolver(addresses), limit=limit, use_dns_cache=False, keepalive_timeout=_IDLE_S
        )
        self._ways: WeakKeyDictionary[object, _Way] = WeakKeyDictionary()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> Connection:
        """Connect or reuse, and take note for the request under way."""
        connection = await super().connect(req, traces, timeout)
        noted = _CURRENT.get()
        noted.since = time.monotonic()
        way = self._ways.get(connection.protocol)
        noted.reused = way is not None
        if way is None:
            way = self._ways[connection.protocol] = _way(connection.transport)
        noted.way = way
        return connection


def _way(transport: asyncio.Transport | None) -> _Way:
    if transport is None:
        return _Way(None, None, None)
    peer = transport.get_extra_info("peername")  # gone where the peer resets at once
    tls = transport.get_extra_info("ssl_object")
    return _Way(
        peer=str(peer[0]) if peer else None,
        tls_version=tls.version() if tls else None,
        tls_cipher=tls.cipher()[0] if tls else None,
    )


class HttpSender:
    """Keeps one pool of connections for each set of host, addresses and TLS context, and the named ones apart."""

    def __init__(self) -> None:
        self._sessions: dict[tuple[object, ...], aiohttp.ClientSession] = {}

    async def send(self, wire: Wire, number: int | None = None) -> Exchange | Failed:
        """One request, the journal's `number`, and its answer; whatever goes wrong on the way is a `Failed`."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(wire.timeout_s):
                return await self._exchange(wire, started, number)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError, zlib.error) as error:
            kind, detail = _failure(error, wire.timeout_s)
            return Failed(kind=kind, detail=detail, method=wire.method, url=wire.shown_url, peer=wire.addresses[0])

    async def close(self) -> None:
        """Close every connection."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        await asyncio.sleep(0.01)  # TLS transports close in the next turns of the loop

    async def _exchange(self, wire: Wire, started: float, number: int | None) -> Exchange:
        session = self._session(wire)
        request = session.request(
            wire.method,
            URL(wire.url, encoded=True),
            headers=CIMultiDict(wire.headers),
            data=wire.body,
            allow_redirects=False,
            ssl=wire.tls if wire.tls is not None else True,
        )
        connected = _Connected()
        _CURRENT.set(connected)
        async with request as response:
            headers = tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in response.raw_headers)
            body, truncated = await _bounded_body(response, wire)
            if truncated:
                response.close()
            way = connected.way
            return Exchange(
                method=wire.method,
                url=wire.shown_url,
                request_headers=wire.shown_headers,
                request_body=wire.shown_body,
                status=response.status,
                headers=headers,
                body=body,
                truncated=truncated,
                elapsed_s=time.monotonic() - (connected.since or started),
                peer=(way.peer if way else None) or wire.addresses[0],
                tls_version=way.tls_version if way else None,
                tls_cipher=way.tls_cipher if way else None,
                reused_connection=connected.reused,
                spoken_as=wire.spoken_as,
                encoding=wire.encoding,
                derived_from=wire.derived_from,
                token_form=wire.token_form,
                private_ca=wire.private_ca and way is not None and way.tls_version is not None,
                number=number,
            )

    def _session(self, wire: Wire) -> aiohttp.ClientSession:
        key = (wire.host, wire.addresses, wire.tls, wire.max_header_bytes, wire.connection)
        if key not in self._sessions:
            connector = _ObservedConnector(wire.addresses, limit=0 if wire.connection is None else 1)
            session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=10.0),
                max_line_size=8190,
                max_field_size=wire.max_header_bytes,
                skip_auto_headers={"User-Agent", "Accept", "Accept-Encoding", "Content-Type"},
            )
            session._retry_connection = False  # noqa: SLF001 - aiohttp would repeat a PUT or DELETE by itself
            self._sessions[key] = session
        return self._sessions[key]


async def _bounded_body(response: aiohttp.ClientResponse, wire: Wire) -> tuple[bytes, bool]:
    """The decoded body up to `limit` bytes, and whether there was more; a gzip bomb is cut at the limit."""
    coding = response.headers.get("Content-Encoding", "").lower()
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding in {"gzip", "deflate"} else None
    body, limit = bytearray(), wire.max_body_bytes
    async for chunk in response.content.iter_chunked(_CHUNK):
        wire.received(len(chunk))
        body += inflate.decompress(chunk, limit + 1 - len(body)) if inflate else chunk
        if len(body) > limit:
            return bytes(body[:limit]), True
    return bytes(body), False


def _failure(error: BaseException, timeout_s: float) -> tuple[FailureKind, str]:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return FailureKind.CONNECT_TIMEOUT, "no connection within 10 s"
        case TimeoutError():
            return FailureKind.TIMEOUT, f"no whole answer within {timeout_s:g} s"
        case aiohttp.ClientConnectorError() | aiohttp.ClientConnectorCertificateError() | ssl.SSLError():
            return _no_connection(error)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError() | aiohttp.ClientOSError():
            return FailureKind.RESET, _CUT_OFF
        case ConnectionError():
            return FailureKind.RESET, _CUT_OFF
        case aiohttp.ClientResponseError():
            return _bad_response(error)
        case zlib.error():
            return FailureKind.NOT_HTTP, "the body is not in the content coding that its header names"
        case _:
            return FailureKind.NOT_HTTP, type(error).__name__


def _no_connection(error: BaseException) -> tuple[FailureKind, str]:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return FailureKind.CERTIFICATE, _certificate_reason(error.certificate_error)
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, ssl.SSLCertVerificationError):
            return FailureKind.CERTIFICATE, _certificate_reason(error.os_error)
        case aiohttp.ClientConnectorError() if not isinstance(error, aiohttp.ClientConnectorSSLError):
            return FailureKind.REFUSED, str(error.os_error.strerror or error.os_error)
        case _:
            return FailureKind.TLS, str(error)


def _bad_response(error: aiohttp.ClientResponseError) -> tuple[FailureKind, str]:
    text = str(error.message).splitlines()[0] if error.message else type(error).__name__
    if "Got more than" in text or "too long" in text.lower() or "too many" in text.lower():
        return FailureKind.HEADERS_TOO_LARGE, "the response headers are larger than the limit"
    return FailureKind.NOT_HTTP, text[:200]


def _certificate_reason(error: BaseException) -> str:
    return getattr(error, "verify_message", "") or str(error)
