"""Fetching a partner's versions and version details during the credentials exchange (OCPI 2.2.1, credentials)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from infra.service.call import Call
from infra.service.credentials_token import CredentialsToken
from infra.service.outbound import OutboundError
from infra.service.partner import InterfaceRole
from infra.service.registration import PartnerEndpoint
from infra.service.status import Refusal, StatusCode, invalid_object
from infra.service.v2_2_1.objects.credentials import VersionDetails, VersionInfo
from infra.service.v2_2_1.paths import NUMBER

_VERSIONS: Final = TypeAdapter(list[VersionInfo])
_HTTPS_PORT: Final = 443


async def fetch_endpoints(call: Call, versions_url: str, token: CredentialsToken) -> tuple[PartnerEndpoint, ...]:
    """The partner's endpoints of this version, read over HTTPS from the origin of its versions URL.

    Raises Refusal with OCPI 2001 (not an https URL), 3001 (not usable), 3002 (version missing) or 3003 (no credentials
    endpoint).
    """
    origin = _origin(versions_url)
    if origin is None:
        raise invalid_object("url must be an https URL")
    try:
        versions = _VERSIONS.validate_python(await _get(call, versions_url, token))
        details_url = next((v.url for v in versions if v.version == NUMBER), None)
        if details_url is None:
            raise _failed(call, StatusCode.UNSUPPORTED_VERSION, "version_missing")
        if _origin(details_url) != origin:
            raise _failed(call, StatusCode.UNUSABLE_API, "other_origin")
        details = VersionDetails.model_validate(await _get(call, details_url, token))
    except ValidationError:
        raise _failed(call, StatusCode.UNUSABLE_API, "invalid_answer") from None
    if all(e.identifier != "credentials" for e in details.endpoints):
        raise _failed(call, StatusCode.NO_MATCHING_ENDPOINTS, "credentials_missing")
    return tuple(
        PartnerEndpoint(identifier=e.identifier, role=InterfaceRole(e.role), url=e.url) for e in details.endpoints
    )


async def _get(call: Call, url: str, token: CredentialsToken) -> object:
    try:
        return await call.services.outbound.get(url, token, call.partner.token_encoding)
    except OutboundError as error:
        raise _failed(call, StatusCode.UNUSABLE_API, error.reason) from None


def _failed(call: Call, code: StatusCode, reason: str) -> Refusal:
    call.record("handshake", outcome="failed", status_code=int(code), reason=reason)
    # reached and understood, so no HTTP error; the reason stays here, as it would tell what our network can reach
    return Refusal(HTTPStatus.OK, code, "The handshake could not be completed")


def _origin(url: str) -> tuple[str, int] | None:
    """Host and port of an https URL; None for anything else."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _HTTPS_PORT
    except ValueError:
        return None
    return (host.lower(), port) if parts.scheme.lower() == "https" and host else None
