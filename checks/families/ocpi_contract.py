"""What a platform offers a partner, against the contract with that partner."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from checks.families.ocpi_words import listed
from checks.model.check import Case, Check, Need, Speaker
from checks.model.verdict import Population, Verdict
from scanner.model.facts.ocpi.versions import AdvertisedEndpoint, EndpointsAdvertised, VersionsOffered
from scanner.model.facts.run import ContractInForce
from scanner.model.ocpi.specification import SUPERSEDED, VERSIONS, specification
from scanner.model.party import Contract
from scanner.model.severity import Severity
from scanner.model.subject import InterfaceSubject, Subject
from scanner.model.witness import Witness

# Modules that move hardware or limit it; the credentials module belongs to every contract.
DANGEROUS: Final = frozenset({"commands", "chargingprofiles", "bookings"})
_EVERYBODYS: Final = frozenset({"credentials"})
_NO_CONTRACT: Final = "no contract is configured for this identity (partners: in the configuration)"


def _granted(contract: Contract, module: str, endpoint: AdvertisedEndpoint) -> bool:
    """2.1.1 names no side: there the module alone is compared."""
    return any(g.module == module and (endpoint.side is None or g.side is endpoint.side) for g in contract.grants)


def _named(endpoint: AdvertisedEndpoint) -> str:
    return f"{endpoint.module} {endpoint.side}" if endpoint.side else endpoint.module


def _interface(case: Case[EndpointsAdvertised], endpoint: AdvertisedEndpoint) -> Subject:
    details = case.subject
    if not isinstance(details, InterfaceSubject):
        return details
    return replace(details, module=endpoint.module, side=endpoint.side)


def _exists(module: str, details: Subject) -> bool:
    """False for a module of the specification that this version does not have: nobody can offer it there."""
    version = details.version if isinstance(details, InterfaceSubject) else None
    if version not in VERSIONS:
        return True
    elsewhere = any(module in specification(v).modules for v in VERSIONS)
    return module in specification(version).modules or not elsewhere


def _contract(case: Case[EndpointsAdvertised]) -> Contract | None:
    found = case.all(ContractInForce)
    return found[0].fact.contract if found else None


def _distinct(case: Case[EndpointsAdvertised]) -> tuple[AdvertisedEndpoint, ...]:
    return tuple({(e.module, e.side): e for e in case.driver.fact.endpoints}.values())


def _no_surplus(case: Case[EndpointsAdvertised]) -> Iterable[Verdict]:
    contract = _contract(case)
    if contract is None:
        yield case.not_tested(_NO_CONTRACT)
        return
    judged = [e for e in _distinct(case) if e.module not in _EVERYBODYS | DANGEROUS]
    surplus = [e for e in judged if not _granted(contract, e.module, e)]
    population = Population(examined=len(judged), unit="module")
    for endpoint in surplus:
        yield case.fails(
            f"{_named(endpoint)} is offered to a partner whose contract does not name it",
            subject=_interface(case, endpoint),
            population=population,
            reproduce=case.driver.fact.curl,
        )
    if judged and not surplus:
        yield case.passes("the partner is offered what its contract names, no more", population=population)
    elif not judged:
        yield case.not_applicable("looked for functional modules; none is offered")


def _dangerous_off(case: Case[EndpointsAdvertised]) -> Iterable[Verdict]:
    contract = _contract(case)
    if contract is None:
        yield case.not_tested(_NO_CONTRACT)
        return
    offered = [e for e in _distinct(case) if e.module in DANGEROUS]
    population = Population(examined=len(case.driver.fact.endpoints), unit="module")
    open_ended = [e for e in offered if not _granted(contract, e.module, e) or contract.ends is None]
    for endpoint in open_ended:
        granted = _granted(contract, endpoint.module, endpoint)
        why = "under a contract without an end" if granted else "without being in its contract"
        said = f"{_named(endpoint)} is offered to the partner {why}"
        subject, curl = _interface(case, endpoint), case.driver.fact.curl
        yield case.fails(said, subject=subject, population=population, reproduce=curl)
    if not open_ended:
        named = listed(_named(e) for e in offered) or f"none of {listed(DANGEROUS)}"
        yield case.passes(f"offered to the partner: {named}", population=population)


def _agreed_offered(case: Case[EndpointsAdvertised]) -> Iterable[Verdict]:
    contract = _contract(case)
    if contract is None:
        yield case.not_tested(_NO_CONTRACT)
        return
    offered = _distinct(case)
    missing = [
        f"{g.module} {g.side}"
        for g in contract.grants
        if _exists(g.module, case.subject)
        and not any(e.module == g.module and e.side in {None, g.side} for e in offered)
    ]
    population = Population(examined=len(contract.grants), unit="module")
    if not contract.grants:
        yield case.not_applicable("looked for modules in the contract; it names none")
        return
    yield case.holds(
        not missing,
        "everything in the contract is offered",
        f"in the contract, but not offered: {listed(missing)}",
        population=population,
        reproduce=case.driver.fact.curl,
    )


def _none_superseded(case: Case[VersionsOffered]) -> Iterable[Verdict]:
    offered = list(dict.fromkeys(v.version for v in case.driver.fact.versions))
    old = [version for version in offered if version in SUPERSEDED]
    yield case.holds(
        not old,
        f"versions offered: {listed(offered)}",
        f"superseded versions are still offered: {listed(old)}",
        population=Population(examined=len(offered), unit="version"),
        reproduce=case.driver.fact.curl,
    )


_CONTRACT: Final = (Need(fact=ContractInForce, on=("environment",), speaker=Speaker.SAME, required=False),)
_DETAILS: Final = "OCPI 2.1.1, 2.2.1 and 2.3.0, version_information_endpoint: version details"

CHECKS: Final = (
    Check(
        id="ocpi-contract-no-surplus-module",
        title="A partner is offered only the modules of its contract",
        controls=("OCPI-AZ-01",),
        severity=Severity.HIGH,
        source=_DETAILS,
        looks_at=Need(fact=EndpointsAdvertised),
        joins=_CONTRACT,
        judge=_no_surplus,
        remediation="Stop offering the module to this partner and refuse it on every method; or agree on it.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-contract-dangerous-functions-off",
        title="Commands, charging profiles and bookings are off unless a dated contract names them",
        controls=("OCPI-AZ-04",),
        severity=Severity.HIGH,
        source=_DETAILS,
        looks_at=Need(fact=EndpointsAdvertised),
        joins=_CONTRACT,
        judge=_dangerous_off,
        remediation="Switch these modules off for the partner, or enable them by a contract clause with an end date.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-contract-agreed-modules-offered",
        title="A partner is offered everything in its contract",
        controls=("OCPI-AZ-01",),
        severity=Severity.LOW,
        source=_DETAILS,
        looks_at=Need(fact=EndpointsAdvertised),
        joins=_CONTRACT,
        judge=_agreed_offered,
        remediation="Offer the module, or take it out of the contract: nobody can check against a wrong register.",
        witness=Witness.PROTOCOL,
    ),
    Check(
        id="ocpi-contract-no-superseded-version",
        title="No superseded OCPI version is offered",
        controls=("OCPI-EXT-20",),
        severity=Severity.MEDIUM,
        source="OCPI 2.1.1, 2.2.1 and 2.3.0, version_information_endpoint: VersionNumber",
        looks_at=Need(fact=VersionsOffered),
        judge=_none_superseded,
        remediation="Move the partners that still use it to 2.1.1, 2.2.1 or 2.3.0, and switch the old version off.",
        witness=Witness.PROTOCOL,
    ),
)
