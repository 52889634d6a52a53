"""The protocol witness run against the reference service, and what the checks make of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from checks.families import (
    ocpi_access,
    ocpi_chains,
    ocpi_contract,
    ocpi_disclosure,
    ocpi_headers,
    ocpi_inventory,
    ocpi_meaning,
    ocpi_odd_pages,
    ocpi_pagination,
    ocpi_refusal_status,
    ocpi_schema,
    ocpi_tenancy,
    ocpi_token_attempts,
    ocpi_token_place,
    ocpi_tokens,
    ocpi_tracing,
    ocpi_transport,
)
from checks.model.check import Check
from checks.model.finding import Finding
from checks.model.verdict import Outcome
from scanner.cli.needed_probes import bringing, with_those_read
from scanner.model.evidence import EvidenceRef
from scanner.model.fact_store import FactStore
from scanner.model.facts.run import ContractInForce
from scanner.model.observation import FactKey, Observation, Seen
from scanner.model.party import Contract, Grant, Identity, Party, Right, Role
from scanner.model.subject import EnvironmentSubject, Side
from scanner.model.target import EnvironmentTarget
from scanner.model.witness import Witness
from scanner.ocpi.probes import PROBES
from scanner.probe import Probe
from tests.scanner.gate_fixtures import FAST, loopback_target, open_gate
from tests.targets.judged import findings_from
from tests.targets.odd_platforms import FAULTY, HOSTILE, ODD, TOKEN, running_hostile, running_platform
from tests.targets.once import once_a_run
from tests.targets.reference_service import RunningService

CHECKS: tuple[Check[Any], ...] = (
    *ocpi_access.CHECKS,
    *ocpi_token_place.CHECKS,
    *ocpi_tokens.CHECKS,
    *ocpi_token_attempts.CHECKS,
    *ocpi_refusal_status.CHECKS,
    *ocpi_transport.CHECKS,
    *ocpi_tenancy.CHECKS,
    *ocpi_contract.CHECKS,
    *ocpi_pagination.CHECKS,
    *ocpi_schema.CHECKS,
    *ocpi_disclosure.CHECKS,
    *ocpi_headers.CHECKS,
    *ocpi_tracing.CHECKS,
    *ocpi_chains.CHECKS,
    *ocpi_odd_pages.CHECKS,
    *ocpi_meaning.CHECKS,
    *ocpi_inventory.CHECKS,
)
PATIENT = replace(FAST, max_body_bytes=2**20)
IMPATIENT = replace(PATIENT, timeout_s=1.0)  # with servers that never come to an end
ENOUGH_GUESSES = 100  # to see that there is no lock-out; the service has one, so nothing can be asked of it afterwards
PARTIES = {"emsp-a": Party(country_code="DE", party_id="VLT"), "emsp-b": Party(country_code="FR", party_id="RLN")}
_GRANTS = (
    Grant(module="locations", side=Side.SENDER, rights=frozenset({Right.READ})),
    Grant(module="tariffs", side=Side.SENDER, rights=frozenset({Right.READ})),
    Grant(module="tokens", side=Side.RECEIVER, rights=frozenset(Right)),
    Grant(module="sessions", side=Side.SENDER, rights=frozenset(Right)),
    Grant(module="cdrs", side=Side.SENDER, rights=frozenset({Right.READ})),
)


def emsp(name: str) -> Identity:
    """One of the two eMSPs of the prepared deployment."""
    return Identity(name=name, party=PARTIES[name], role=Role.EMSP, partner=name, disposable=True)


def contract(name: str) -> Contract:
    """What the prepared deployment agreed with it."""
    return Contract(partner=name, party=PARTIES[name], roles=(Role.EMSP,), grants=_GRANTS)


ODD_CONTRACT = replace(contract("emsp-a"), grants=(_GRANTS[0], _GRANTS[3]))  # what odd platforms offer


def target_of(service: RunningService, names: Sequence[str] = ("emsp-a", "emsp-b")) -> EnvironmentTarget:
    """The running service as a target, with one identity for each name."""
    identities, contracts = [emsp(name) for name in names], [contract(name) for name in names]
    return loopback_target(service.versions_url, ca_file=service.ca_path, identities=identities, contracts=contracts)


def look(
    target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path, probes: Sequence[Probe] = PROBES
) -> FactStore:
    """Run all protocol probes, or these, and give what they saw, with the contracts as the runner would add them."""

    async def run() -> FactStore:
        wanted = {i.name: tokens[i.name] for i in target.identities}
        async with open_gate(target, folder, tokens=wanted) as gate:
            return await gate.run(*probes)

    facts = asyncio.run(run())
    for identity in target.identities:
        agreed = target.contract_of(identity)
        if agreed is not None:
            facts.record(_in_force(target, identity, agreed))
    return facts


def _in_force(target: EnvironmentTarget, identity: Identity, agreed: Contract) -> Observation[ContractInForce]:
    key = FactKey(
        fact=ContractInForce,
        subject=EnvironmentSubject(environment=target.name),
        witness=Witness.ATTESTATION,
        identity=identity.name,
    )
    fact = ContractInForce(identity=identity, contract=agreed)
    evidence = (EvidenceRef(id="configuration", sha256="0" * 64, path="evidence/configuration.json"),)
    return Observation(key=key, result=Seen(fact=fact, evidence=evidence))


def findings_of(facts: FactStore, environment: str = "test") -> tuple[Finding, ...]:
    """All findings of the protocol families; a bug in a check is an error of the test."""

    return findings_from(CHECKS, facts, environment)


def findings_by(
    checks: Sequence[str], target: EnvironmentTarget, tokens: Mapping[str, str], folder: Path
) -> dict[str, list[Finding]]:
    """The findings of these protocol checks alone, by check; what they do not stand on is not looked at."""
    found = findings_of(look(target, tokens, folder, _probes_of(checks)), target.name)
    return {check: [finding for finding in found if finding.check == check] for check in checks}


def _probes_of(checks: Sequence[str]) -> tuple[Probe, ...]:
    """Those that a scan with `--select` runs for them."""
    return with_those_read(bringing((check for check in CHECKS if check.id in checks), PROBES), PROBES)


def checks_with(findings: Sequence[Finding], outcome: Outcome) -> list[str]:
    """Ids of the checks that have that outcome somewhere, sorted."""
    return sorted({finding.check for finding in findings if finding.outcome is outcome})


@once_a_run
def odd_findings(name: str) -> tuple[Finding, ...]:
    """One platform of `ODD` or `FAULTY`, or one server of `HOSTILE`; looked at once a run."""
    started = running_hostile(name) if name in HOSTILE else running_platform({**ODD, **FAULTY}[name])
    with started as platform, TemporaryDirectory() as folder:
        limits = IMPATIENT if name in HOSTILE else PATIENT
        target = platform.target(limits=limits, contracts=(ODD_CONTRACT,))
        return findings_of(look(target, {"emsp-a": TOKEN}, Path(folder)))
