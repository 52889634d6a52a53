"""Rates at the gateway: each stage has one, each partner has a plan, the authoriser says whose plan a call is on."""

from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown, worst
from checks.resource_graph.leaves import items
from checks.resource_graph.nested import at
from checks.resource_graph.openapi import described_apis, unread, without_stage
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_SETTINGS: Final = "aws:apigateway/methodSettings:MethodSettings"
_PLAN: Final = "aws:apigateway/usagePlan:UsagePlan"
_PLAN_KEY: Final = "aws:apigateway/usagePlanKey:UsagePlanKey"
_APIS: Final = (aws.REST_API, aws.HTTP_API)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_RATE: Final = "settings.throttlingRateLimit"
_OF_ACCOUNT: Final = 10_000  # requests a second, all APIs of an account and region together (API Gateway, quotas)
_GUIDE: Final = "API Gateway Developer Guide, throttle requests to your REST APIs"


def _stages(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        if one.token in _APIS:
            return unread(one)
        if one.token == aws.HTTP_STAGE:
            return _http_stage(one)
        return _rest_stage(stack, one)

    return judge_each(case, (*stack.of(aws.REST_STAGE, aws.HTTP_STAGE), *without_stage(stack)), "API stage", judge)


def _http_stage(stage: Resource) -> Judgement:
    routes = [one for one in items(stage.get("routeSettings")) if at(one, "throttlingRateLimit") not in (ABSENT, None)]
    said = [_limit(stage.get("defaultRouteSettings.throttlingRateLimit"), "its default route settings")]
    said += [_limit(at(one, "throttlingRateLimit"), f"route {at(one, 'routeKey')}") for one in routes]
    return worst(said) or said[0]


def _rest_stage(stack: Stack, stage: Resource) -> Judgement:
    every = tuple(_settings_of(stack, stage))
    settings = [one for one in every if one.get("methodPath") == "*/*"]
    if not settings:
        return fails(
            "no method settings for */*: the account's limit alone holds, for all APIs together", by_absence=True
        )
    own = [one for one in every if one.get(_RATE) not in (ABSENT, None)]  # a method without a rate has the stage's
    said = [_limit(one.get(_RATE), one.name) for one in (settings[0], *own)]
    return worst(said) or said[0]


def _settings_of(stack: Stack, stage: Resource) -> Iterator[Resource]:
    """Those that name the stage, or its name at the same API."""
    named = stack.referring(stage, "stageName", _SETTINGS)
    yield from named
    for api in stack.referred(stage, "restApi", aws.REST_API):
        for one in stack.referring(api, "restApi", _SETTINGS):
            if one not in named and one.get("stageName") == stage.get("stageName"):
                yield one


def _limit(rate: CloudValue, where: str) -> Judgement:
    if rate is UNKNOWN:
        return unknown(f"the rate in {where}")
    if not isinstance(rate, int | float) or rate < 0:
        return fails(f"{where}: no rate, so that the account's limit alone holds, for all APIs together")
    if rate >= _OF_ACCOUNT:
        return fails(f"{where}: {rate:g} requests a second, no less than what the whole account may take")
    return passes(f"{where}: {rate:g} requests a second")


def _plans(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_PLAN), "usage plan", lambda plan: _planned(stack, plan))


def _planned(stack: Stack, plan: Resource) -> Judgement:
    said = _limit(plan.get("throttleSettings.rateLimit"), plan.name)
    keys = stack.referring(plan, "usagePlanId", _PLAN_KEY)
    if not keys:
        return fails("no key is on this plan, so that nobody's calls count", by_absence=True)
    if plan.get("apiStages") in (ABSENT, None, (), []) and not plan.depends_on_by_property.get("apiStages"):
        return fails("the plan holds at no stage of an API, so that no call counts")
    return said


def _partners(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(*_APIS), "API", lambda api: _keyed(stack, api))


def _keyed(stack: Stack, api: Resource) -> Judgement:
    """Usage plans are REST APIs' only; OCPI partners hold one credential, which is not an API key."""
    if api.token == aws.HTTP_API:
        return fails("an HTTP or WebSocket API has no usage plans: no partner has a limit of its own")
    plans = stack.referring(api, "apiStages", _PLAN)
    if not plans:
        return fails("no usage plan: no partner has a limit of its own", by_absence=True)
    source = api.get("apiKeySource")
    if source is UNKNOWN:
        return unknown("where its API keys come from")
    if source == "AUTHORIZER":
        return passes(f"its authoriser says on which of {len(plans)} usage plans a call counts (usageIdentifierKey)")
    return fails("partners would have to send x-api-key, which OCPI does not know; let the authoriser name the key")


def _counted(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    methods = (one for one in stack.of(aws.REST_METHOD) if one.get("httpMethod") != "OPTIONS")
    return judge_each(case, (*methods, *described_apis(stack)), "API method", _counts)


def _counts(one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    needed = one.get("apiKeyRequired")
    if needed is UNKNOWN:
        return unknown("whether its calls count")
    if needed is not True:
        return fails("its calls count on no usage plan: api_key_required is not set")
    if one.get("authorization") in ("NONE", ABSENT):
        return fails("an API key is its only authentication: keys are for counting, not for access control")
    return passes("its calls count on a usage plan")


STAGES: Final = Check(
    id="cloud-throttling-on-every-stage",
    title="Every stage has a rate of its own",
    controls=("OCPI-NET-04",),
    severity=Severity.HIGH,
    source=_GUIDE,
    looks_at=_NEEDS,
    judge=_stages,
    remediation="Set throttling_rate_limit and throttling_burst_limit in method settings for */*.",
    witness=Witness.CLOUD_DECLARED,
)
PLANS: Final = Check(
    id="cloud-throttling-plans-have-rates",
    title="Every usage plan has a rate, and somebody on it",
    controls=("OCPI-NET-04",),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, usage plans and API keys for REST APIs",
    looks_at=_NEEDS,
    judge=_plans,
    remediation="Set throttle_settings of the usage plan, and put one key of one partner on it.",
    witness=Witness.CLOUD_DECLARED,
)
PARTNERS: Final = Check(
    id="cloud-throttling-by-partner",
    title="Each partner has a limit of its own, by what the authoriser says",
    controls=("OCPI-NET-04",),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, choose an API key source; Lambda authorizer output, usageIdentifierKey",
    looks_at=_NEEDS,
    judge=_partners,
    remediation="Make one usage plan and key a partner, set api_key_source AUTHORIZER, let the authoriser name it.",
    witness=Witness.CLOUD_DECLARED,
)
COUNTED: Final = Check(
    id="cloud-throttling-every-method-counted",
    title="Calls of every method count on the partner's usage plan, and a key alone opens nothing",
    controls=("OCPI-NET-04",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, usage plans and API keys for REST APIs: best practices",
    looks_at=_NEEDS,
    judge=_counted,
    remediation="Set api_key_required on the method, beside its authoriser.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (STAGES, PLANS, PARTNERS, COUNTED)
