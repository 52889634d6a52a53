"""Usage plans, keys and credentials counted against contracts: each partner has its own, and nobody else has one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from checks.families.cloud.judge_each import judge_each, verdict_on
from checks.families.cloud.retention_window import UNTOLD
from checks.model.check import Case, Check, Judge, Need
from checks.model.verdict import Population, Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown, worst
from checks.resource_graph.partner_names import named_for
from checks.resource_graph.route_table import ocpi_apis
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import tokens_in
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.facts.run import ContractsAgreed, ScanTime
from scanner.model.late_dataclass import dataclass
from scanner.model.party import Contract
from scanner.model.resource import UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_PLAN: Final = "aws:apigateway/usagePlan:UsagePlan"
_PLAN_KEY: Final = "aws:apigateway/usagePlanKey:UsagePlanKey"
_KEY: Final = "aws:apigateway/apiKey:ApiKey"
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_AGREED: Final = (Need(fact=ContractsAgreed), Need(fact=ScanTime))
_NO_CONTRACTS: Final = "no contract is configured (partners: in the configuration)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreed:
    """`valid` on the day of the scan. `others` have nothing to do here, each with why; `told`: the valid ones do."""

    valid: tuple[Contract, ...]
    others: Mapping[Contract, str]
    told: bool

    @property
    def every(self) -> tuple[Contract, ...]:
        return (*self.valid, *self.others)


def _agreed(case: Case[DeclaredResources]) -> _Agreed:
    today = case.one(ScanTime).fact.now.date()
    agreed = case.one(ContractsAgreed).fact
    over = (one for one in agreed.contracts if not one.in_force(today))
    return _Agreed(
        valid=tuple(one for one in agreed.contracts if one.in_force(today)),
        others={
            **{one: f"the contract with {one.partner} is not in force" for one in over},
            **{one: f"this environment does not serve {one.partner}" for one in agreed.elsewhere},
        },
        told=agreed.told,
    )


def _limits(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    agreed = _agreed(case)
    if not agreed.every:
        return (case.not_tested(_NO_CONTRACTS),)
    stack = Stack(declared=case.driver.fact)
    apis = [api for api in ocpi_apis(stack) if api.token == aws.REST_API]
    return judge_each(case, apis, "REST API", lambda api: _each_has_a_limit(stack, api, agreed))


def _each_has_a_limit(stack: Stack, api: Resource, agreed: _Agreed) -> Judgement:
    """A plan counts each key by itself: several partners may be on one plan, each with a key of its own."""
    valid = agreed.valid
    keys = [key for plan in stack.referring(api, "apiStages", _PLAN) for key in _keys_of(stack, plan)]
    whose = {key.urn: named_for(_about(stack, key), valid) for key in keys}
    without = [one for one in valid if not any(one in found for found in whose.values())]
    loose = [key for key in keys if not whose[key.urn]]
    counted = f"{len(keys)} keys on usage plans for {len(valid)} partners"
    rates = [_rate(stack, key, partner) for key in keys for partner in whose[key.urn]]
    if len(loose) < len(without):
        said = f"{counted}: none counts the calls of {without[0].partner}"
        missing = fails(said, by_absence=True) if agreed.told else undecided(f"{said}, and {UNTOLD}")
        return worst((*rates, missing)) or missing
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
    agreed = _agreed(case)
    if not agreed.every:
        return (case.not_tested(_NO_CONTRACTS),)
    stack = Stack(declared=case.driver.fact)
    keys = stack.of(_PLAN_KEY)
    whose = {key.urn: named_for(_about(stack, key), agreed.every) for key in keys}
    left = len(agreed.valid) - len({one.partner for found in whose.values() for one in found if one in agreed.valid})
    loose = sum(not found for found in whose.values())
    return judge_each(
        case, keys, "key on a usage plan", lambda key: _somebody_s(whose[key.urn], agreed, enough=loose <= left)
    )


def _somebody_s(found: Sequence[Contract], agreed: _Agreed, *, enough: bool) -> Judgement:
    if not found:
        said = "no name says whose it is"
        return (
            passes(f"{said}, and there are no more keys than partners")
            if enough
            else undecided(f"{said}, and there are more keys than partners")
        )
    if len(found) > 1:
        return fails(f"counts for {found[0].partner} and {found[1].partner} together")
    if found[0] in agreed.others:
        return fails(agreed.others[found[0]])
    return passes(f"counts for {found[0].partner}")


def _credentials(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    """One verdict a secret that names a partner, and one for each partner that no secret names."""
    agreed = _agreed(case)
    secrets = tokens_in(Stack(declared=case.driver.fact))
    if not agreed.every:
        return (case.not_tested(_NO_CONTRACTS),)
    if not secrets:
        return judge_each(case, (), "secret", lambda _one: passes("nothing"))
    return _each_partner_has_one(case, secrets, agreed)


def _each_partner_has_one(
    case: Case[DeclaredResources], secrets: Sequence[Resource], agreed: _Agreed
) -> Iterator[Verdict]:
    whose = {one.urn: named_for((one,), agreed.every) for one in secrets}
    missing = case.driver.fact.missing
    for one in secrets:
        if whose[one.urn]:
            count = Population(examined=1, of=len(secrets), unit="secret")
            yield verdict_on(case, one, _held(whose[one.urn], agreed), missing, count)
    loose = sum(not found for found in whose.values())
    without = [one for one in agreed.valid if not any(one in found for found in whose.values())]
    for partner in without:
        said = _unnamed(partner, loose, len(without), told=agreed.told)
        said = undecided(f"no secret names it; {missing[0]}") if missing else said
        count = Population(examined=len(secrets), unit="secret")
        yield case.verdict(said.outcome, said.message, field_path=partner.partner, population=count)


def _held(found: Sequence[Contract], agreed: _Agreed) -> Judgement:
    if len(found) > 1:
        return fails(f"holds credentials of {found[0].partner} and {found[1].partner} together")
    if found[0] in agreed.others:
        return fails(f"holds credentials of {found[0].partner}, and {agreed.others[found[0]]}")
    return passes(f"holds the credentials of {found[0].partner}")


def _unnamed(partner: Contract, loose: int, without: int, *, told: bool) -> Judgement:
    if loose >= without:
        return undecided(f"no name says which of {loose} secrets holds the credentials of {partner.partner}")
    said = f"no secret holds the credentials of {partner.partner}: {loose} are left for {without} partners"
    return fails(said) if told else undecided(f"{said}, and {UNTOLD}")


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
