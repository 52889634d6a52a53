"""The transitions probe run against the reference service as a CPO and an eMSP that may write, and what is found."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks.families import ocpi_repetition, ocpi_transitions
from checks.model.check import Check
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.model.effect import Effect, Mode
from scanner.model.fact_store import FactStore
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import Side
from scanner.model.target import EnvironmentTarget
from scanner.ocpi.discovery import DiscoveryProbe
from scanner.ocpi.transitions.probe import TransitionsProbe
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.judged import findings_from
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService, running_service

CHECKS: tuple[Check[Any], ...] = (*ocpi_transitions.CHECKS, *ocpi_repetition.CHECKS)
PLENTY = replace(FAST, max_requests=8000)
CPO = Identity(
    name="cpo-c",
    party=Party(country_code="BE", party_id="GRN"),
    role=Role.CPO,
    partner="cpo-c",
    disposable=True,
)
# Modules that a fault can be seen at, where its wrapper leaves all others alone; the rest is looked at everywhere.
_SEEN_AT = {
    "session-reopened": ("sessions",),
    "session-reopened-in-one-version": ("sessions",),
    "pending-session-half-changed": ("sessions",),
    "energy-counted-twice": ("sessions",),
    "token-retyped": ("tokens",),
    "credit-unchecked": ("cdrs",),
    "cdr-overwritten": ("cdrs",),
    "cdr-editable": ("cdrs", "tariffs"),
    "cdr-duplicated": ("cdrs",),
    "success-for-refused": ("tariffs", "sessions"),
    "crash-on-malformed": ("tariffs", "sessions"),
}
# Faults that are switched on together: none of them hides another, and no check is in the rows of two. `make verify`
# shows each alone.
TOGETHER = (("deletes-what-stays", "older-update-wins", "patch-creates", "request-id-remembered", "undated-patch"),)
# Faults that are seen by holding versions against each other, or of which a test asks for every version.
_IN_ALL_VERSIONS = {"session-reopened", "session-reopened-in-one-version", "cdr-duplicated"}
EMSP = Identity(
    name="emsp-a",
    party=Party(country_code="DE", party_id="VLT"),
    role=Role.EMSP,
    partner="emsp-a",
    disposable=True,
)


def writing_target(
    service: RunningService,
    *identities: Identity,
    modules: tuple[str, ...] = (),
    mode: Mode = Mode.EXERCISE,
    allow: frozenset[Effect] = frozenset({Effect.LASTING}),
) -> EnvironmentTarget:
    """The service as a target that may be written to; only to those modules, where some are named."""
    speakers = identities or (CPO, EMSP)
    target = loopback_target(
        service.versions_url,
        ca_file=service.ca_path,
        identities=speakers,
        contracts=[_contract(identity, modules) for identity in speakers] if modules else (),
        limits=PLENTY,
    )
    return replace(target, mode=mode, allow=allow)


def _contract(identity: Identity, modules: tuple[str, ...]) -> Contract:
    assert identity.party is not None
    assert identity.role is not None
    grants = tuple(Grant(module=module, side=Side.RECEIVER, rights=frozenset(Right)) for module in modules)
    return Contract(partner=identity.name, party=identity.party, roles=(identity.role,), grants=grants)


def walk(target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path) -> FactStore:
    """What the probe saw."""

    async def run() -> FactStore:
        wanted = {identity.name: tokens[identity.name] for identity in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(DiscoveryProbe(), TransitionsProbe())

    return asyncio.run(run())


def judged(facts: FactStore) -> tuple[Finding, ...]:
    """All findings of the two families; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts)


def together(fault: str) -> tuple[str, ...]:
    """The faults of the run that shows this one."""
    return next((faults for faults in TOGETHER if fault in faults), (fault,))


@once_a_run
def findings_with(*faults: str) -> tuple[Finding, ...]:
    """The reference service in all versions, or in one with these faults; looked at once a run."""
    modules = tuple(dict.fromkeys(module for fault in faults for module in _SEEN_AT.get(fault, ())))
    versions = () if _IN_ALL_VERSIONS.issuperset(faults) else ("2.2.1",)
    with running_service(faults=faults, versions=versions) as service, TemporaryDirectory() as folder:
        return judged(walk(writing_target(service, modules=modules), service.tokens, Path(folder)))


def failing(findings: tuple[Finding, ...]) -> list[str]:
    """Ids of the checks that fail somewhere, sorted."""
    return sorted({finding.check for finding in findings if finding.outcome is Outcome.FAIL})
