"""The gateway's route table against the contracts with the partners: no route that nobody has a contract for."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph.judgement import Judgement, fails, passes, undecided
from checks.resource_graph.ocpi_routes import DANGEROUS, allowed_by, is_catch_all, is_configuration, meaning
from checks.resource_graph.openapi import described_apis, unread
from checks.resource_graph.route_table import Routed, ocpi_apis, route_table
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.party import Contract
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_AGREED: Final = (Need(fact=ContractsAgreed), Need(fact=ScanTime))
_NO_CONTRACTS: Final = "no contract is configured (partners: in the configuration)"
Ask = Callable[[Routed], Judgement]


def _no_catch_all(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    def ask(routed: Routed) -> Judgement:
        if routed.segments is None:
            return undecided("where it stands in the path is not declared")
        if is_catch_all(routed):
            return fails(f"{routed} hands on what no route names: the gateway can refuse nothing by module or method")
        return passes(f"{routed} names its method and its module")

    return _each(case, route_table(Stack(declared=case.driver.fact)), ask)


def _no_surplus(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    contracts, today = case.one(ContractsAgreed).fact.contracts, case.one(ScanTime).fact.now.date()
    if not contracts:
        return (case.not_tested(_NO_CONTRACTS),)
    table = route_table(Stack(declared=case.driver.fact))
    asked = tuple(routed for routed in table if meaning(routed).module not in DANGEROUS)
    return _each(case, asked, lambda routed: _agreed(routed, contracts, today))


def _agreed(routed: Routed, contracts: Sequence[Contract], today: date) -> Judgement:
    if routed.segments is None:
        return undecided("where it stands in the path is not declared")
    if is_catch_all(routed):
        return undecided(f"{routed} hides which modules and methods there are")
    if is_configuration(routed):
        return passes(f"{routed} belongs to every contract")
    found = meaning(routed)
    if found.module is None:
        return fails(f"{routed} is of no module of OCPI, so that no contract names it")
    named = [contract for contract in contracts if allowed_by(contract, found)]
    if any(contract.in_force(today) for contract in named):
        return passes(f"{routed} is in the contract with {', '.join(contract.partner for contract in named)}")
    if named:
        return fails(f"{routed} is only in contracts that are not in force: {named[0].partner}")
    return fails(f"{routed} is in none of {len(contracts)} contracts")


def _dangerous(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    contracts, today = case.one(ContractsAgreed).fact.contracts, case.one(ScanTime).fact.now.date()
    stack = Stack(declared=case.driver.fact)
    table = route_table(stack)
    asked = [routed for routed in table if meaning(routed).module in DANGEROUS or _hides_modules(routed)]
    if asked or not table:
        return _each(case, asked, lambda routed: _dated(routed, contracts, today), unit="dangerous API route")
    return judge_each(case, ocpi_apis(stack), "API", lambda _api: _none_of(len(table)))


def _hides_modules(routed: Routed) -> bool:
    return routed.segments is None or (is_catch_all(routed) and meaning(routed).module is None)


def _none_of(routes: int) -> Judgement:
    return passes(f"none of the {routes} routes before the OCPI service is of a dangerous module", by_absence=True)


def _dated(routed: Routed, contracts: Sequence[Contract], today: date) -> Judgement:
    found = meaning(routed)
    if found.module not in DANGEROUS:
        return undecided(f"{routed} hides whether dangerous modules can be called")
    if not contracts:
        return undecided(f"{routed}: {_NO_CONTRACTS}")
    named = [contract for contract in contracts if allowed_by(contract, found) and contract.in_force(today)]
    dated = [contract for contract in named if contract.ends is not None]
    if dated:
        return passes(f"{routed} is in the contract with {dated[0].partner}, until {dated[0].ends}")
    if named:
        return fails(f"{routed} is only in contracts without an end: {named[0].partner}")
    return fails(f"{routed} is in no contract in force")


def _each(
    case: Case[DeclaredResources], routes: Sequence[Routed], ask: Ask, unit: str = "API route"
) -> Iterable[Verdict]:
    """One verdict a route, and one for each API whose routes are not resources of the stack."""
    table = {routed.resource.urn: routed for routed in routes}
    described = described_apis(Stack(declared=case.driver.fact))
    resources = (*(routed.resource for routed in routes), *described)
    return judge_each(case, resources, unit, lambda one: ask(table[one.urn]) if one.urn in table else unread(one))


NO_CATCH_ALL: Final = Check(
    id="cloud-routes-no-catch-all",
    title="The gateway names every route: no proxy for whatever is asked",
    controls=("OCPI-AZ-02",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, proxy resources; OCPI 2.2.1, versions module",
    looks_at=_NEEDS,
    judge=_no_catch_all,
    remediation="Declare a route for each module and method that a contract names, without ANY and {proxy+}.",
    witness=Witness.CLOUD_DECLARED,
)
NO_SURPLUS: Final = Check(
    id="cloud-routes-in-a-contract",
    title="Every route of the gateway is in a contract with a partner",
    controls=("OCPI-AZ-01", "OCPI-AZ-02"),
    severity=Severity.HIGH,
    source="OCPI 2.2.1, versions module; the contracts in the configuration",
    looks_at=_NEEDS,
    joins=_AGREED,
    judge=_no_surplus,
    remediation="Remove the route, or configure the contract that it serves.",
    witness=Witness.CLOUD_DECLARED,
)
DANGEROUS_DATED: Final = Check(
    id="cloud-routes-dangerous-modules-dated",
    title="Modules that move hardware have a route only under a contract with an end",
    controls=("OCPI-AZ-04",),
    severity=Severity.HIGH,
    source="OCPI 2.2.1, commands and charging profiles modules; the contracts in the configuration",
    looks_at=_NEEDS,
    joins=_AGREED,
    judge=_dangerous,
    remediation="Remove the route, or give the contract that it serves an end.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (NO_CATCH_ALL, NO_SURPLUS, DANGEROUS_DATED)
