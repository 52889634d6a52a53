"""The probe of contracts, run against the running service of `tests.targets.contract_runs`."""

import asyncio
import json
from dataclasses import replace

from scanner.gate.journal import FILE_NAME
from scanner.ocpi.contract.probe import ContractProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.contract_runs import contract_target

NAMES = ("emsp-a", "cpo-c")


class Kept:
    """Checkpoints in memory."""

    def __init__(self):
        self.values = {}

    def kept(self, key):
        return self.values.get(key)

    def keep(self, key, value):
        self.values[key] = json.loads(json.dumps(value))


class StopsAfter:
    """A gate that lets so many requests through; then the run is stopped."""

    def __init__(self, gate, most):
        self._gate = gate
        self._left = most

    async def http(self, intent):
        if not self._left:
            self._gate.stop("stopped by the user")
        self._left -= 1
        return await self._gate.http(intent)


def run(service, folder, *, names=NAMES, checkpoints=None, focus=None, stops_after=None, **changes):
    """Observations of the probe, journal entries of it, and how many requests it sent."""
    target = replace(contract_target(service, names), **changes)

    async def look():
        async with open_gate(target, folder, tokens={n: service.tokens[n] for n in names}) as gate:
            await gate.run(DiscoveryProbe())
            before = gate.gate.requests_sent
            context = gate.context(ContractProbe().witness)
            more = {"focus": focus} | ({"checkpoints": checkpoints} if checkpoints else {})
            if stops_after is not None:
                more["gate"] = StopsAfter(gate.gate, stops_after)
            await ContractProbe().run(replace(context, **more))
            return context.record.observations, gate.gate.requests_sent - before

    observations, sent = asyncio.run(look())
    lines = (folder / FILE_NAME).read_text().splitlines()
    intents = [entry for entry in map(json.loads, lines) if entry["kind"] == "intent"]
    return observations, [entry for entry in intents if entry["probe"] == ContractProbe.name], sent
