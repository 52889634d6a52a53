"""Connections that are held open: headers or bodies that never end, and such on which nothing is asked."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Final

from scanner.gate.raw import ConnectionEnded, RawConnection
from scanner.model.burst import BurstSent
from scanner.model.effect import Effect
from scanner.model.exchange import FailureKind
from scanner.model.facts.ocpi.stress import HeldConnections, IdleConnectionsHeld, SlowBodiesHeld, SlowHeadersHeld
from scanner.model.intent import RawIntent
from scanner.model.late_dataclass import dataclass
from scanner.model.observation import Reason
from scanner.model.target import Endpoint
from scanner.ocpi.reply import NoReply
from scanner.ocpi.stress.counting import crowd, curve
from scanner.ocpi.stress.lab import Beside, Lab
from scanner.ocpi.stress.naming import NAME

_TIME_TO_CONNECT_S: Final = 5.0
_BODY_LENGTH: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One way to hold a connection: what is said at first, and what is added now and then."""

    fact: type[HeldConnections]
    purpose: str
    first: str
    drip: bytes


HOLDINGS: Final = (
    Holding(
        fact=SlowHeadersHeld,
        purpose="a request whose headers never end",
        first="GET /posture-nothing-here HTTP/1.1\r\nHost: {host}\r\n",
        drip=b"X-Slow: 1\r\n",
    ),
    Holding(
        fact=SlowBodiesHeld,
        purpose="a request whose body never ends",
        first="POST /posture-nothing-here HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {_BODY_LENGTH}\r\n\r\n",
        drip=b" ",
    ),
    Holding(fact=IdleConnectionsHeld, purpose="a connection on which nothing is asked", first="", drip=b""),
)


@dataclass(slots=True)
class _Held:
    """How one connection fared; `ended_after_s` None: still open when its time was over."""

    ended_after_s: float | None = None
    refused: bool = False


async def hold(lab: Lab, endpoint: Endpoint, holding: Holding) -> HeldConnections | NoReply:
    """Hold as many connections as may be, while the good partner goes on asking."""
    fared = [_Held() for _ in range(lab.rates.connections)]
    seconds = lab.pace.held_s

    async def holds() -> None:
        await asyncio.gather(*(_one(lab, endpoint, holding, held) for held in fared))

    beside = await lab.beside(holds, seconds)
    if isinstance(beside, NoReply):
        return beside
    after = await lab.good_ones(lab.pace.after_s)
    if isinstance(after, NoReply):
        return after
    if all(held.refused for held in fared):
        detail = f"none of {len(fared)} connections could be opened"
        return NoReply(reason=Reason.CONTROL_FAILED, detail=detail)
    return _seen(lab, holding, fared, beside, after)


def _seen(lab: Lab, holding: Holding, fared: Sequence[_Held], beside: Beside, after: BurstSent) -> HeldConnections:
    ended = [held.ended_after_s for held in fared if held.ended_after_s is not None]
    return holding.fact(
        opened=sum(not held.refused for held in fared),
        refused=sum(held.refused for held in fared),
        ended=len(ended),
        last_ended_s=round(max(ended), 1) if ended else None,
        held_s=lab.pace.held_s,
        good=lab.told(beside, crowd(after)),
        curve=curve((), (beside.before, beside.during, after), beside.during.began),
        curl=lab.curl,
    )


async def _one(lab: Lab, endpoint: Endpoint, holding: Holding, held: _Held) -> None:
    intent = RawIntent(
        effect=Effect.BURST,
        environment=lab.context.target.name,
        probe=NAME,
        purpose=holding.purpose,
        host=endpoint.origin.host,
        port=endpoint.origin.port,
        tls=endpoint.origin.scheme == "https",
        asks=False,
        timeout_s=_TIME_TO_CONNECT_S,
        deadline_s=lab.pace.held_s + _TIME_TO_CONNECT_S,
    )
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(lab.context.gate.raw(intent))
        if not isinstance(connection, RawConnection):
            held.refused = True
            return
        opened = time.monotonic()
        with suppress(ConnectionEnded):
            await connection.send(holding.first.format(host=endpoint.origin.host).encode())
        if await _ended(connection, holding, opened + lab.pace.held_s, lab.pace.drip_s):
            held.ended_after_s = time.monotonic() - opened


async def _ended(connection: RawConnection, holding: Holding, until: float, drip_s: float) -> bool:
    """Say a little more now and then; true as soon as the platform has ended it, an answer first or not."""
    listening = asyncio.create_task(_heard_out(connection))
    try:
        while (left := until - time.monotonic()) > 0:
            done, _ = await asyncio.wait({listening}, timeout=min(left, drip_s))
            if done:
                return True
            if holding.drip:
                try:
                    await connection.send(holding.drip)
                except ConnectionEnded:
                    return True
        return False
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _heard_out(connection: RawConnection) -> None:
    """Read until the platform ends the connection; silence goes on being listened to."""
    while True:
        try:
            if not await connection.receive():
                return
        except ConnectionEnded as ended:
            if ended.failure.kind is not FailureKind.TIMEOUT:
                return
