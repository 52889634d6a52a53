"""Charging profiles of a session of ours at a named EVSE: set, replaced, read, cleared; not another's or an ended one.

The session has to be there: the scanner starts none.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from scanner.gate.policy.commands import MADE_UP
from scanner.model.facts.ocpi.transitions import Became
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.ocpi.builder import build
from scanner.model.party import Party
from scanner.ocpi.client import OcpiClient
from scanner.ocpi.interfaces import Interface
from scanner.ocpi.pagination import next_link
from scanner.ocpi.reply import NoReply
from scanner.ocpi.requests.requester import Request, Requester
from scanner.ocpi.version_lists import version_with_data

MOST: Final = 11  # requests, without those that find the session
MOST_PAGES: Final = 10
_BITS: Final = 48
_ENDED: Final = "needs a session of this identity at a named EVSE that is COMPLETED"
_FOREIGN: Final = "needs a second disposable identity with a session at a named EVSE"
_NEGATIVE: Final = "a limit below zero is not sent to a charge point"
_PERIODS: Final = "charging_profile_period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """A session at a named EVSE: its id, and the EVSE's uid."""

    session_id: str
    evse_uid: str


async def sessions(
    client: OcpiClient, interface: Interface, names: frozenset[str], party: Party
) -> Mapping[str, Stays] | NoReply:
    """The first session of each status that a driver of `party` has at a named EVSE, as the platform lists them."""
    found: dict[str, Stays] = {}
    url: str | None = interface.url
    for number in range(MOST_PAGES):
        if url is None or "ACTIVE" in found:
            break
        reply = await client.get(url, f"{interface.name}, page {number + 1}, at a named EVSE", interface.credential)
        if isinstance(reply, NoReply):
            return reply
        for status, stays in _at(reply.objects, names, party):
            found.setdefault(status, stays)
        url = next_link(reply.exchange)
    return found


def _at(objects: tuple[JsonValue, ...], names: frozenset[str], party: Party) -> Iterator[tuple[str, Stays]]:
    """A platform may list sessions of others' drivers: those are left alone."""
    for one in objects:
        if not isinstance(one, Mapping) or one.get("evse_uid") not in names or not isinstance(one.get("id"), str):
            continue
        driver = one.get("cdr_token")
        whose = (driver.get("country_code"), driver.get("party_id")) if isinstance(driver, Mapping) else None
        if whose == (party.country_code, party.party_id):
            yield str(one.get("status")), Stays(session_id=str(one["id"]), evse_uid=str(one["evse_uid"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """`own`: the session of ours that is charging; `ended` one that is over; `theirs` one of our other identity."""

    requester: Requester
    interface: Interface
    party: Party
    now: datetime
    own: Stays
    ended: Stays | None
    theirs: Stays | None

    async def walk(self) -> None:
        """Ours through its life, and profiles that cannot be on the way."""
        made = await self._put("set", self.own, leaves=(self._leftover(),))
        if made is Became.DONE:
            await self._put("replace", self.own)
            await self._ask("read", "GET", self.own, "?duration=900")
            await self._wrong()
        cleared = made in {Became.DONE, Became.UNREAD} and await self._ask("clear", "DELETE", self.own)
        if cleared is Became.DONE:
            self.requester.context.gate.taken_back(self._leftover())
        if made is Became.DONE:
            await self._ask("clear-nothing", "DELETE", self.own)
        self.requester.not_tried("set-below-zero", _NEGATIVE)

    async def _wrong(self) -> None:
        await self._put("set-unordered", self.own, ordered=False)
        made_up = Stays(session_id=f"{MADE_UP}{self.requester.ids.getrandbits(_BITS):012X}", evse_uid="")
        await self._put("set-on-unknown-session", made_up)
        for edge, stays, why in (
            ("set-on-completed-session", self.ended, _ENDED),
            ("set-on-session-of-other-sender", self.theirs, _FOREIGN),
        ):
            if stays is None:
                self.requester.not_tried(edge, why)
                continue
            left = self._leftover(stays, edge)
            became = await self._put(edge, stays, leaves=(left,))
            if became in {Became.REFUSED, Became.NOT_TRIED}:
                self.requester.context.gate.taken_back(left)
            else:
                await self.requester.undo(self._request("taken back", "DELETE", stays, None, ()), left)

    async def _put(self, edge: str, stays: Stays, *, ordered: bool = True, leaves: tuple[Leftover, ...] = ()) -> Became:
        return await self.requester.ask(self._request(edge, "PUT", stays, self._body(ordered=ordered), leaves))

    async def _ask(self, edge: str, method: str, stays: Stays, query: str = "") -> Became:
        return await self.requester.ask(self._request(edge, method, stays, None, (), query))

    def _request(
        self,
        edge: str,
        method: str,
        stays: Stays,
        body: dict[str, JsonValue] | None,
        leaves: tuple[Leftover, ...],
        query: str = "",
    ) -> Request:
        return Request(
            edge=edge,
            interface=self.interface,
            method=method,
            url=f"{self.interface.url.rstrip('/')}/{quote(stays.session_id, safe='')}{query}",
            body=body,
            evse=stays.evse_uid or None,
            owners=frozenset({self.party}),
            leaves=leaves,
        )

    def _body(self, *, ordered: bool) -> dict[str, JsonValue]:
        version = version_with_data(self.interface.version)
        seed = f"{MADE_UP}{self.requester.ids.getrandbits(_BITS):012X}"
        made = build(version, "SetChargingProfile", seed=seed, party=self.party, now=self.now)
        profile = made["charging_profile"]
        if ordered or not isinstance(profile, Mapping):
            return made
        periods = profile[_PERIODS]
        turned = list(reversed(periods)) if isinstance(periods, list) else periods
        return {**made, "charging_profile": {**profile, _PERIODS: turned}}

    def _leftover(self, stays: Stays | None = None, edge: str = "set") -> Leftover:
        """Of our own session, unless another one is named."""
        evse = (stays or self.own).evse_uid
        return Leftover(
            what=f"a charging profile ({edge}) of a session at EVSE {evse}, which ends with the session",
            environment=self.interface.subject.environment,
            identity=self.interface.credential.identity,
            module="chargingprofiles",
            owner=str(self.party),
        )
