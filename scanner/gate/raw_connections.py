"""Raw connections: decided, pinned to an address, taken from the budget of their host, on record."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import field
from typing import Final, cast

from scanner.gate.address import is_loopback
from scanner.gate.addresses import PinnedAddresses
from scanner.gate.budget import BudgetUsed
from scanner.gate.budgets import HostBudgets
from scanner.gate.decision import Decisions
from scanner.gate.policy import MISFRAMED, endpoint_for
from scanner.gate.raw import RawConnection, open_raw
from scanner.gate.record import IntentRecord
from scanner.gate.stress_budget import StressBudgets
from scanner.gate.tls_context import looking_context
from scanner.model.effect import Effect
from scanner.model.exchange import Failed, RefusalKind, Refused
from scanner.model.intent import RawIntent
from scanner.model.json_value import JsonValue
from scanner.model.late_dataclass import dataclass
from scanner.model.target import EnvironmentTarget

_GOODBYE_S: Final = 0.01  # TLS transports close in the next turns of the loop


@dataclass(frozen=True, slots=True, kw_only=True)
class RawConnections:
    """The gate's way out for bytes that no client library sends."""

    targets: Mapping[str, EnvironmentTarget]
    decisions: Decisions
    record: IntentRecord
    budgets: HostBudgets
    stress_budgets: StressBudgets
    addresses: PinnedAddresses
    open_ones: set[asyncio.BaseTransport] = field(default_factory=set)

    @asynccontextmanager
    async def open(self, intent: RawIntent) -> AsyncIterator[RawConnection | Failed | Refused]:
        """See `Gate.raw`."""
        addresses = self.decisions.refusal(intent) or await self.addresses.resolve(intent, intent.host)
        if not isinstance(addresses, tuple):
            yield addresses
            return
        try:
            address = addresses[0] if intent.address is None else intent.address
            if address not in addresses:
                yield Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{address} is no address of {intent.host}")
                return
            if intent.misframed and not is_loopback(address):
                yield Refused(kind=RefusalKind.OUT_OF_SCOPE, detail=f"{address} is not loopback: {MISFRAMED}")
                return
            async with self._turn(intent):
                self.record.note(intent, _as_noted(intent))
                connection = await open_raw(intent, address, self._context(intent), self.open_ones)
                try:
                    yield connection
                finally:
                    if isinstance(connection, RawConnection):
                        connection.close()
        except BudgetUsed as used:
            yield Refused(kind=RefusalKind.BUDGET, detail=f"{intent.host} has had its {used}")

    async def close(self) -> None:
        """End those whose target has not said goodbye."""
        if self.open_ones:
            await asyncio.sleep(_GOODBYE_S)
        for transport in tuple(self.open_ones):
            cast("asyncio.Transport", transport).abort()  # other loops have classes of their own

    def _context(self, intent: RawIntent) -> ssl.SSLContext | None:
        if not intent.tls:
            return None
        endpoint = endpoint_for(intent.host.lower(), self.targets[intent.environment], intent.port)
        return looking_context(endpoint.client if endpoint else None)

    def _turn(self, intent: RawIntent) -> AbstractAsyncContextManager[None]:
        if intent.effect is Effect.BURST:
            return self.stress_budgets.of(intent.host, intent.environment).host.turn()
        return self.budgets.of(intent.host, intent.environment).turn(refusal=intent.asks)


def _as_noted(intent: RawIntent) -> dict[str, JsonValue]:
    """The connection as the journal has it; one of a burst counts for the budget of bursts."""
    where = f"{intent.host}:{intent.port}"
    if intent.effect is Effect.BURST:
        return {"raw_burst": where, "burst_host": intent.host, "at_most": 1, "seconds": 0}
    return {"raw": where, "anonymous": intent.asks}
