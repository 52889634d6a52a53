"""How the rotation talks to a partner: the parts of OCPI that the credentials handshake needs, over any transport."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from infra.rotation.credentials import PartnerRefused, RotationError, TokenRefused

VERSION: Final = "2.2.1"
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,64}")  # OCPI 2.2.1, credentials: token
_SUCCESS: Final = range(1000, 2000)
_DONE: Final = range(200, 300)
# 4xx is a no, but for those that speak of time: what was asked may still be going on
_TOKEN_REFUSED: Final = frozenset({401, 403})
_REFUSED: Final = frozenset(range(400, 500)) - {408, 425, 429}


class Transport(Protocol):
    """One HTTPS request."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: Any | None) -> tuple[int, Any]:  # noqa: ANN401
        """HTTP status and the JSON that came with it. Raises RotationError."""
        ...


class PartnerClient(Protocol):
    """One partner's platform."""

    def versions(self, versions_url: str, token: str) -> str:
        """The URL of the version details. Raises RotationError."""
        ...

    def exchange(self, method: str, versions_url: str, token: str, credentials: Mapping[str, Any]) -> str:
        """Send our credentials object (POST or PUT); the partner's new token.

        Raises PartnerRefused when the partner has certainly not taken it, RotationError when nobody knows.
        """
        ...


class OcpiClient:
    """OCPI 2.2.1. URLs come from the partner's answers, and stay on the origin of its versions URL."""

    def __init__(self, transport: Transport, *, encoding: str = "base64") -> None:
        self._transport = transport
        self._encoding = encoding

    def versions(self, versions_url: str, token: str) -> str:
        """See `PartnerClient.versions`."""
        found = self._data("GET", versions_url, token, None)
        urls = [entry["url"] for entry in _objects(found) if entry.get("version") == VERSION and "url" in entry]
        if not urls:
            raise RotationError(f"the partner does not offer OCPI {VERSION}")
        return _same_origin(urls[0], versions_url)

    def exchange(self, method: str, versions_url: str, token: str, credentials: Mapping[str, Any]) -> str:
        """See `PartnerClient.exchange`."""
        url = self._credentials_url(versions_url, token)
        answer = self._data(method, url, token, credentials)
        new = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(new, str) or not _TOKEN.fullmatch(new):
            raise RotationError("the partner's answer to the handshake holds no token")
        return new

    def _credentials_url(self, versions_url: str, token: str) -> str:
        """Before anything is sent that changes something: whatever goes wrong here is a refusal."""
        try:
            details = self._data("GET", self.versions(versions_url, token), token, None)
            endpoints = _objects(details.get("endpoints") if isinstance(details, dict) else None)
            urls = [e["url"] for e in endpoints if e.get("identifier") == "credentials" and "url" in e]
            if not urls:
                raise PartnerRefused("the partner's version details name no credentials endpoint")
            return _same_origin(urls[0], versions_url)
        except RotationError as error:
            raise PartnerRefused(str(error)) from None

    def _data(self, method: str, url: str, token: str, body: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - JSON
        status, answer = self._transport.request(method, url, {"Authorization": self._authorization(token)}, body)
        code = answer.get("status_code") if isinstance(answer, dict) else None
        if status in _DONE and isinstance(code, int) and code in _SUCCESS:
            return answer.get("data")
        clear = status in _REFUSED or (status in _DONE and isinstance(code, int))
        sentence = f"the partner answered {method} with HTTP {status} and OCPI status {code!r}"
        if status in _TOKEN_REFUSED:
            raise TokenRefused(sentence)
        raise PartnerRefused(sentence) if clear else RotationError(sentence)

    def _authorization(self, token: str) -> str:
        return "Token " + (base64.b64encode(token.encode()).decode() if self._encoding == "base64" else token)


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _same_origin(url: object, versions_url: str) -> str:
    """The token goes nowhere else."""
    if not isinstance(url, str) or urlsplit(url)[:2] != urlsplit(versions_url)[:2]:
        raise RotationError("the partner names a URL on another origin than its versions URL")
    return url
