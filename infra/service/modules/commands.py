"""Commands (mod_commands): a partner's commands as Receiver; results of our own as Sender.

The Charge Points are simulated: they answer by the status of their EVSE, keep reservations, and begin and end sessions
in which nothing flows. Commands of a partner are about its own drivers' tokens and sessions; the result goes to its own
platform only.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from infra.service.call import Answer, Call, Route
from infra.service.modules import charge_point
from infra.service.modules.callbacks import check_response_url, send_result
from infra.service.modules.dialect import Dialect
from infra.service.modules.ownership import for_everybody, for_tenant, their_parties
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.remote_sessions import begin, finish
from infra.service.modules.reservations import cancel, check_expiry, reserve
from infra.service.modules.results import keep_result
from infra.service.modules.side import receiver, sender
from infra.service.modules.writing import find_first
from infra.service.partner import Party, Role
from infra.service.rules import check_rules
from infra.service.status import Refusal, StatusCode, invalid_object, not_found
from infra.service.store import Kind, StoredObject
from infra.service.strict_json import JsonObject

_TIMEOUT = 30  # seconds


def command_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides."""

    async def post_command(call: Call) -> Answer:
        """Receiver POST of a command: the answer says whether it goes to the Charge Point."""
        command = call.path["command"]
        if command not in dialect.commands:
            raise not_found("No such command")
        body = read_object(dialect.commands[command], await require_body(call)).to_json()
        check_response_url(call, body["response_url"])
        _check_token(call, body.get("token"))
        check_expiry(call, body)
        response, result = await _judged(call, dialect, command, body)
        call.record("command", command=command, outcome=response, result=result)
        if result is not None:
            send_result(call, dialect, body["response_url"], {"result": result})
        return Answer(data=_response(dialect, response))

    async def post_result(call: Call) -> Answer:
        """Sender POST of the result of a command that we sent."""
        body = read_object(dialect.command_result, await require_body(call)).to_json()
        return await keep_result(call, dialect, f"{call.path['command']}/{call.path['uid']}", body)

    return (
        receiver(dialect, "commands").write("POST", "/{command}", post_command),
        sender(dialect, "commands").write("POST", "/{command}/{uid}", post_result),
    )


def _check_token(call: Call, token: JsonObject | None) -> None:
    """A partner uses its own tokens only; in 2.1.1 a token does not say whose it is."""
    if token is None:
        return
    check_rules(Kind.TOKENS, token)
    if "country_code" not in token:
        return
    if Party(token["country_code"], token["party_id"]) not in their_parties(call, Role.EMSP):
        raise invalid_object("token: not one of yours")


async def _judged(call: Call, dialect: Dialect, command: str, body: JsonObject) -> tuple[str, str | None]:
    """What we answer, and what the Charge Point says if it is asked."""
    if command == "STOP_SESSION":
        return await _stop(call, dialect, body)
    if command == "CANCEL_RESERVATION":
        return "ACCEPTED", await cancel(call, dialect, str(body["reservation_id"]))
    location = await _location(call, dialect, body["location_id"])
    evse = charge_point.find_evse(location.body, body.get("evse_uid"))
    if evse is None:
        return "REJECTED", None
    if not charge_point.has_connector(evse, body.get("connector_id")):
        return "REJECTED", None
    if not charge_point.can(evse, command):
        return "NOT_SUPPORTED", None
    result = charge_point.result(evse, command, new_words=dialect.names_parties)
    if command == "RESERVE_NOW" and result == "ACCEPTED":
        await reserve(call, dialect, str(body["reservation_id"]), body)
    if command == "START_SESSION" and result == "ACCEPTED" and not await begin(call, dialect, location, evse, body):
        result = charge_point.occupied(new_words=dialect.names_parties)
    return "ACCEPTED", result


async def _stop(call: Call, dialect: Dialect, body: JsonObject) -> tuple[str, str | None]:
    """Another partner's session is as unknown as one that does not exist."""
    session = await find_first(call, dialect.collection(Kind.SESSIONS), body["session_id"], for_tenant(call))
    if session is None:
        return "UNKNOWN_SESSION", None
    if session.body["status"] != "ACTIVE":
        return "REJECTED", None
    return "ACCEPTED", "ACCEPTED" if await finish(call, dialect, session) else "REJECTED"


async def _location(call: Call, dialect: Dialect, location_id: str) -> StoredObject:
    found = await find_first(call, dialect.collection(Kind.LOCATIONS), location_id, for_everybody(call, Role.CPO))
    if found is None:
        raise Refusal(HTTPStatus.OK, StatusCode.UNKNOWN_LOCATION, "Unknown location")
    return found


def _response(dialect: Dialect, response: str) -> dict[str, Any]:
    return {"result": response, "timeout": _TIMEOUT} if dialect.names_parties else {"result": response}
