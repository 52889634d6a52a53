"""The reference service with somebody who registers with it: a bootstrap token, a sink, a platform to call back."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks.families import (
    ocpi_credentials,
    ocpi_given_up_tokens,
    ocpi_halfway_renewals,
    ocpi_partner_claims,
    ocpi_registration,
    ocpi_renewal_under_reads,
)
from checks.model.check import Check
from checks.model.finding import Finding
from infra.service.deployment.folder import prepare
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Identity, Party, Role
from scanner.model.target import EnvironmentTarget, PartnerServer, TokenPolicy
from scanner.ocpi.credentials.probe import RegistrationProbe
from scanner.ocpi.credentials.reading import CredentialsReadProbe
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.probe import Probe
from tests.scanner.gate_fixtures import open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.protocol_runs import target_of
from tests.targets.reference_service import RunningService, running_service

NEWCOMER = Identity(
    name="newcomer",
    party=Party(country_code="AT", party_id="ALP"),
    role=Role.EMSP,
    disposable=True,
    bootstrap=True,
    has_sink=True,
    unregister=True,
)
SECOND = Identity(
    name="emsp-e",
    party=Party(country_code="IT", party_id="ELN"),
    role=Role.EMSP,
    partner="emsp-e",
    disposable=True,
    has_sink=True,
)
CHECKS: tuple[Check[Any], ...] = (
    *ocpi_credentials.CHECKS,
    *ocpi_registration.CHECKS,
    *ocpi_given_up_tokens.CHECKS,
    *ocpi_halfway_renewals.CHECKS,
    *ocpi_renewal_under_reads.CHECKS,
    *ocpi_partner_claims.CHECKS,
)
SERVICE_WAITS_S = 1.5  # for an answer of ours: a busy machine may need a second
PARTNER_STALLS_S = 4.0  # longer than that
ABSENT = Party(country_code="XX", party_id="NIL")
# Faults that are switched on together: none of them hides another, and no check is in the rows of two. `make verify`
# shows each alone.
TOGETHER = (
    (
        "bad-request-in-wrong-state",
        "bootstrap-opens-modules",
        "credentials-for-everybody",
        "old-token-lives-on",
        "renewal-locks-reads",
        "roles-believed",
    ),
    ("bootstrap-token-lives-on", "failed-renewal-keeps-both", "sequential-tokens", "token-survives-end"),
    ("partner-not-verified", "registers-in-any-state", "token-handed-out-twice"),
)
PROBES: tuple[Probe, ...] = (DiscoveryProbe(), CredentialsReadProbe(), RegistrationProbe(after=()))


@contextmanager
def registering_service(faults: Sequence[str] = (), versions: Sequence[str] = ()) -> Iterator[RunningService]:
    """A service that may call back to localhost and trusts the certificates of its own folder."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "deployment"
        outbound = {"private_hosts": ["localhost"], "ca": str(root / "ca.pem"), "timeout_s": SERVICE_WAITS_S}
        with running_service(faults, folder=prepare(root, outbound=outbound), versions=versions) as service:
            yield service


def registering_target(service: RunningService, newcomer: Identity = NEWCOMER) -> EnvironmentTarget:
    """Two partners of it, and one that has yet to register and may do everything."""
    plain = target_of(service)
    chain, key = service.folder.server
    return replace(
        plain,
        limits=replace(plain.limits, timeout_s=2 * PARTNER_STALLS_S),
        identities=(*plain.identities, newcomer),
        mode=Mode.EXERCISE,
        allow=frozenset({Effect.REGISTRATION}),
        absent_parties=frozenset({ABSENT}),
        partner_server=PartnerServer(certificate_file=chain, key_file=key),
        token_policy=TokenPolicy(overlap_s=0.5, revoked_within_s=0.5),
    )


def look(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path) -> FactStore:
    """What the probes of the credentials module see."""

    async def run() -> FactStore:
        wanted = {i.name: tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(*PROBES)

    return asyncio.run(run())


def findings_of(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the families; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


def two_registering(service: RunningService) -> EnvironmentTarget:
    """A second partner that renews what it has, after the first."""
    target = registering_target(service)
    return replace(target, identities=(*target.identities, SECOND))


@once_a_run
def findings_of_two(fault: str | None = None) -> tuple[Finding, ...]:
    """What is seen where two partners register, one after the other."""
    with registering_service((fault,) if fault else (), ("2.2.1",)) as service, TemporaryDirectory() as folder:
        return findings_of(look(two_registering(service), service.tokens, Path(folder)))


def together(fault: str) -> tuple[str, ...]:
    """The faults of the run that shows this one."""
    return next((faults for faults in TOGETHER if fault in faults), (fault,))


@once_a_run
def registering_findings(*faults: str) -> tuple[Finding, ...]:
    """The service with faults in one version, or none in all, after somebody registered; looked at once a run."""
    versions = ("2.2.1",) if faults else ()
    with registering_service(faults, versions) as service, TemporaryDirectory() as folder:
        return findings_of(look(registering_target(service), service.tokens, Path(folder)))
