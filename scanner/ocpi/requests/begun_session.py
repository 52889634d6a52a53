"""The session that a START_SESSION of ours began: found by its mark in the platform's own list, and stopped.

No answer to the command says its id. A scan that was killed left it running, so `cleanup` finds and stops it as well.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Final

from msgspec import structs

from scanner.gate.gate import Gate
from scanner.model.credential import IdentityCredential
from scanner.model.effect import Effect
from scanner.model.exchange import Exchange, Failed
from scanner.model.facts.ocpi.commands import Took
from scanner.model.intent import HttpIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.leftover import Leftover
from scanner.model.party import Party
from scanner.ocpi.commands.answer import asked
from scanner.ocpi.pagination import next_link
from scanner.ocpi.reply import read_reply

OVER: Final = frozenset({"COMPLETED", "INVALID"})
MOST_PAGES: Final = 10
TRIES: Final = 2  # a Charge Point that did not hear of a stop may hear of the next
_SUCCESS: Final = range(1000, 2000)
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 5.0
_AGAIN_S: Final = 1.0  # what was refused may be over all the same
_LASTING: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
_NOT_LISTED: Final = "no session that it began is listed: whoever runs the EVSE has to look at it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """As the platform lists it."""

    session_id: str
    status: str
    document: Mapping[str, JsonValue]

    @property
    def is_over(self) -> bool:
        """Nothing flows any more."""
        return self.status in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Why the list could not be read to its end; `passing`: perhaps it can in a moment."""

    why: str
    passing: bool


_ENDLESS: Final = Unread(why=f"the list of sessions has more than {MOST_PAGES} pages", passing=False)


async def look(gate: Gate, left: Leftover, probe: str) -> Begun | Unread | None:
    """The session with the mark of `left`, one that goes on where there are several; None where the list has none."""
    ended = None
    async for ours in _pages(gate, left, probe):
        if isinstance(ours, Unread):
            return ours
        if going := next((one for one in ours if not one.is_over), None):
            return going
        ended = next(iter(ours), ended)
    return ended


async def every(gate: Gate, left: Leftover, probe: str) -> tuple[Begun, ...] | Unread:
    """All sessions with the mark of `left`."""
    found = list[Begun]()
    async for ours in _pages(gate, left, probe):
        if isinstance(ours, Unread):
            return ours
        found += ours
    return tuple(found)


async def _pages(gate: Gate, left: Leftover, probe: str) -> AsyncIterator[tuple[Begun, ...] | Unread]:
    """What each page lists of ours, until one could not be read or there were too many."""
    url = left.session_list
    for _ in range(MOST_PAGES):
        if url is None:
            return
        page = await _page(gate, left, url, probe)
        if isinstance(page, Unread):
            yield page
            return
        ours, url = page
        yield ours
    if url is not None:
        yield _ENDLESS


async def _page(gate: Gate, left: Leftover, url: str, probe: str) -> tuple[tuple[Begun, ...], str | None] | Unread:
    """Those with the mark on one page, and where the next one is."""
    outcome = await gate.http(_listing(left, url, probe))
    if not isinstance(outcome, Exchange):
        return Unread(why=outcome.detail, passing=isinstance(outcome, Failed))
    reply = read_reply(outcome, 0)
    if outcome.status != HTTPStatus.OK or reply.ocpi_status not in _SUCCESS:
        why = f"the list of sessions was answered with HTTP {outcome.status}"
        return Unread(why=why, passing=outcome.status not in _LASTING)
    ours = tuple(one for one in map(_read, reply.objects) if one and _shows(one, left.session_mark))
    return ours, next_link(outcome)


async def look_until(gate: Gate, left: Leftover, probe: str, within_s: float, *, over: bool) -> Begun | Unread | None:
    """The same, asked again until it is listed, or over; what was seen last when the time is."""
    end, pause_s = time.monotonic() + within_s, _FIRST_PAUSE_S
    while True:
        seen = await look(gate, left, probe)
        if isinstance(seen, Unread) and not seen.passing:
            return seen
        if isinstance(seen, Begun) and (seen.is_over or not over):
            return seen
        if time.monotonic() + pause_s > end:
            return seen
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


async def end(gate: Gate, left: Leftover, probe: str, within_s: float) -> str | None:
    """Stop it, and see that it is over; why it is not known to be, or None."""
    why = _NOT_LISTED
    for _ in range(TRIES):
        seen = await look_until(gate, left, probe, within_s, over=False)
        if not isinstance(seen, Begun):
            return seen.why if seen else why
        if seen.is_over:
            return None
        said = asked("STOP_SESSION", await gate.http(stopping(left, seen.session_id, probe)), result=False)
        why = f"STOP_SESSION: {said.took}{f' ({said.why})' if said.why else ''}"
        if said.took is Took.ACCEPTED:
            why = "STOP_SESSION was accepted, and the session was not seen to end"
        elif said.took is Took.NOT_SENT:
            return why
        settling_s = within_s if said.took is Took.ACCEPTED else min(_AGAIN_S, within_s)
        seen = await look_until(gate, left, probe, settling_s, over=True)
        if isinstance(seen, Begun) and seen.is_over:
            return None
    return why


def stopping(left: Leftover, session_id: str, probe: str) -> HttpIntent:
    """STOP_SESSION, as the leftover says how.

    Raises: ValueError where it does not.
    """
    if left.undo_url is None or left.undo_body is None or left.identity is None:
        raise ValueError("nothing says how the session is stopped")
    body = {**json.loads(left.undo_body), "session_id": session_id}
    return structs.replace(
        _listing(left, left.undo_url, probe),
        effect=Effect.ACTUATE,
        purpose=f"stop {left.what}",
        method="POST",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
        module=left.module,
        owners=frozenset({Party.parse(left.owner)}) if left.owner else frozenset(),
        evse=left.evse,
        begun_with=left.session_mark,
    )


def _listing(left: Leftover, url: str, probe: str) -> HttpIntent:
    return HttpIntent(
        effect=Effect.READ,
        environment=left.environment,
        probe=probe,
        purpose=f"look for {left.what}",
        identity=left.identity,
        method="GET",
        url=url,
        credential=IdentityCredential(identity=left.identity, encoding=left.encoding) if left.identity else None,
    )


def _read(listed: JsonValue) -> Begun | None:
    if not isinstance(listed, Mapping) or not isinstance(listed.get("id"), str):
        return None
    return Begun(session_id=str(listed["id"]), status=str(listed.get("status")), document=listed)


def _shows(one: Begun, mark: str | None) -> bool:
    """In one of the places where a platform hands on what a command said; ids are compared without case."""
    token = one.document.get("cdr_token")
    uid = token.get("uid") if isinstance(token, Mapping) else None
    shown = (uid, one.document.get("auth_id"), one.document.get("authorization_reference"))
    return mark is not None and mark.lower() in {text.lower() for text in shown if isinstance(text, str)}
