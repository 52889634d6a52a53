"""Names are looked up once a run and pinned from then on, so that none can be rebound between check and use."""

import asyncio
import socket
from collections.abc import Mapping

from scanner.gate.address import is_internal
from scanner.gate.policy import address_in_scope
from scanner.gate.record import IntentRecord
from scanner.model.exchange import Failed, FailureKind
from scanner.model.intent import Intent
from scanner.model.target import EnvironmentTarget


class PinnedAddresses:
    """The addresses of every name that was asked for, and who may connect to them."""

    def __init__(self, targets: Mapping[str, EnvironmentTarget], record: IntentRecord) -> None:
        self.pinned: dict[str, tuple[str, ...] | Failed] = {}
        self._targets = targets
        self._record = record
        self._in_scope: set[tuple[str, str]] = set()

    async def resolve(self, intent: Intent, host: str) -> tuple[str, ...] | Failed:
        """Looked up once a run; whether the environment of the intent may connect there is decided for each."""
        if host not in self.pinned:
            self.pinned[host] = await self._look_up(intent, host)
        addresses = self.pinned[host]
        if isinstance(addresses, Failed) or (intent.environment, host) in self._in_scope:
            return addresses
        target = self._targets[intent.environment]
        if all(address_in_scope(host, a, target, internal=is_internal(a)) for a in addresses):
            self._in_scope.add((intent.environment, host))
            return addresses
        where = f"{host} resolves to an internal address ({', '.join(addresses)})"
        detail = f"{where}; set allow_internal (--allow-internal) if that is meant"
        return Failed(kind=FailureKind.ADDRESS_OUT_OF_SCOPE, detail=detail, method="DNS", url=host)

    async def _look_up(self, intent: Intent, host: str) -> tuple[str, ...] | Failed:
        self._record.note(intent, {"dns": host})
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or "not a host name"
            return Failed(kind=FailureKind.DNS, detail=f"{host}: {why}", method="DNS", url=host)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
