"""Fetching a partner's versions and version details during the credentials exchange (OCPI 2.2.1, credentials)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from pydantic import TypeAdapter, ValidationError

from infra.service.call import Call
from infra.service.credentials_token import CredentialsToken
from infra.service.modules.version_documents import VersionDetails, VersionInfo
from infra.service.origins import https_origin
from infra.service.outbound import OutboundError
from infra.service.partner import InterfaceRole
from infra.service.registration import PartnerEndpoint
from infra.service.status import Refusal, StatusCode, invalid_object

_NO_ROLE: Final = InterfaceRole.SENDER  # 2.1.1 names none
_VERSIONS: Final = TypeAdapter(list[VersionInfo])


async def fetch_endpoints(
    call: Call, number: str, versions_url: str, token: CredentialsToken
) -> tuple[PartnerEndpoint, ...]:
    """The partner's endpoints of version `number`, read over HTTPS from the origin of its versions URL.

    Raises Refusal with OCPI 2001 (not an https URL), 3001 (not usable), 3002 (version missing) or 3003 (no credentials
    endpoint).
    """
    origin = https_origin(versions_url)
    if origin is None:
        raise invalid_object("url must be an https URL")
    try:
        versions = _VERSIONS.validate_python(await _get(call, number, versions_url, token))
        details_url = next((v.url for v in versions if v.version == number), None)
        if details_url is None:
            raise _failed(call, StatusCode.UNSUPPORTED_VERSION, "version_missing")
        if https_origin(details_url) != origin:
            raise _failed(call, StatusCode.UNUSABLE_API, "other_origin")
        details = VersionDetails.model_validate(await _get(call, number, details_url, token))
    except ValidationError:
        raise _failed(call, StatusCode.UNUSABLE_API, "invalid_answer") from None
    if all(e.identifier != "credentials" for e in details.endpoints):
        raise _failed(call, StatusCode.NO_MATCHING_ENDPOINTS, "credentials_missing")
    return tuple(
        PartnerEndpoint(identifier=e.identifier, role=InterfaceRole(e.role or _NO_ROLE), url=e.url)
        for e in details.endpoints
    )


async def _get(call: Call, number: str, url: str, token: CredentialsToken) -> object:
    try:
        return await call.services.outbound.get(url, token, call.partner.encoding_of(number))
    except OutboundError as error:
        raise _failed(call, StatusCode.UNUSABLE_API, error.reason) from None


def _failed(call: Call, code: StatusCode, reason: str) -> Refusal:
    call.record("handshake", outcome="failed", status_code=int(code), reason=reason)
    # reached and understood, so no HTTP error; the reason stays here, as it would tell what our network can reach
    return Refusal(HTTPStatus.OK, code, "The handshake could not be completed")
