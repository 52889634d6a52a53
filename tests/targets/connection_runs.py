"""The connections probe run against the reference service as a CPO and an eMSP that may write, and what is found."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks.families import ocpi_connections
from checks.model.check import Check
from checks.model.finding import Finding
from infra.service.faults.backends import BackendProxy
from infra.service.store import PutOutcome, StoredObject
from scanner.model.fact_store import FactStore
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.connections.probe import ConnectionsProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import writing_target

CHECKS: tuple[Check[Any], ...] = ocpi_connections.CHECKS
# Modules that a fault is looked for at: each fault lies in a layer below all of them.
_SEEN_AT = {
    "half-message-taken": ("tariffs",),
    "half-message-remembered": ("tariffs", "cdrs"),
    "update-lost": ("locations",),
    "objects-mixed": ("tariffs",),
    "slowest-update-wins": ("tariffs",),
    "sessions-crossed": ("sessions",),
    "billed-together": ("cdrs",),
    "cdr-duplicated": ("cdrs",),
}

_MOMENT_S = 0.01


class _TakesAMoment(BackendProxy):
    """A storage that is waited for: the service runs in this process, and would answer before the next is sent."""

    async def put(self, candidate: StoredObject, *, expected_revision: int | None = None) -> PutOutcome:
        await asyncio.sleep(_MOMENT_S)
        return await super().put(candidate, expected_revision=expected_revision)


def disturb(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path) -> FactStore:
    """What the probe saw."""

    async def run() -> FactStore:
        wanted = {identity.name: tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), ConnectionsProbe())

    return asyncio.run(run())


def judged(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def findings_with(*faults: str) -> tuple[Finding, ...]:
    """The reference service in all versions, or in one with these faults; looked at once a run."""
    modules = tuple(dict.fromkeys(module for fault in faults for module in _SEEN_AT.get(fault, ())))
    versions = ("2.2.1",) if faults else ()
    slow = running_service(faults=faults, versions=versions, storage=lambda store: _TakesAMoment(store, {}))
    with slow as service, TemporaryDirectory() as folder:
        return judged(disturb(writing_target(service, modules=modules), service.tokens, Path(folder)))
