"""Commands about the named EVSE: what ends by itself where it is not taken back, and sessions, which are stopped."""

import secrets
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scanner.gate.policy.commands import MADE_UP
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.ocpi.builder import build
from scanner.model.party import Party
from scanner.ocpi.callbacks.named_evse import NamedEvse
from scanner.ocpi.version_lists import version_with_data

RESERVED_FOR: Final = timedelta(minutes=10)
UNLOCK: Final = "UNLOCK_CONNECTOR"
STOP: Final = "STOP_SESSION"
_BITS: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One POST to the commands module; the `response_url` is put in by who sends it."""

    command: str
    body: dict[str, JsonValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A START_SESSION, and the mark by which the session that it begins is known: nobody else can have made it up."""

    command: Command
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanding:
    """Whose commands, about which EVSE, in which version."""

    version: str
    party: Party
    evse: NamedEvse
    ids: Random
    now: datetime

    @property
    def reserves(self) -> bool:
        """False for 2.1.1, whose reservations have numbers: one of ours could not be told from a driver's."""
        return not self.version.startswith("2.1")

    def unlock(self) -> Command:
        """UNLOCK_CONNECTOR: an unlocked connector with no car in it is as it was."""
        evse = self.evse
        body = self._built("UnlockConnector")
        place = {"location_id": evse.location_id, "evse_uid": evse.evse_uid, "connector_id": evse.connector_id}
        return Command(command=UNLOCK, body={**body, **place})

    def reserve(self) -> Command:
        """RESERVE_NOW for ten minutes, under an id of our own making."""
        body = self._built("ReserveNow")
        expiry = f"{self.now + RESERVED_FOR:%Y-%m-%dT%H:%M:%SZ}"
        place = {"location_id": self.evse.location_id, "evse_uid": self.evse.evse_uid, "expiry_date": expiry}
        ours = f"{MADE_UP}{self.ids.getrandbits(_BITS):012X}"
        return Command(command="RESERVE_NOW", body={**body, **place, "reservation_id": ours})

    def cancel(self, reserved: Command) -> Command:
        """CANCEL_RESERVATION of a reservation of ours."""
        body = {**self._built("CancelReservation"), "reservation_id": reserved.body["reservation_id"]}
        return Command(command="CANCEL_RESERVATION", body=body)

    def start(self, party: Party | None = None) -> Start:
        """START_SESSION with a token that nobody has, of our own party or of `party`.

        The mark is never one of before: a resumed run makes the same `ids` again, and a session of those may be over.
        """
        body, mark = self._built("StartSession"), f"{MADE_UP}{secrets.randbits(_BITS):012X}"
        given = body["token"]
        token: dict[str, JsonValue] = {**(given if isinstance(given, dict) else {}), "uid": mark}
        place: dict[str, JsonValue] = {"location_id": self.evse.location_id, "evse_uid": self.evse.evse_uid}
        if self.version.startswith("2.1"):
            token |= {"auth_id": mark}
        else:
            place |= {"connector_id": self.evse.connector_id, "authorization_reference": mark}
        if party is not None:
            token |= {"country_code": party.country_code, "party_id": party.party_id}
        return Start(command=Command(command="START_SESSION", body={**body, **place, "token": token}), mark=mark)

    def stop(self, session_id: str) -> Command:
        """STOP_SESSION of a session that such a command began."""
        return Command(command=STOP, body={**self._built("StopSession"), "session_id": session_id})

    def _built(self, name: str) -> dict[str, JsonValue]:
        version = version_with_data(self.version)
        seed = f"{MADE_UP}{self.ids.getrandbits(_BITS):012X}"
        return {**build(version, name, seed=seed, party=self.party, now=self.now, full=False)}
