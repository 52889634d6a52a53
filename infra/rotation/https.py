"""The transport to partners: verified TLS 1.2 or newer, public addresses only, no redirects, small answers.

The address that was checked is the one that is connected to, so a name cannot point elsewhere the second time.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from infra.rotation.credentials import RotationError

HTTPS: Final = 443
MAX_ANSWER: Final = 256 * 1024  # bytes
TIMEOUT_S: Final = 15.0

AddressRule = Callable[[str], bool]


def is_public(address: str) -> bool:
    """True for an IPv4 address of the public internet: the functions of the stack have no IPv6."""
    parsed = ipaddress.ip_address(address)
    return parsed.version == 4 and parsed.is_global and not parsed.is_multicast  # noqa: PLR2004


class HttpsTransport:
    """See `Transport`. One connection a request."""

    def __init__(self, context: ssl.SSLContext | None = None, *, permitted: AddressRule = is_public) -> None:
        self._context = context or ssl.create_default_context()
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._permitted = permitted

    def request(self, method: str, url: str, headers: Mapping[str, str], body: Any | None) -> tuple[int, Any]:  # noqa: ANN401
        """See `Transport.request`."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise RotationError("the partner's URL is not a plain https URL")
        payload = None if body is None else json.dumps(body).encode()
        try:
            connection = self._connect(parts.hostname, parts.port or HTTPS)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target or "/", payload, {**_HEADERS, **_ids(), **headers})
            return _read(connection)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # the type only: messages of these can hold what was sent
            raise RotationError(f"the partner could not be reached ({type(error).__name__})") from None

    def _connect(self, host: str, port: int) -> http.client.HTTPSConnection:
        address = self._resolve(host, port)
        connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=self._context)
        raw = socket.create_connection((address, port), timeout=TIMEOUT_S)
        try:
            connection.sock = self._context.wrap_socket(raw, server_hostname=host)
        except BaseException:
            raw.close()
            raise
        return connection

    def _resolve(self, host: str, port: int) -> str:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)}
        if not found or not all(self._permitted(address) for address in found):
            raise RotationError("the partner's host has an address that is not public")
        return min(found)


_HEADERS: Final = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}


def _ids() -> dict[str, str]:
    return {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}


def _read(connection: http.client.HTTPSConnection) -> tuple[int, Any]:
    try:
        answer = connection.getresponse()
        data = answer.read(MAX_ANSWER + 1)
    finally:
        connection.close()
    if len(data) > MAX_ANSWER:
        raise RotationError(f"the partner's answer is larger than {MAX_ANSWER} bytes")
    try:
        return answer.status, json.loads(data)
    except ValueError:
        return answer.status, None
