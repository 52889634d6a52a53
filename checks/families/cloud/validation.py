"""Request validation at the gateway: on every method, and whatever the content type says."""

import json
from collections.abc import Iterable, Iterator
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.nested import at
from checks.resource_graph.openapi import described_apis, unread
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_VALIDATOR: Final = "aws:apigateway/requestValidator:RequestValidator"
_MODEL: Final = "aws:apigateway/model:Model"
_NARROW_NOTHING: Final = frozenset({"$schema", "$id", "id", "title", "description", "definitions", "$defs"})
_WITH_BODY: Final = ("POST", "PUT", "PATCH", "ANY")
_JSON: Final = "application/json"
_DEFAULT: Final = "$default"
_EMPTY: Final = ("Empty", "", None)
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_GUIDE: Final = "API Gateway Developer Guide, request validation for REST APIs"


def _validated(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)

    def judge(one: Resource) -> Judgement:
        if one.token in (aws.REST_API, aws.HTTP_API):
            return unread(one)
        if one.token == aws.HTTP_ROUTE:
            return fails("an HTTP or WebSocket API validates no requests")
        return _by_validator(stack, one)

    methods = (one for one in stack.of(aws.REST_METHOD) if one.get("httpMethod") != "OPTIONS")
    return judge_each(case, (*methods, *_http_routes(stack), *described_apis(stack)), "API method", judge)


def _http_routes(stack: Stack) -> Iterator[Resource]:
    """Routes of WebSocket APIs may have models; those of HTTP APIs cannot."""
    return (one for one in stack.of(aws.HTTP_ROUTE) if one.get("modelSelectionExpression") in (ABSENT, None))


def _by_validator(stack: Stack, method: Resource) -> Judgement:
    if method.get("requestValidatorId") is ABSENT:
        return fails("nothing validates its requests")
    validators = stack.referred(method, "requestValidatorId", _VALIDATOR)
    if not validators:
        return undecided("its validator is not declared in this stack")
    body = method.get("httpMethod") in _WITH_BODY
    wanted = ("validateRequestParameters", *(("validateRequestBody",) if body else ()))
    values = {name: validators[0].get(name) for name in wanted}
    if UNKNOWN in values.values():
        return unknown(f"what {validators[0].name} validates")
    missing = [name.removeprefix("validateRequest").lower() for name, value in values.items() if value is not True]
    if missing:
        return fails(f"{validators[0].name} leaves out the {' and the '.join(missing)}")
    return passes(f"{validators[0].name} validates parameters{' and body' if body else ''}")


def _modelled(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    asked = (*_with_body(case), *described_apis(stack))
    return judge_each(case, asked, "writing API method", lambda one: _has_model(stack, one))


def _has_model(stack: Stack, method: Resource) -> Judgement:
    if method.token in (aws.REST_API, aws.HTTP_API):
        return unread(method)
    models = method.get("requestModels")
    if models is UNKNOWN:
        return unknown("its models")
    name = at(models, _JSON)
    name = at(models, _DEFAULT) if name is ABSENT else name
    if name is UNKNOWN:
        return passes("bodies of JSON are held against a model")
    if name is ABSENT or name in _EMPTY:
        return fails("no model says what its bodies are")
    if any(one.get("name") == name and _says_nothing(one) for one in _models_of(stack, method)):
        return fails(f"the model {name} takes whatever is sent: its schema asks for nothing")
    return passes(f"bodies of JSON are held against the model {name}")


def _models_of(stack: Stack, method: Resource) -> Iterator[Resource]:
    for api in stack.referred(method, "restApi", aws.REST_API):
        yield from stack.referring(api, "restApi", _MODEL)


def _says_nothing(model: Resource) -> bool:
    """True for a schema without any keyword that narrows what an object holds."""
    schema = model.get("schema")
    try:
        read = json.loads(schema) if isinstance(schema, str) else None
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and not set(read) - _NARROW_NOTHING


def _every_type(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    asked = (*_with_body(case), *described_apis(stack))
    return judge_each(case, asked, "writing API method", lambda one: _unmatched(stack, one))


def _unmatched(stack: Stack, method: Resource) -> Judgement:
    """A body of a content type without a model is not validated; an integration may refuse it (`NEVER`)."""
    if method.token in (aws.REST_API, aws.HTTP_API):
        return unread(method)
    models = method.get("requestModels")
    if models is UNKNOWN:
        return unknown("its models")
    if at(models, _DEFAULT) is not ABSENT:
        return passes("its model for $default holds for every content type")
    same = [
        one
        for resource in stack.referred(method, "resourceId", aws.REST_RESOURCE)
        for one in stack.referring(resource, "resourceId", aws.REST_INTEGRATION)
        if one.get("httpMethod") == method.get("httpMethod")
    ]
    refusing = [one for one in same if one.get("passthroughBehavior") == "NEVER" and one.get("type") in ("AWS", "HTTP")]
    if refusing and refusing[0].get("requestTemplates"):
        return passes(f"integration {refusing[0].name} refuses content types without a template")
    return fails("a body of another content type is not validated: no model for $default")


def _with_body(case: Case[DeclaredResources]) -> Iterator[Resource]:
    stack = Stack(declared=case.driver.fact)
    return (one for one in stack.of(aws.REST_METHOD) if one.get("httpMethod") in _WITH_BODY)


VALIDATED: Final = Check(
    id="cloud-validation-on-every-method",
    title="The gateway validates the requests of every method",
    controls=("OCPI-NET-02", "OCPI-BP-01"),
    severity=Severity.HIGH,
    source=_GUIDE,
    looks_at=_NEEDS,
    judge=_validated,
    remediation="Give every method a request validator for parameters, and for the body where it has one.",
    witness=Witness.CLOUD_DECLARED,
)
MODELLED: Final = Check(
    id="cloud-validation-models",
    title="Bodies are held against a model",
    controls=("OCPI-NET-02", "OCPI-BP-01"),
    severity=Severity.MEDIUM,
    source=_GUIDE,
    looks_at=_NEEDS,
    judge=_modelled,
    remediation="Set request_models with a model for application/json.",
    witness=Witness.CLOUD_DECLARED,
)
EVERY_TYPE: Final = Check(
    id="cloud-validation-every-content-type",
    title="No content type gets a body past validation",
    controls=("OCPI-NET-02", "OCPI-BP-01"),
    severity=Severity.HIGH,
    source=_GUIDE,
    looks_at=_NEEDS,
    judge=_every_type,
    remediation="Add the model for $default to request_models.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (VALIDATED, MODELLED, EVERY_TYPE)
