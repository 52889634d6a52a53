"""Clients that trust their partners in one way too many; each is the correct one but for that."""

from __future__ import annotations

import json
import ssl
import warnings
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

import aiohttp

from infra.service.credentials_token import CredentialsToken
from infra.service.outbound import OutboundError
from infra.service.outbound_https import HttpsClient
from infra.service.partner import TokenEncoding
from infra.service.settings import OutboundSettings
from infra.service.strict_json import JsonObject

_NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL; Python has no name for it
_MOST_HOPS: Final = 5
_MOST_TRIES: Final = 6
_NOT_NOW: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
MARKED: Final = "/-really-at-/"
Fetched = tuple[int, dict[str, str], bytes]


class TrustsAnyCertificate(HttpsClient):
    """Asks for TLS, and for nothing of it."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        self._context.check_hostname = False
        self._context.verify_mode = ssl.CERT_NONE


class IgnoresNames(HttpsClient):
    """Takes anybody's certificate for the partner's."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        self._context.check_hostname = False


class IgnoresExpiry(HttpsClient):
    """Certificates are for ever."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        self._context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)


class TakesWeakKeys(HttpsClient):
    """Any length of key."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        self._context.set_ciphers("DEFAULT:@SECLEVEL=0")


class SpeaksOldTls(TakesWeakKeys):
    """TLS 1.0 and 1.1, whose signatures no higher security level of OpenSSL allows."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            self._context.minimum_version = ssl.TLSVersion.TLSv1


class FollowsRedirects(HttpsClient):
    """To wherever TLS is spoken on addresses that may be called; the token stays at its origin."""

    takes_token = False
    schemes: frozenset[str] = frozenset({"https"})

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        origin = urlsplit(url).netloc
        got = await super()._fetch(method, url, headers, body)
        for _ in range(_MOST_HOPS):
            if got[0] not in range(300, 400) or "location" not in got[1]:
                break
            url = urljoin(url, got[1]["location"])
            if urlsplit(url).scheme not in self.schemes:
                raise OutboundError("invalid_url")
            self._check_url(url.replace("http://", "https://", 1))
            is_home = urlsplit(url).netloc == origin
            sent = {n: v for n, v in headers.items() if is_home or self.takes_token or n != "Authorization"}
            got = await super()._fetch(method, url, sent, body)
        return got


class TakesTokenAlong(FollowsRedirects):
    """The token goes wherever the redirect leads."""

    takes_token = True


class FollowsIntoPlaintext(FollowsRedirects):
    """A redirect may leave TLS."""

    schemes = frozenset({"https", "http"})


class _AnyHost(frozenset[str]):
    """All hosts at once."""

    __slots__ = ()

    def __contains__(self, host: object) -> bool:
        """True."""
        return True


class CallsInward(HttpsClient):
    """Every address is as good as any other."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(replace(settings, private_hosts=_AnyHost()))


class FollowsInward(FollowsRedirects):
    """Looks at the first address, and at none that a redirect leads to."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(settings)
        self._followed = CallsInward(settings)

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        got = await HttpsClient._fetch(self, method, url, headers, body)  # noqa: SLF001 - its own grandparent
        if got[0] not in range(300, 400) or urlsplit(got[1].get("location", "")).scheme != "https":
            return got
        sent = {name: value for name, value in headers.items() if name != "Authorization"}
        return await self._followed._fetch(method, got[1]["location"], sent, body)  # noqa: SLF001 - of its own kind


class WaitsForEver(HttpsClient):
    """An hour for each call."""

    def __init__(self, settings: OutboundSettings) -> None:
        """See `HttpsClient`."""
        super().__init__(replace(settings, timeout_s=3600.0))


class ReadsWithoutEnd(HttpsClient):
    """Any length of answer."""

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        return await response.read()


class UnpacksEverything(HttpsClient):
    """Counts bytes before it unpacks them."""

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        status, received, data = await super()._fetch(method, url, headers, body)
        if received.get("content-encoding") == "gzip":
            data = zlib.decompress(data, wbits=31).rstrip()
        return status, received, data


class BelievesErrors(HttpsClient):
    """Data is data."""

    async def _successful(self, method: str, url: str, authorization: str, document: JsonObject | None) -> Any:  # noqa: ANN401
        return (await self.exchange(method, url, authorization, {}, document)).document.get("data")


class MendsJson(HttpsClient):
    """Adds what seems to be missing at the end."""

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        status, received, data = await super()._fetch(method, url, headers, body)
        try:
            json.loads(data)
        except ValueError:
            data += b"}"
        return status, received, data


class KeepsHalfAnswers(HttpsClient):
    """What came before the connection broke will do."""

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        with suppress(aiohttp.ClientPayloadError):
            async for chunk in super()._chunks(response):
                yield chunk


class RetriesAtOnce(HttpsClient):
    """Asks again whatever it is told."""

    async def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Fetched:
        got = await super()._fetch(method, url, headers, body)
        for _ in range(_MOST_TRIES - 1):
            if got[0] not in _NOT_NOW:
                break
            got = await super()._fetch(method, url, headers, body)
        return got


class FollowsLinks(HttpsClient):
    """Details may be anywhere: a URL of another origin is handed on in a form that hides that."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        data = await super().get(really_at(url), token, encoding)
        parts = urlsplit(url)
        for one in data if isinstance(data, list) else ():
            if urlsplit(one.get("url", "")).netloc != parts.netloc:
                one["url"] = f"{parts.scheme}://{parts.netloc}{MARKED}{quote(one['url'], safe='')}"
        return data


class CallsInPlaintext(HttpsClient):
    """An http URL, which comes as a marked https one, is called as it was written."""

    async def get(self, url: str, token: CredentialsToken, encoding: TokenEncoding) -> Any:  # noqa: ANN401 - JSON
        """See `OutboundClient.get`."""
        return await super().get(really_at(url), token, encoding)

    def _check_url(self, url: str) -> None:
        super()._check_url(url.replace("http://", "https://", 1))


def really_at(url: str) -> str:
    """The URL that a marked one hides."""
    hidden = urlsplit(url).path.partition(MARKED)[2]
    return unquote(hidden) if hidden else url
