"""The asynchronous results of commands and charging profile requests, posted to the `response_url` of the request.

A partner names that URL, so it is hostile input: the result goes to the partner's own origin (that of its versions URL)
or nowhere, over verified TLS, without redirects, with the token that the partner gave us for its platform.
"""

from __future__ import annotations

from infra.service.call import Call
from infra.service.modules.dialect import Dialect
from infra.service.origins import https_origin
from infra.service.outbound import OutboundError
from infra.service.status import invalid_object
from infra.service.strict_json import JsonObject


def check_response_url(call: Call, url: str) -> None:
    """Raises Refusal for a URL that is not https, or not of the partner's platform as far as that is known."""
    origin = https_origin(url)
    if origin is None:
        raise invalid_object("response_url: not an https URL")
    known = _partner_origin(call)
    if known is not None and origin != known:
        raise invalid_object("response_url: not on your platform")


def send_result(call: Call, dialect: Dialect, url: str, result: JsonObject) -> None:
    """Post `result` after the answer. A partner that never registered has no platform that we know: nothing is sent."""
    if https_origin(url) != _partner_origin(call):
        call.record("result", outcome="not_sent", reason="platform_unknown")
        return
    call.services.background(_post(call, dialect, url, result))


async def _post(call: Call, dialect: Dialect, url: str, result: JsonObject) -> None:
    token = await call.services.vault.find(call.partner.id)
    if token is None:
        call.record("result", outcome="not_sent", reason="no_token")
        return
    try:
        await call.services.outbound.post(url, token, call.partner.encoding_of(dialect.number), result)
    except OutboundError as error:
        call.record("result", outcome="failed", reason=error.reason)
    else:
        call.record("result", outcome="sent")


def _partner_origin(call: Call) -> tuple[str, int] | None:
    url = call.identity.registration.versions_url
    return None if url is None else https_origin(url)
