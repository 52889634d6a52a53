"""The authoriser of the gateway: asked with the Authorization header, forgets in time, called by its gateway only."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, undecided, unknown
from checks.resource_graph.leaves import items
from checks.resource_graph.openapi import described_apis, unread
from checks.resource_graph.permissions import invoked_by_anybody, names_source
from checks.resource_graph.stack import Stack
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, CloudValue, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

REST_AUTHORISER: Final = "aws:apigateway/authorizer:Authorizer"
HTTP_AUTHORISER: Final = "aws:apigatewayv2/authorizer:Authorizer"
_PERMISSION: Final = "aws:lambda/permission:Permission"
_APIS: Final = (aws.REST_API, aws.HTTP_API)
_LONGEST_S: Final = 300  # how long a revoked token may still pass; API Gateway's own default
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)
_BY_FUNCTION: Final = ("TOKEN", "REQUEST", ABSENT)
_SCHEMES: Final = ("Bearer", "Basic")  # OCPI has neither: `Authorization: Token ...`


def _cache(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_each(case, (*_all(case), *_described(case)), "authoriser", _forgets)


def _forgets(one: Resource) -> Judgement:
    if one.token in _APIS:
        return unread(one)
    if one.token == HTTP_AUTHORISER and one.get("authorizerType") == "JWT":
        return undecided(
            "a JWT opens the API until it expires, whatever is withdrawn: how long that is, its issuer says"
        )
    seconds = one.get("authorizerResultTtlInSeconds")
    if seconds is UNKNOWN:
        return unknown("how long it remembers a decision")
    if not isinstance(seconds, int | float):
        return passes(f"remembers a decision for at most {_LONGEST_S} s, the default")
    said = f"a token that was withdrawn still opens the API for {seconds:g} s"
    return passes(said) if seconds <= _LONGEST_S else fails(said)


def _source(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    return judge_each(case, (*_all(case), *_described(case)), "authoriser", _asks_with)


def _asks_with(one: Resource) -> Judgement:
    """A TOKEN authoriser of a REST API has the header as its default, a REQUEST authoriser has no default."""
    if one.token in _APIS:
        return unread(one)
    given = one.get("identitySource" if one.token == REST_AUTHORISER else "identitySources")
    sources = _sources(given)
    if given is UNKNOWN or UNKNOWN in sources:
        return unknown("its identity source")
    if not sources and one.token == REST_AUTHORISER and one.get("type") != "REQUEST":
        return passes("is asked with the Authorization header, the default")
    if not sources:
        return fails("has no identity source: it is asked, and paid for, also without a token")
    header = any(str(source).lower().endswith("header.authorization") for source in sources)
    named = ", ".join(str(source) for source in sources)
    if header:
        return passes(f"is asked with {named}; without it the gateway refuses by itself")
    return fails(f"its identity source is {named}: its answer for one token is remembered for others")


def _sources(given: CloudValue) -> tuple[CloudValue, ...]:
    if isinstance(given, str):
        return tuple(source.strip() for source in given.split(",") if source.strip())
    return items(given)


def _form(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    by_token = (one for one in stack.of(REST_AUTHORISER) if one.get("type") in ("TOKEN", ABSENT, None))
    return judge_each(case, by_token, "TOKEN authoriser", _expects)


def _expects(one: Resource) -> Judgement:
    expression = one.get("identityValidationExpression")
    if expression is UNKNOWN:
        return unknown("the form of a token that it expects")
    if not isinstance(expression, str) or not expression:
        return fails("whatever stands in the header is handed to its function")
    foreign = [scheme for scheme in _SCHEMES if scheme in expression and "Token" not in expression]
    if foreign:
        return fails(f"expects {foreign[0]}, and refuses every partner: OCPI writes `Token`")
    return passes(f"hands on what matches {expression}")


def _called(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    by_function = (one for one in _all(case) if one.get(_kind(one)) in _BY_FUNCTION)
    asking = (*by_function, *_described(case))
    return judge_each(case, asking, "authoriser function", lambda one: _only_gateway(stack, one))


def _kind(one: Resource) -> str:
    return "type" if one.token == REST_AUTHORISER else "authorizerType"


def _only_gateway(stack: Stack, one: Resource) -> Judgement:
    """The resource policy of its function: without a source, an API of any account may ask it which tokens are good."""
    if one.token in _APIS:
        return unread(one)
    role = one.get("authorizerCredentials" if one.token == REST_AUTHORISER else "authorizerCredentialsArn")
    if role not in (ABSENT, None, ""):
        return passes("its function is called with a role of the gateway")
    functions = stack.referred(one, "authorizerUri", aws.FUNCTION, aws.FUNCTION_ALIAS)
    if not functions:
        return unknown("which function it asks")
    given = [each for function in functions for each in stack.referring(function, "function", _PERMISSION)]
    allowed = [each for each in given if each.get("principal") == "apigateway.amazonaws.com"]
    anybody = [each.name for each in given if invoked_by_anybody(each)]
    if anybody:
        return fails(f"{anybody[0]} lets everybody ask its function")
    open_ones = [each.name for each in allowed if not names_source(each)]
    if open_ones:
        return fails(f"{open_ones[0]} lets every API of every account ask its function")
    if not allowed:
        return fails("nothing lets the gateway call its function: every partner is refused", by_absence=True)
    return passes(f"{allowed[0].name} lets only this API call its function")


def _described(case: Case[DeclaredResources]) -> tuple[Resource, ...]:
    """APIs whose authorisers may stand in an OpenAPI body; a quick-created one has none."""
    found = described_apis(Stack(declared=case.driver.fact))
    return tuple(one for one in found if one.get("body") not in (ABSENT, None, ""))


def _all(case: Case[DeclaredResources]) -> tuple[Resource, ...]:
    return Stack(declared=case.driver.fact).of(REST_AUTHORISER, HTTP_AUTHORISER)


CACHE: Final = Check(
    id="cloud-authoriser-forgets-in-time",
    title=f"The authoriser remembers no decision for more than {_LONGEST_S} s",
    controls=("OCPI-AZ-02", "OCPI-VUL-09"),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, use Lambda authorizers: authorization caching",
    looks_at=_NEEDS,
    judge=_cache,
    remediation=f"Set authorizer_result_ttl_in_seconds to at most {_LONGEST_S}; the reference stack takes 30.",
    witness=Witness.CLOUD_DECLARED,
)
SOURCE: Final = Check(
    id="cloud-authoriser-asked-with-the-header",
    title="The Authorization header is the authoriser's identity source",
    controls=("OCPI-AZ-02", "OCPI-VUL-09"),
    severity=Severity.HIGH,
    source="API Gateway Developer Guide, use Lambda authorizers: identity sources; OCPI 2.2.1, transport and format",
    looks_at=_NEEDS,
    judge=_source,
    remediation="Set the identity source to method.request.header.Authorization ($request.header.Authorization).",
    witness=Witness.CLOUD_DECLARED,
)
FORM: Final = Check(
    id="cloud-authoriser-token-form",
    title="A TOKEN authoriser is asked only with what has the form of an OCPI credentials token",
    controls=("OCPI-VUL-09",),
    severity=Severity.LOW,
    source="API Gateway Developer Guide, configure a Lambda authorizer: token validation",
    looks_at=_NEEDS,
    judge=_form,
    remediation="Set identity_validation_expression to ^Token [A-Za-z0-9+/=]+$ (raw tokens in 2.1.1 need more).",
    witness=Witness.CLOUD_DECLARED,
)
CALLED: Final = Check(
    id="cloud-authoriser-called-by-its-gateway",
    title="Only its own gateway may ask the authoriser's function",
    controls=("OCPI-VUL-09",),
    severity=Severity.MEDIUM,
    source="API Gateway Developer Guide, use Lambda authorizers; IAM User Guide, the confused deputy problem",
    looks_at=_NEEDS,
    judge=_called,
    remediation="Declare aws.lambda_.Permission for apigateway.amazonaws.com with the source_arn of the authoriser.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (CACHE, SOURCE, FORM, CALLED)
