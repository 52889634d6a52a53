"""What a backend could not handle is set aside: not lost, and not tried for ever before all the rest."""

from collections.abc import Iterable
from typing import Final

from checks.families.cloud.judge_each import judge_each
from checks.model.check import Case, Check, Need
from checks.model.verdict import Verdict
from checks.resource_graph import types as aws
from checks.resource_graph.judgement import Judgement, fails, passes, unknown
from checks.resource_graph.leaves import is_set, items
from checks.resource_graph.stack import Stack
from checks.resource_graph.stores import QUEUE
from scanner.model.facts.cloud import DeclaredResources
from scanner.model.resource import ABSENT, UNKNOWN, Resource
from scanner.model.severity import Severity
from scanner.model.witness import Witness

_FUNCTION: Final = "aws:lambda/function:Function"
_INVOKE_CONFIG: Final = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
_MAPPING: Final = "aws:lambda/eventSourceMapping:EventSourceMapping"
_REDRIVE: Final = "aws:sqs/redrivePolicy:RedrivePolicy"
_EVENT_SOURCE: Final = "its event source"  # a mapping polls, waits, and has retries and a destination of its own
_ASKED: Final = "its gateway or URL"
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"
# What asks a function and waits for its answer, and the properties that name it.
_ASKING: Final = (
    *(aws.REST_INTEGRATION, aws.HTTP_INTEGRATION, aws.FUNCTION_URL),
    *("aws:apigateway/authorizer:Authorizer", "aws:apigatewayv2/authorizer:Authorizer"),
)
_NAMING: Final = ("uri", "integrationUri", "authorizerUri", "functionName")
# Services that invoke functions synchronously, and hand a failure to whoever asked them.
_WAITING: Final = frozenset(
    f"{name}.amazonaws.com"
    for name in ("apigateway", "elasticloadbalancing", "cognito-idp", "lexv2", "vpc-lattice", "edgelambda", "appsync")
) | {_EVENT_SOURCE, _ASKED}
_NEEDS: Final = Need(fact=DeclaredResources, witness=Witness.CLOUD_DECLARED)


def _dead_letters(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    consumed = {target.urn for one in stack.of(_MAPPING) for target in stack.referred(one, "eventSourceArn", QUEUE)}
    judged = (*stack.of(_FUNCTION), *(queue for queue in stack.of(QUEUE) if queue.urn in consumed))
    return judge_each(case, judged, "function or queue", lambda one: _kept_aside(stack, one))


def _kept_aside(stack: Stack, one: Resource) -> Judgement:
    """Where what could not be handled goes: lost, it is never seen; tried for ever, it holds up the rest."""
    if one.token == QUEUE:
        policy = one.get("redrivePolicy")
        aside = is_set(policy) or bool(stack.referring(one, "queueUrl", _REDRIVE))
        return (
            passes("sets failed messages aside")
            if aside
            else fails("tries a failed message again and again", by_absence=True)
        )
    settings = stack.referring(one, "functionName", _INVOKE_CONFIG)
    aside = is_set(one.get("deadLetterConfig.targetArn")) or any(
        is_set(each.get("destinationConfig.onFailure.destination")) for each in settings
    )
    if aside or one.depends_on_by_property.get("deadLetterConfig"):
        return passes("sets failed events aside")
    callers = _callers(stack, one)
    if callers and callers <= _WAITING:
        return passes(f"only {' and '.join(sorted(callers))} call it, and are told of a failure", by_absence=True)
    return fails("loses failed events", by_absence=not settings)


def _callers(stack: Stack, function: Resource) -> frozenset[str]:
    """Who may invoke the function, or its alias: services by their principals; an event source waits as well."""
    called = (function, *stack.referring(function, "functionName", aws.FUNCTION_ALIAS))
    allowed = {
        str(one.get("principal")) for each in called for one in stack.referring(each, "function", aws.PERMISSION)
    }
    polled = any(stack.referring(each, "functionName", _MAPPING) for each in called)
    asked = any(stack.referring(each, name, *_ASKING) for each in called for name in _NAMING)
    allowed -= {_CLOUDFRONT} if asked else set()  # which calls the function's URL
    return frozenset(allowed | ({_EVENT_SOURCE} if polled else set()) | ({_ASKED} if asked else set()))


def _batches(case: Case[DeclaredResources]) -> Iterable[Verdict]:
    stack = Stack(declared=case.driver.fact)
    return judge_each(case, stack.of(_MAPPING), "event source mapping", _partly)


def _partly(one: Resource) -> Judgement:
    """One bad record must not bring the good ones of its batch back a second time: OCPI objects would be sent twice."""
    types = one.get("functionResponseTypes")
    if types is UNKNOWN:
        return unknown("what happens to a batch with one failure")
    alone = one.get("batchSize") == 1
    reported = "ReportBatchItemFailures" in items(types)
    ends = (
        one.get("maximumRetryAttempts") not in (ABSENT, None, -1)  # -1: until the record expires
        or is_set(one.get("destinationConfig"))
        or "sqs" in str(one.get("eventSourceArn"))
    )
    if not (alone or reported):
        return fails("hands a whole batch out again where one record fails")
    return (
        passes("hands out again only what failed")
        if ends
        else fails("tries a failed record until it expires, and holds up the rest")
    )


DEAD_LETTERS: Final = Check(
    id="cloud-retries-set-aside",
    title="Failed events and messages are set aside",
    controls=("OCPI-VUL-23", "OCPI-TST-22"),
    severity=Severity.MEDIUM,
    source="AWS Lambda Developer Guide, asynchronous invocation; Amazon SQS Developer Guide, dead-letter queues",
    looks_at=_NEEDS,
    judge=_dead_letters,
    remediation="Set dead_letter_config or an on_failure destination on the function, a redrive_policy on the queue.",
    witness=Witness.CLOUD_DECLARED,
)
BATCHES: Final = Check(
    id="cloud-retries-only-what-failed",
    title="Of a batch, only what failed is handed out again, and not for ever",
    controls=("OCPI-TST-22",),
    severity=Severity.MEDIUM,
    source="AWS Lambda Developer Guide, event source mappings: reporting batch item failures",
    looks_at=_NEEDS,
    judge=_batches,
    remediation="Set function_response_types to ReportBatchItemFailures, and a number of retries with a destination.",
    witness=Witness.CLOUD_DECLARED,
)
CHECKS: Final = (DEAD_LETTERS, BATCHES)
