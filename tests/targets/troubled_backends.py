"""The reference service with a backend in trouble, looked at once for each fault and each trouble."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_backends import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from infra.service.faults.backends import Condition, Fails, Floods, Hangs, Lies, behind, misspelled
from infra.service.store import Kind, Store
from scanner.model.fact_store import FactStore
from scanner.model.target import BackendTrouble, EnvironmentTarget, TroubledBackend
from scanner.ocpi.backends.probe import BackendsProbe
from scanner.ocpi.discovery import DiscoveryProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import RunningService, running_service

GIVEN_UP_AFTER_S = 1.6  # longer than what counts as slow, so that who has to wait for it is seen to
PATIENCE_S = 4.0
_CONDITIONS: Mapping[BackendTrouble, Callable[[], Condition]] = {
    BackendTrouble.HANGS: Hangs,
    BackendTrouble.FAILS: Fails,
    BackendTrouble.LIES: lambda: Lies(misspelled),
    BackendTrouble.FLOODS: lambda: Floods(1000, 0),
}


def troubled_target(service: RunningService, trouble: BackendTrouble, module: str = "tariffs") -> EnvironmentTarget:
    """Two partners of it, and a module whose backend is said to be in trouble."""
    target = target_of(service)
    limits = replace(target.limits, max_body_bytes=2**20)
    return replace(target, limits=limits, troubled_backends=(TroubledBackend(module=module, trouble=trouble),))


def look(target: EnvironmentTarget, service: RunningService, folder: Path) -> FactStore:
    """What the probe sees."""

    async def run() -> FactStore:
        wanted = {i.name: service.tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), BackendsProbe(PATIENCE_S))

    return asyncio.run(run())


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def troubled_findings(trouble: BackendTrouble, fault: str | None = None, _attempt: int = 1) -> tuple[Finding, ...]:
    """The service with a backend in trouble, which a fault brings along; looked at once a run for each attempt."""
    backend = None if fault else behind({Kind.TARIFFS: _CONDITIONS[trouble]()})
    return findings_with(trouble, backend, *([fault] if fault else []))


def findings_with(
    trouble: BackendTrouble, backend: Callable[[Store], Store] | None, *faults: str
) -> tuple[Finding, ...]:
    """The same with any backend."""
    with TemporaryDirectory() as place:
        folder = prepare(Path(place) / "deployment", backends={"timeout_s": GIVEN_UP_AFTER_S})
        with running_service(faults, folder=folder, backend=backend, versions=("2.2.1",)) as service:
            return findings_of(look(troubled_target(service, trouble), service, Path(place)))
