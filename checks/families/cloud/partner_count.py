"""Usage plans, keys and credentials counted against contracts: each partner has its own, and nobody else has one."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from checks.families.cloud.judge_each import judge_each, verdict_on
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Population, Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.partner_names import named_for
from checks.resource_graph.route_table import ocpi_apis
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import SECRET
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.party import Contract
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_PLAN: Final = "aws:apigateway/usagePlan:UsagePlan"
_PLAN_KEY: Final = "aws:apigateway/usagePlanKey:UsagePlanKey"
_KEY: Final = "aws:apigateway/apiKey:ApiKey"
_PARAMETER: Final = "aws:ssm/parameter:Parameter"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_AGREED: Final = (Need(fact=ContractsAgreed), Need(fact=ScanTime))
_NO_CONTRACTS: Final = "no contract is configured (partners: in the configuration)"


def _agreed(case: Case[DeclaredResources]) -> tuple[tuple[Contract, ...], tuple[Contract, ...]]:
    """The contracts that are in force on the day of the scan, and those that are not."""
    today = case.one(ScanTime).fact.now.date()
    every = case.one(ContractsAgreed).fact.contracts
    return tuple(one for one in every if one.in_force(today)), tuple(one for one in every if not one.in_force(today))


def _limits(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    valid, over = _agreed(case)
    if not valid and not over:
        return (case.not_tested(_NO_CONTRACTS),)
    stack = Stack(declared=case.driver.fact)
    apis = [api for api in ocpi_apis(stack) if api.token == aws.REST_API]
    return judge_each(case, apis, "REST API", lambda api: _each_has_a_limit(stack, api, valid))


def _each_has_a_limit(stack: Stack, api: Resource, valid: Sequence[Contract]) -> Judgement:
    """A plan counts each key by itself: several partners may be on one plan, each with a key of its own."""
    keys = [key for plan in stack.referring(api, "apiStages", _PLAN) for key in _keys_of(stack, plan)]
    whose = {key.urn: named_for(_about(stack, key), valid) for key in keys}
    without = [one for one in valid if not any(one in found for found in whose.values())]
    loose = [key for key in keys if not whose[key.urn]]
    counted = f"{len(keys)} keys on usage plans for {len(valid)} partners"
    if len(loose) < len(without):
        return fails(f"{counted}: none counts the calls of {without[0].partner}", by_absence=True)
    rates = [_rate(stack, key, partner) for key in keys for partner in whose[key.urn]]
    named = f", by the number of them: no name says which is {without[0].partner}'s" if without else ""
    return worst((*rates, passes(f"{counted}{named}"))) or unknown("how many keys there are")


def _keys_of(stack: Stack, plan: Resource) -> tuple[Resource, ...]:
    return stack.referring(plan, "usagePlanId", _PLAN_KEY)


def _about(stack: Stack, key: Resource) -> tuple[Resource, ...]:
    """What may say whose a key on a plan is: itself, the API key; the plan, where it has this key only."""
    plans = [plan for plan in stack.referred(key, "usagePlanId", _PLAN) if len(_keys_of(stack, plan)) == 1]
    return (key, *stack.referred(key, "keyId", _KEY), *plans)


def _rate(stack: Stack, key: Resource, partner: Contract) -> Judgement:
    """The rate of the key's plan against what was agreed with its partner."""
    rates = [plan.get("throttleSettings.rateLimit") for plan in stack.referred(key, "usagePlanId", _PLAN)]
    agreed = partner.requests_per_second
    if agreed is None:
        return passes(f"no rate is in the contract with {partner.partner}")
    if UNKNOWN in rates:
        return unknown(f"the rate of {partner.partner}")
    over = [rate for rate in rates if isinstance(rate, int | float) and rate > agreed]
    if over:
        return fails(f"{partner.partner} may send {over[0]:g} requests a second; {agreed} were agreed")
    return passes(f"{partner.partner} may send no more than the {agreed} requests a second that were agreed")


def _surplus(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    valid, over = _agreed(case)
    if not valid and not over:
        return (case.not_tested(_NO_CONTRACTS),)
    stack = Stack(declared=case.driver.fact)
    keys = stack.of(_PLAN_KEY)
    whose = {key.urn: named_for(_about(stack, key), (*valid, *over)) for key in keys}
    left = len(valid) - len({one.partner for found in whose.values() for one in found if one in valid})
    loose = sum(not found for found in whose.values())
    return judge_each(
        case, keys, "key on a usage plan", lambda key: _somebody_s(whose[key.urn], valid, enough=loose <= left)
    )


def _somebody_s(found: Sequence[Contract], valid: Sequence[Contract], *, enough: bool) -> Judgement:
    if not found:
        said = "no name says whose it is"
        return (
            passes(f"{said}, and there are no more keys than partners")
            if enough
            else undecided(f"{said}, and there are more keys than partners")
        )
    if len(found) > 1:
        return fails(f"counts for {found[0].partner} and {found[1].partner} together")
    if found[0] not in valid:
        return fails(f"the contract with {found[0].partner} is not in force")
    return passes(f"counts for {found[0].partner}")


def _credentials(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    """One verdict a secret that names a partner, and one for each partner that no secret names."""
    valid, over = _agreed(case)
    stack = Stack(declared=case.driver.fact)
    secrets = (*stack.of(SECRET), *(one for one in stack.of(_PARAMETER) if one.get("type") == "SecureString"))
    if not valid and not over:
        return (case.not_tested(_NO_CONTRACTS),)
    if not secrets:
        return judge_each(case, (), "secret", lambda _one: passes("nothing"))
    return _each_partner_has_one(case, secrets, valid, over)


def _each_partner_has_one(
    case: Case[DeclaredResources], secrets: Sequence[Resource], valid: Sequence[Contract], over: Sequence[Contract]
) -> Iterator[Verdict]:
    whose = {one.urn: named_for((one,), (*valid, *over)) for one in secrets}
    missing = case.driver.fact.missing
    for one in secrets:
        if whose[one.urn]:
            count = Population(examined=1, of=len(secrets), unit="secret")
            yield verdict_on(case, one, _held(whose[one.urn], valid), missing, count)
    loose = sum(not found for found in whose.values())
    without = [one for one in valid if not any(one in found for found in whose.values())]
    for partner in without:
        said = _unnamed(partner, loose, len(without)) if not missing else undecided(f"no secret names it; {missing[0]}")
        count = Population(examined=len(secrets), unit="secret")
        yield case.verdict(said.outcome, said.message, field_path=partner.partner, population=count)


def _held(found: Sequence[Contract], valid: Sequence[Contract]) -> Judgement:
    if len(found) > 1:
        return fails(f"holds credentials of {found[0].partner} and {found[1].partner} together")
    if found[0] not in valid:
        return fails(f"holds credentials of {found[0].partner}, and the contract with it is not in force")
    return passes(f"holds the credentials of {found[0].partner}")


def _unnamed(partner: Contract, loose: int, without: int) -> Judgement:
    if loose >= without:
        return undecided(f"no name says which of {loose} secrets holds the credentials of {partner.partner}")
    return fails(f"no secret holds the credentials of {partner.partner}: {loose} are left for {without} partners")


def _check(
    name: str, title: str, control: str, severity: Severity, judge: Judge[DeclaredResources], source: str, todo: str
) -> Check[DeclaredResources]:
    return Check(
        id=name,
        title=title,
        controls=(control,),
        severity=severity,
        source=source,
        looks_at=_NEEDS,
        joins=_AGREED,
        judge=judge,
        remediation=todo,
        witness=Witness.CLOUD_DECLARED,
    )


LIMITS: Final = _check(
    "cloud-throttling-limit-for-each-contract",
    "Every partner with a contract has a key on a usage plan, with no more than the rate that was agreed",
    "OCPI-NET-04",
    Severity.MEDIUM,
    _limits,
    "API Gateway Developer Guide, usage plans and API keys for REST APIs; the contracts in the configuration",
    "Make a usage plan and a key that name the partner, with the rate of its contract.",
)
SURPLUS: Final = _check(
    "cloud-throttling-keys-with-a-contract",
    "No key on a usage plan belongs to nobody, or to a partner whose contract is over",
    "OCPI-NET-04",
    Severity.MEDIUM,
    _surplus,
    "API Gateway Developer Guide, usage plans and API keys for REST APIs; the contracts in the configuration",
    "Remove the key, or configure the contract that it serves; name keys after partners.",
)
CREDENTIALS: Final = _check(
    "cloud-secrets-one-for-each-contract",
    "Each partner's credentials have a secret of their own, and none stays after its contract",
    "OCPI-VUL-07",
    Severity.HIGH,
    _credentials,
    "OCPI 2.2.1, credentials module: a token for each platform; the contracts in the configuration",
    "Make one secret a partner, named after it; delete those of contracts that are over.",
)
CHECKS: Final = (LIMITS, SURPLUS, CREDENTIALS)
