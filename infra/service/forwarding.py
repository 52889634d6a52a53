"""A hub passes requests on to the partner whose party OCPI-to names (2.2.1, transport_and_format: message routing).

The sender was checked against its token before. The request goes to the receiver's own endpoint of the same version and
module, with the receiver's token, a new request id and the same correlation id; the answer comes back as it is, with
Link leading to us. Broadcasts, open routing and GET ALL are not offered: each request names one receiver.
"""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from infra.service.call import Answer, Call
from infra.service.origins import https_origin
from infra.service.outbound import OutboundError, OutboundReply
from infra.service.partner import Partner, Party
from infra.service.registration import Registration
from infra.service.routing_headers import RoutedParties
from infra.service.status import Refusal, StatusCode

_STATUSES: Final = frozenset(int(status) for status in HTTPStatus)
_PAGE_HEADERS: Final = ("X-Total-Count", "X-Limit")


async def forward(call: Call, routed: RoutedParties, path: str, query: str) -> Answer:
    """`path` is the request's, percent-encoded. Raises Refusal with OCPI 4001, 4002 or 4003."""
    if routed.sender is None or routed.receiver is None:
        raise _failed(call, StatusCode.HUB_ERROR, "sender_missing")
    partner = _holder(call, routed.receiver)
    registration = await call.services.store.registration(partner.id)
    endpoint = None if registration is None else _endpoint(call, registration)
    token = await call.services.vault.find(partner.id)
    if endpoint is None or token is None:
        raise _failed(call, StatusCode.NOT_CONNECTED, "not_registered")
    url = endpoint.rstrip("/") + path.removeprefix(_own_endpoint(call)) + (f"?{query}" if query else "")
    try:
        reply = await call.services.outbound.exchange(
            call.route.method,
            url,
            token.authorization(partner.encoding_of(_version(call))),
            _headers(call, routed.sender, routed.receiver),
            await call.body(),
        )
    except OutboundError as error:
        code = StatusCode.HUB_TIMEOUT if error.reason == "timeout" else StatusCode.NOT_CONNECTED
        raise _failed(call, code, error.reason) from None
    if reply.http_status not in _STATUSES:
        raise _failed(call, StatusCode.HUB_ERROR, "odd_status")
    call.record("forwarded", outcome="answered", to=partner.id, http_status=reply.http_status)
    return _answer(call, reply)


def _holder(call: Call, receiver: Party) -> Partner:
    now = call.services.clock()
    for partner in call.services.settings.partners:
        if receiver in partner.parties() and partner.in_force(now):
            return partner
    raise _failed(call, StatusCode.UNKNOWN_RECEIVER, "unknown_receiver")


def _endpoint(call: Call, registration: Registration) -> str | None:
    """The receiver's endpoint, on the origin of its versions URL: its token goes nowhere else."""
    if registration.version != _version(call) or registration.versions_url is None:
        return None
    origin = https_origin(registration.versions_url)
    for endpoint in registration.endpoints:
        same = endpoint.identifier == call.route.module and endpoint.role is call.route.side
        if same and https_origin(endpoint.url) == origin:
            return endpoint.url
    return None


def _version(call: Call) -> str:
    return call.route.template.split("/")[3]


def _own_endpoint(call: Call) -> str:
    return "/".join(call.route.template.split("/")[:5])


def _headers(call: Call, sender: Party, receiver: Party) -> dict[str, str]:
    return {
        "OCPI-from-country-code": sender.country_code,
        "OCPI-from-party-id": sender.party_id,
        "OCPI-to-country-code": receiver.country_code,
        "OCPI-to-party-id": receiver.party_id,
        "X-Request-ID": str(uuid.uuid4()),
        "X-Correlation-ID": call.ids.correlation_id,
    }


def _answer(call: Call, reply: OutboundReply) -> Answer:
    headers = [(name, reply.headers[name.lower()]) for name in _PAGE_HEADERS if name.lower() in reply.headers]
    following = reply.next_page
    if following is not None:
        ours = call.services.settings.public_origin + _own_endpoint(call)
        headers.insert(0, ("Link", f'<{ours}?{urlsplit(following).query}>; rel="next"'))
    return Answer(
        data=reply.document.get("data"),
        http_status=HTTPStatus(reply.http_status),
        status_code=reply.status_code,
        message="Answered by the receiver",
        headers=tuple(headers),
    )


def _failed(call: Call, code: StatusCode, reason: str) -> Refusal:
    call.record("forwarded", outcome="failed", status_code=int(code), reason=reason)
    return Refusal(HTTPStatus.OK, code, "The request could not be passed on")
