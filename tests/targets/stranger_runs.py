"""Writes without a valid token at the reference service, for a CPO and an eMSP that may write, and what is found."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks.families import ocpi_access_writes
from checks.model.check import Check
from checks.model.finding import Finding
from scanner.model.fact_store import FactStore
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.strangers.probe import StrangerWritesProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import running_service
from tests.targets.transition_runs import writing_target

CHECKS: tuple[Check[Any], ...] = ocpi_access_writes.CHECKS


def knock(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path) -> FactStore:
    """What the probe saw."""

    async def run() -> FactStore:
        wanted = {identity.name: tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), StrangerWritesProbe())

    return asyncio.run(run())


def judged(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def findings_with(*faults: str) -> tuple[Finding, ...]:
    """The reference service in all versions, with these faults or none; looked at once a run."""
    with running_service(faults=faults) as service, TemporaryDirectory() as folder:
        return judged(knock(writing_target(service), service.tokens, Path(folder)))
