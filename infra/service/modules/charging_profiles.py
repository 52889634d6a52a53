"""Charging profiles (mod_charging_profiles): a partner's requests as Receiver; results and updates as Sender.

The EVSEs are simulated: they follow each profile that they are able to follow.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from infra.service.call import Answer, Call, Route
from infra.service.datetimes import format_datetime
from infra.service.modules import charge_point
from infra.service.modules.callbacks import check_response_url, send_result
from infra.service.modules.dialect import Dialect, ProfileTypes
from infra.service.modules.ownership import for_tenant, pushed_by
from infra.service.modules.reading import read_object, require_body
from infra.service.modules.results import keep_result
from infra.service.modules.side import receiver, sender
from infra.service.modules.writing import find_first, record_change, stored, write
from infra.service.partner import Role
from infra.service.rules import check_rules
from infra.service.status import invalid_parameter, not_found
from infra.service.store import Kind, ObjectKey, StoredObject, Visibility
from infra.service.strict_json import JsonObject

_TIMEOUT: Final = 30  # seconds
_SECONDS: Final = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
_CAPABLE: Final = "CHARGING_PROFILE_CAPABLE"
_UNLIMITED: Final = {"charging_rate_unit": "W", "charging_profile_period": [{"start_period": 0, "limit": 11000.0}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profiles:
    dialect: Dialect
    types: ProfileTypes

    async def get(self, call: Call) -> Answer:
        """Receiver GET: the active profile comes as a result."""
        url = _parameter(call, "response_url")
        if not _SECONDS.fullmatch(_parameter(call, "duration")):
            raise invalid_parameter("duration is not a number of seconds")
        check_response_url(call, url)
        session, response = await self._session(call)
        if session is None or response != "ACCEPTED":
            return _response(response)
        known = await call.services.store.find(self._key(session), Visibility())
        active = {
            "start_date_time": format_datetime(call.services.clock()),
            "charging_profile": _UNLIMITED if known is None else known.body,
        }
        send_result(call, self.dialect, url, {"result": "ACCEPTED", "profile": active})
        return _response(response)

    async def put(self, call: Call) -> Answer:
        """Receiver PUT: a new profile."""
        body = read_object(self.types.set_profile, await require_body(call)).to_json()
        check_rules(Kind.CHARGING_PROFILES, body["charging_profile"])
        check_response_url(call, body["response_url"])
        session, response = await self._session(call)
        if session is None or response != "ACCEPTED":
            return _response(response)
        moment = format_datetime(call.services.clock())
        profile = stored(self._key(session), body["charging_profile"], tenant=session.tenant, last_updated=moment)
        await write(call, "put", profile)
        send_result(call, self.dialect, body["response_url"], {"result": "ACCEPTED"})
        return _response(response)

    async def delete(self, call: Call) -> Answer:
        """Receiver DELETE: the profile ends."""
        url = _parameter(call, "response_url")
        check_response_url(call, url)
        session, response = await self._session(call)
        if session is None or response != "ACCEPTED":
            return _response(response)
        removed = await call.services.store.remove(self._key(session))
        record_change(call, "delete", self._key(session), "removed" if removed else "absent")
        send_result(call, self.dialect, url, {"result": "ACCEPTED" if removed else "UNKNOWN"})
        return _response(response)

    async def post_result(self, call: Call) -> Answer:
        """Sender POST of the result of a request that we sent."""
        document = await require_body(call)
        types = self.types
        model = types.active_result if "profile" in document else types.result
        return await keep_result(
            call, self.dialect, f"profile/{call.path['uid']}", read_object(model, document).to_json()
        )

    async def put_active(self, call: Call) -> Answer:
        """Sender PUT: the profile of a session that the partner pushed has changed."""
        body = read_object(self.types.active_profile, await require_body(call)).to_json()
        check_rules(Kind.CHARGING_PROFILES, body["charging_profile"])
        sessions = self.dialect.collection(Kind.SESSIONS)
        session = await find_first(call, sessions, call.path["session_id"], pushed_by(call, Role.CPO))
        if session is None:
            raise not_found("No such session")
        moment = format_datetime(call.services.clock())
        await write(call, "put", stored(self._key(session), body["charging_profile"], last_updated=moment))
        return Answer()

    async def _session(self, call: Call) -> tuple[StoredObject | None, str]:
        """The partner's own session, and what can be done with it. Another partner's is unknown."""
        sessions = self.dialect.collection(Kind.SESSIONS)
        session = await find_first(call, sessions, call.path["session_id"], for_tenant(call))
        if session is None:
            return None, "UNKNOWN_SESSION"
        if session.body["status"] != "ACTIVE":
            return session, "REJECTED"
        key = ObjectKey(self.dialect.collection(Kind.LOCATIONS), session.key.owner, session.body["location_id"])
        location = await call.services.store.find(key, Visibility())
        evse = None if location is None else charge_point.find_evse(location.body, session.body["evse_uid"])
        capable = evse is not None and _CAPABLE in evse.get("capabilities", ())
        return session, "ACCEPTED" if capable else "NOT_SUPPORTED"

    def _key(self, session: StoredObject) -> ObjectKey:
        return ObjectKey(self.dialect.collection(Kind.CHARGING_PROFILES), session.key.owner, session.key.object_id)


def _parameter(call: Call, name: str) -> str:
    given = [value for key, value in call.query if key == name]
    if len(given) != 1:
        raise invalid_parameter(f"{name} must be given once")
    return given[0]


def _response(result: str) -> Answer:
    data: JsonObject = {"result": result, "timeout": _TIMEOUT}
    return Answer(data=data)


def profile_routes(dialect: Dialect) -> tuple[Route, ...]:
    """Both sides; none in 2.1.1, which has no such module."""
    if dialect.profiles is None:
        return ()
    module = _Profiles(dialect=dialect, types=dialect.profiles)
    theirs, ours = receiver(dialect, "chargingprofiles"), sender(dialect, "chargingprofiles")
    return (
        theirs.read("/{session_id}", module.get),
        theirs.write("PUT", "/{session_id}", module.put),
        theirs.write("DELETE", "/{session_id}", module.delete),
        ours.write("POST", "/result/{uid}", module.post_result),
        ours.write("PUT", "/{session_id}", module.put_active),
    )
