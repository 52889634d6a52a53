"""The reference service with a limit for each partner, and somebody who agreed that it is put under load."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from checks.families import ocpi_stress
from checks.model.finding import Finding
from infra.service import http_protocol
from infra.service.deployment.folder import prepare
from scanner.model.burst import StressLimits
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.facts.ocpi.stress import STRESS_FACTS
from scanner.model.target import Authorisation, EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.stress.pace import Pace
from scanner.ocpi.stress.probe import StressProbe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import RunningService, running_service

CHECKS = ocpi_stress.CHECKS
AGREED = 20  # requests a second
LIMITS = StressLimits(requests_per_second=80, max_requests=3000, max_connections=10)
BRISK = Pace(before_s=0.5, during_s=1.5, after_s=0.5, recovery_s=2.5, held_s=1.2, drip_s=0.1)
_HEADERS_S = 0.5  # instead of ten, so that nobody has to wait for it


@contextmanager
def limited_service(
    faults: Sequence[str] = (), *, requests_per_second: float = AGREED, burst: int = AGREED
) -> Iterator[RunningService]:
    """A service in one version that allows each partner what was agreed, and gives headers half a second."""
    with TemporaryDirectory() as root, mock.patch.multiple(http_protocol, _HEADER_TIMEOUT=_HEADERS_S, _LINGER=0.3):
        folder = prepare(Path(root) / "deployment")
        path = folder.root / "service.json"
        rates = {"requests_per_second": requests_per_second, "burst": burst}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"rates": rates}))
        with running_service(faults, folder=folder, versions=("2.2.1",)) as service:
            yield service


def stressed_target(service: RunningService, names: Sequence[str] = ("emsp-a", "emsp-b")) -> EnvironmentTarget:
    """Two partners with an agreed rate, mode stress, and leave for the next hour."""
    plain, now = target_of(service, names), datetime.now(UTC)
    agreed = Authorisation(host=service.host, who="Ada", starts=now, ends=now + timedelta(hours=1))
    contracts = tuple(replace(contract, requests_per_second=AGREED) for contract in plain.contracts)
    return replace(
        plain,
        mode=Mode.STRESS,
        allow=frozenset({Effect.LASTING}),
        contracts=contracts,
        authorisations=(agreed,),
        stress=LIMITS,
    )


def look(
    target: EnvironmentTarget,
    tokens: Mapping[str, str],
    folder: Path,
    only: frozenset[type] = frozenset(STRESS_FACTS),
    pace: Pace = BRISK,
) -> FactStore:
    """What the stress lab sees."""

    async def run() -> FactStore:
        wanted = {i.name: tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), StressProbe((), pace, only))

    return asyncio.run(run())


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the family; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


@once_a_run
def stressed_findings(
    fault: str | None = None, only: frozenset[type] = frozenset(STRESS_FACTS), attempt: int = 1
) -> tuple[Finding, ...]:
    """The service with one fault or none, looked at once a run for each attempt, and each time longer."""
    pace = replace(BRISK, during_s=attempt * BRISK.during_s)
    with limited_service((fault,) if fault else ()) as service, TemporaryDirectory() as folder:
        return findings_of(look(stressed_target(service), service.tokens, Path(folder), only, pace))
