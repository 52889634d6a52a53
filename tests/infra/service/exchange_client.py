"""A small client for tests: sends exactly what it is told, over one fresh TLS connection per request."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any

from tests.targets.reference_service import RunningService

CPO = "/ocpi/cpo/2.2.1"
EMSP = "/ocpi/emsp/2.2.1"
DETAILS = "/ocpi/2.2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Status, headers and body of one answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The OCPI response."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """The OCPI response's data."""
        return self.json["data"]

    @property
    def code(self) -> int:
        """The OCPI status code."""
        return int(self.json["status_code"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Speaks as one partner; `partner` None sends no Authorization header."""

    service: RunningService
    partner: str | None = None
    authorization: str | None = None

    def __call__(
        self,
        method: str,
        path: str,
        document: object = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        sent = {}
        value = self.authorization or (self.service.authorization(self.partner) if self.partner else None)
        if value is not None:
            sent["Authorization"] = value
        body = raw if document is None else json.dumps(document).encode()
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        connection = http.client.HTTPSConnection(
            self.service.host, self.service.port, context=self.service.client_context(), timeout=60
        )
        try:
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            return Reply(status=response.status, headers=response.headers, body=response.read())
        finally:
            connection.close()

    def get(self, path: str, **kwargs: Any) -> Reply:
        return self("GET", path, **kwargs)

    def put(self, path: str, document: object, **kwargs: Any) -> Reply:
        return self("PUT", path, document, **kwargs)

    def patch(self, path: str, document: object, **kwargs: Any) -> Reply:
        return self("PATCH", path, document, **kwargs)

    def post(self, path: str, document: object = None, **kwargs: Any) -> Reply:
        return self("POST", path, document, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Reply:
        return self("DELETE", path, **kwargs)


def emsp_a(service: RunningService) -> Client:
    return Client(service=service, partner="emsp-a")


def emsp_b(service: RunningService) -> Client:
    return Client(service=service, partner="emsp-b")


def cpo_c(service: RunningService) -> Client:
    return Client(service=service, partner="cpo-c")


def newcomer(service: RunningService) -> Client:
    return Client(service=service, partner="newcomer")


def nobody(service: RunningService) -> Client:
    return Client(service=service)
