"""Sending a command to a partner's receiver interface (OCPI 2.2.1 and 2.3.0, commands), and waiting for one result.

The request is on record as open before it leaves, because its result may be faster than the answer to it; where the
partner does not accept the command it is taken off again. Each command has a `response_url` of its own, at the module
that takes results (`modules/results.py`).
"""

from __future__ import annotations

import uuid
from typing import Final

from infra.service.call import Answer, Call, Identity, MessageIds, Route, Services
from infra.service.commanding.manner import CommandManner
from infra.service.datetimes import format_datetime
from infra.service.modules.dialect import Dialect
from infra.service.modules.ownership import their_parties
from infra.service.modules.reading import read_object
from infra.service.modules.results import UNTIL
from infra.service.modules.writing import stored
from infra.service.outbound import OutboundError
from infra.service.partner import InterfaceRole, Role
from infra.service.status import Refusal, StatusCode, not_found
from infra.service.store import Kind, ObjectKey
from infra.service.strict_json import JsonObject

_DONE: Final = range(200, 300)
_LONGEST_S: Final = 600  # an answer that promises more is not waited for any longer
_ACCEPTED: Final = "ACCEPTED"


class CommandError(Exception):
    """The command was not taken. The sentence names no token."""


class CommandSender:
    """Idle until `attach`; `dialects` are those that are served."""

    def __init__(self, dialects: tuple[Dialect, ...], manner: CommandManner | None = None) -> None:
        self._dialects = {dialect.number: dialect for dialect in dialects if dialect.names_parties}
        self._manner = manner or CommandManner()
        self._services: Services | None = None

    def attach(self, services: Services) -> None:
        """What it works with."""
        self._services = services

    async def send(self, partner_id: str, command: str, body: JsonObject) -> str:
        """Send `body`, which lacks its `response_url`, as a command; the URL that the result may come to.

        Raises: CommandError where it is not valid, cannot be sent, or is not accepted.
        """
        call = await self._call(partner_id)
        dialect = self._dialects.get(call.identity.registration.version or "")
        if dialect is None or command not in dialect.commands:
            raise CommandError("there is no such command, or no registration in a version whose results have URLs")
        request_id = f"{command}/{self._manner.make_id()}"
        path = dialect.path("commands", InterfaceRole.SENDER)
        url = self._manner.response_url(f"{call.services.settings.public_origin}{path}/{request_id}")
        try:
            document = read_object(dialect.commands[command], {**body, "response_url": url}).to_json()
            await self._sent(call, dialect, request_id, document)
        except OutboundError as error:
            raise _failed(call, command, error.reason) from None
        except Refusal as refusal:
            raise _failed(call, command, refusal.message) from None
        call.record("command_sent", command=command, outcome=_ACCEPTED)
        return url

    async def _call(self, partner_id: str) -> Call:
        """As if the partner had called: what is read and recorded is the same."""
        services = self._services
        partner = services.settings.partner(partner_id) if services else None
        registration = await services.store.registration(partner_id) if services and partner else None
        if services is None or partner is None or registration is None or not partner.in_force(services.clock()):
            raise CommandError("there is no such partner, or its contract is not in force")
        return Call(
            services=services,
            identity=Identity(partner=partner, registration=registration),
            ids=MessageIds(request_id=str(uuid.uuid4()), correlation_id=str(uuid.uuid4())),
            route=_COMMANDED,
            path={},
            query=(),
            routed=None,
            body=_no_body,
        )

    async def _sent(self, call: Call, dialect: Dialect, request_id: str, document: JsonObject) -> None:
        theirs = min(their_parties(call, Role.CPO), default=None)
        if theirs is None:
            raise OutboundError("the partner runs no Charge Points")
        key = ObjectKey(dialect.collection(Kind.PENDING_RESULTS), theirs, request_id)
        await self._open(call, key, _LONGEST_S)
        try:
            timeout_s = await self._post(call, dialect, request_id.partition("/")[0], document)
        except (OutboundError, Refusal):
            await call.services.store.remove(key)
            raise
        await self._open(call, key, min(timeout_s, _LONGEST_S))

    async def _open(self, call: Call, key: ObjectKey, timeout_s: int) -> None:
        now = call.services.clock()
        until = self._manner.until(now, timeout_s).isoformat()
        await call.services.store.put(stored(key, {UNTIL: until}, last_updated=format_datetime(now)))

    async def _post(self, call: Call, dialect: Dialect, command: str, document: JsonObject) -> int:
        """The timeout of a command that was accepted, in seconds."""
        registration, services = call.identity.registration, call.services
        token = await services.vault.find(call.partner.id)
        named = (
            e.url for e in registration.endpoints if (e.identifier, e.role) == ("commands", InterfaceRole.RECEIVER)
        )
        url = next(named, None)
        if token is None or url is None:
            raise OutboundError("the partner has named no receiver interface, or given no token")
        reply = await services.outbound.exchange(
            "POST",
            f"{url.rstrip('/')}/{command}",
            token.authorization(call.partner.encoding_of(dialect.number)),
            {"X-Request-ID": call.ids.request_id, "X-Correlation-ID": call.ids.correlation_id},
            document,
        )
        said = reply.document.get("data")
        answer = said if isinstance(said, dict) else {}
        timeout_s = answer.get("timeout")
        if (
            reply.http_status not in _DONE
            or reply.status_code != StatusCode.SUCCESS
            or answer.get("result") != _ACCEPTED
        ):
            raise OutboundError(f"refused: {reply.http_status}, {reply.status_code}")
        if isinstance(timeout_s, bool) or not isinstance(timeout_s, int) or timeout_s < 0:
            raise OutboundError("invalid_answer")
        return timeout_s


def _failed(call: Call, command: str, reason: str) -> CommandError:
    call.record("command_sent", command=command, outcome="failed", reason=reason)
    return CommandError(f"the command was not taken: {reason}")


async def _no_body() -> JsonObject | None:
    return None


async def _nobody_asks(_call: Call) -> Answer:
    raise not_found("There is nothing here")


_COMMANDED: Final = Route(method="POST", template="operator", handler=_nobody_asks, module="commands")
