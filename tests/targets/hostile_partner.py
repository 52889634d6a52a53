"""The reference service with a hostile partner of ours: looked at once for each fault."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from checks.families.ocpi_client import CHECKS
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from scanner.model.fact_store import FactStore
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.rogue.probe import RogueProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service
from tests.targets.registering import registering_target

SERVICE_WAITS_S = 1.5  # in which it can take a whole long answer, on a busy machine too
PARTNER_DRIPS_S = 3.0


def service_of(folder: Path, fault: str | None = None) -> AbstractContextManager[RunningService]:
    """A service that calls localhost, waits for a short time only, and has one fault or none."""
    root = folder / "deployment"
    outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": SERVICE_WAITS_S}
    faults = (fault,) if fault else ()
    return running_service(faults, folder=prepare(root, outbound=outbound), versions=("2.2.1",))


def hostile_target(service: RunningService) -> EnvironmentTarget:
    """With a partner server that may be hostile and has a test CA that the service trusts."""
    target = registering_target(service)
    server = target.partner_server
    assert server is not None
    certificate, key = service.folder.issuing_ca
    server = replace(server, hostile=True, issuer_certificate_file=certificate, issuer_key_file=key)
    return replace(target, partner_server=server)


def look(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path) -> FactStore:
    """What the hostile partner sees."""

    async def run() -> FactStore:
        wanted = {i.name: tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), RogueProbe(after=(), patience_s=PARTNER_DRIPS_S))

    return asyncio.run(run())


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def hostile_findings(fault: str | None = None) -> tuple[Finding, ...]:
    """The service with one fault, or none."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        with service_of(folder, fault) as service:
            return findings_of(look(hostile_target(service), service.tokens, folder))
