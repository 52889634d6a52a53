"""Our platform as the target finds it that registers with us: soundly, or failing when it hands its credentials in."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field, replace
from http import HTTPStatus
from typing import Final

from scanner.model.facts.ocpi.answer import Access
from scanner.model.facts.ocpi.invited import Named
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.served import CallersToken, ServedAnswer, ServedCall
from scanner.ocpi.credentials.bodies import PartyInRole, credentials_body
from scanner.ocpi.credentials.made_up_partner import MadeUpPartner
from scanner.ocpi.credentials.parties import parties_named
from scanner.ocpi.credentials.troubles import VERSIONS_PATH, Mishap, Step, Trouble, step_of

MISHAPS: Final = (
    Mishap.HANGS_UP,
    Mishap.OCPI_ERROR,
    Mishap.SERVER_ERROR,
    Mishap.STALLS,
    Mishap.GARBAGE,
    Mishap.BREAKS_OFF,
    Mishap.REFUSES,
)
_HOLD_S: Final = 8.0
_LONGEST_URL: Final = 255  # OCPI types, URL
_KNOWN: Final = frozenset({CallersToken.AGREED, CallersToken.NEWEST})
Fetch = Callable[[], Awaitable[Access | None]]


def acts(starts: int) -> tuple[Mishap | None, ...]:
    """How each start ends, in order: the last one soundly (None)."""
    return (*MISHAPS[: starts - 1], None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One POST of credentials; fields as in `StartTried`."""

    mishap: Mishap | None
    looked_up: bool
    fetched: Access | None
    named: Named


@dataclass(slots=True, kw_only=True)
class Host:
    """Answers the target, start by start; what came is in `came`. While we look at one, the next has to wait.

    `fetch` asks for the target's versions with the token that it just offered, as whoever is registered with has to
    (None: nobody can yet).
    """

    partner: MadeUpPartner
    own: PartyInRole
    to_come: Sequence[Mishap | None]
    stall_s: float
    fetch: Fetch | None = None
    came: "asyncio.Queue[Start]" = field(default_factory=asyncio.Queue)
    _free: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: set[Step] = field(default_factory=set)

    def ready(self) -> None:
        """The next start may come."""
        self._free.set()

    async def answer(self, call: ServedCall) -> ServedAnswer | None:
        """What one call is answered."""
        if call.method == "POST" and step_of(call.path) is Step.CREDENTIALS and call.token is CallersToken.AGREED:
            return await self._handed_in(call)
        if call.token is CallersToken.AGREED and not await self._has_turn(call):
            return _LATER
        if call.token not in _KNOWN or call.method != "GET":
            return await self.partner.answer(call)
        self._asked.add(step_of(call.path))
        return await self.partner.answer(replace(call, token=CallersToken.NEWEST))

    async def _has_turn(self, call: ServedCall) -> bool:
        """A start begins with our versions URL."""
        if call.path.partition("?")[0] != VERSIONS_PATH:
            return True
        try:
            async with asyncio.timeout(_HOLD_S):
                await self._free.wait()
        except TimeoutError:
            return False
        return True

    async def _handed_in(self, call: ServedCall) -> ServedAnswer | None:
        if self.to_come and not self._free.is_set():  # somebody tries again while we look at what he has begun
            return _LATER
        if not call.brought or not self.to_come:
            status = HTTPStatus.BAD_REQUEST if self.to_come else HTTPStatus.METHOD_NOT_ALLOWED
            return ServedAnswer(status=status, headers=_JSON, body=self._envelope(None, 2001))
        self._free.clear()
        mishap, *rest = self.to_come
        self.to_come = tuple(rest)
        looked_up = {Step.VERSIONS, Step.DETAILS} <= self._asked
        self._asked.clear()
        fetched: Access | None = None
        try:
            fetched = await self.fetch() if self.fetch else None
            if mishap is None:
                return self._taken(call)
            return await Trouble(step=Step.CREDENTIALS, mishap=mishap, stall_s=self.stall_s).answer()
        finally:
            named = _named(call.body)
            self.came.put_nowait(Start(mishap=mishap, looked_up=looked_up, fetched=fetched, named=named))

    def _taken(self, call: ServedCall) -> ServedAnswer:
        version = call.path.strip("/").partition("/")[0]
        ours = credentials_body(version, self.partner.base + VERSIONS_PATH, self.own)
        return ServedAnswer(headers=_JSON, body=self._envelope(json.loads(ours.json), 1000), takes=True)

    def _envelope(self, data: JsonValue, status: int) -> bytes:
        said: dict[str, JsonValue] = {"status_code": status, "timestamp": self.partner.timestamp}
        return json.dumps(said if data is None else {"data": data, **said}).encode()


_JSON: Final = (("Content-Type", "application/json"),)
_LATER: Final = ServedAnswer(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=(("Retry-After", "2"),))


def _named(body: bytes) -> Named:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    url = document.get("url") if isinstance(document, dict) else None
    return Named(url=url[:_LONGEST_URL] if isinstance(url, str) else "", parties=parties_named(document))
