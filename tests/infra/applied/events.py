"""The events that API Gateway hands to functions: REST APIs, format 1.0, behind a custom domain without base path."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A client certificate, with the names as API Gateway writes them."""

    subject: str
    issuer: str
    pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What came in on the socket; `target` is path and query as they stand in the request line."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]]
    body: str | None = None
    address: str = "198.51.100.17"
    certificate: Certificate | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def path(self) -> str:
        """Decoded, as the gateway hands it over."""
        return unquote(urlsplit(self.target).path)

    def header(self, name: str) -> str | None:
        """The last value of a header, in any case of its name."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The method of the API that a request met."""

    api_id: str
    account_id: str
    region: str
    stage: str
    deployment_id: str
    resource_id: str
    resource_path: str
    parameters: Mapping[str, str]


def authoriser_event(request: HttpRequest, matched: Matched) -> dict[str, Any]:
    """Of a REQUEST authoriser."""
    return {"type": "REQUEST", "methodArn": method_arn(request, matched), **_of_request(request, matched)}


def integration_event(request: HttpRequest, matched: Matched, authorizer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a Lambda proxy integration; `authorizer` is what the authoriser said."""
    event = _of_request(request, matched)
    event["requestContext"]["authorizer"] = dict(authorizer)
    return {**event, "body": request.body, "isBase64Encoded": False}


def method_arn(request: HttpRequest, matched: Matched) -> str:
    """What policies of an authoriser speak of."""
    where = f"{matched.region}:{matched.account_id}:{matched.api_id}/{matched.stage}"
    return f"arn:aws:execute-api:{where}/{request.method}/{request.path.lstrip('/')}"


def _of_request(request: HttpRequest, matched: Matched) -> dict[str, Any]:
    query = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
    return {
        "resource": matched.resource_path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": dict(request.headers),
        "multiValueHeaders": _many(request.headers),
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": _many(query) or None,
        "pathParameters": dict(matched.parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, matched),
    }


def _many(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _context(request: HttpRequest, matched: Matched) -> dict[str, Any]:
    now, host = datetime.now(UTC), request.header("Host") or ""
    nobody = ("accountId", "apiKey", "apiKeyId", "caller", "cognitoIdentityId", "principalOrgId", "user", "userArn")
    return {
        "resourceId": matched.resource_id,
        "resourcePath": matched.resource_path,
        "httpMethod": request.method,
        "extendedRequestId": request.request_id[:16],
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "path": request.path,
        "accountId": matched.account_id,
        "protocol": "HTTP/1.1",
        "stage": matched.stage,
        "domainPrefix": host.partition(".")[0],
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "requestId": request.request_id,
        "identity": {
            **dict.fromkeys(nobody),
            "sourceIp": request.address,
            "userAgent": request.header("User-Agent"),
            **_shown(request.certificate),
        },
        "domainName": host,
        "deploymentId": matched.deployment_id,
        "apiId": matched.api_id,
    }


def _shown(certificate: Certificate | None) -> dict[str, Any]:
    """As it stands in the events of a domain with mutual TLS."""
    if certificate is None:
        return {}
    validity = {"notBefore": "May 28 12:30:02 2026 GMT", "notAfter": "Aug  5 09:36:04 2032 GMT"}
    names = {"subjectDN": certificate.subject, "issuerDN": certificate.issuer}
    return {"clientCert": {"clientCertPem": certificate.pem, **names, "serialNumber": "1", "validity": validity}}
